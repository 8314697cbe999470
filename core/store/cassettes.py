"""Recorded runs: those that replays play, and those that have a name and are tests."""

from typing import Any

from sqlalchemy import delete, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from core.cassettes.cassette import Cassette
from core.ids import new_id, utc_now
from core.records import StoredTest
from core.store.tables import CassetteRow, OrganizationRow, RunRow


def add(
    db: Session, organization_id: str, cassette: Cassette, *, name: str | None = None, same_questions: bool = True
) -> str:
    """Store a recording, with a name as a test; returns its id."""
    row = CassetteRow(
        id=new_id("cas"),
        organization_id=organization_id,
        name=name,
        same_questions=same_questions,
        run_id=cassette.run_id,
        document=cassette.model_dump(mode="json"),
        created_at=utc_now(),
    )
    db.add(row)
    db.flush()
    return row.id


def document(db: Session, cassette_id: str) -> Cassette:
    """The recording."""
    return Cassette.model_validate(db.get_one(CassetteRow, cassette_id).document)


def about(db: Session, cassette_id: str) -> tuple[str, bool]:
    """The run that was recorded (empty when that is not known), and whether models have to be asked the same."""
    query = select(CassetteRow.run_id, CassetteRow.same_questions).where(CassetteRow.id == cassette_id)
    return db.exec(query).one()


def of_run(db: Session, run_id: str) -> str | None:
    """A recording of that run that is no test, if there is one."""
    query = select(CassetteRow.id).where(CassetteRow.run_id == run_id, col(CassetteRow.name).is_(None))
    return db.exec(query).first()


def all_tests(db: Session, organization_id: str | None) -> list[StoredTest]:
    """All tests of organizations that are not deleted, by their names."""
    query = (
        _tests().where(col(OrganizationRow.deleted_at).is_(None)).order_by(OrganizationRow.name, CassetteRow.name)
    )
    if organization_id is not None:
        query = query.where(CassetteRow.organization_id == organization_id)
    return [StoredTest(*row) for row in db.execute(query)]


def one_test(db: Session, cassette_id: str) -> StoredTest | None:
    """One test."""
    row = db.execute(_tests().where(CassetteRow.id == cassette_id)).first()
    return StoredTest(*row) if row is not None else None


def named(db: Session, organization_id: str, name: str) -> str | None:
    """Id of the organization's test with that name."""
    query = select(CassetteRow.id).where(CassetteRow.organization_id == organization_id, CassetteRow.name == name)
    return db.exec(query).first()


def change(db: Session, cassette_id: str, *, name: str | None, same_questions: bool) -> None:
    """Give a test another name or strictness; without a name it is no test any more, and what played it still
    knows what it was."""
    values = {"name": name, "same_questions": same_questions}
    db.execute(update(CassetteRow).where(col(CassetteRow.id) == cassette_id).values(values))


def remove_unused(db: Session) -> None:
    """Delete recordings that are no tests and that no run has played, or whose runs are gone."""
    played = select(RunRow.cassette_id).where(col(RunRow.cassette_id).is_not(None))
    db.execute(delete(CassetteRow).where(col(CassetteRow.name).is_(None), col(CassetteRow.id).not_in(played)))


def _tests() -> Any:
    row = CassetteRow
    columns = (row.id, row.name, row.organization_id, OrganizationRow.name, row.run_id, row.same_questions)
    return (
        sa_select(*map(col, columns), col(row.created_at))
        .join(OrganizationRow, col(OrganizationRow.id) == CassetteRow.organization_id)
        .where(col(CassetteRow.name).is_not(None))
    )
