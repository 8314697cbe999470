"""Sessions: the stored history of conversations."""

from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, func, insert, or_, union, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.ids import new_id, utc_now
from core.records import ConversationSummary, Page, SessionRecord, Turn
from core.store.tables import RunRow, SessionItemRow, SessionRow


def add_session(db: Session, organization_id: str, name: str) -> str:
    """A new, empty conversation; returns its id."""
    now = utc_now()
    row = SessionRow(id=new_id("ses"), organization_id=organization_id, name=name, created_at=now, updated_at=now)
    db.add(row)
    db.flush()
    return row.id


def session_page(
    db: Session, organization_id: str, *, text: str = "", number: int = 1, size: int = 50
) -> Page[SessionRecord]:
    """The conversations of an organization, last used first; `text` is a part of the name or of what was asked."""
    wanted = [col(SessionRow.organization_id) == organization_id]
    if text:
        asked = select(RunRow.session_id).where(col(RunRow.input).icontains(text, autoescape=True))
        wanted.append(or_(col(SessionRow.name).icontains(text, autoescape=True), col(SessionRow.id).in_(asked)))
    total = db.exec(select(func.count()).select_from(SessionRow).where(*wanted)).one()
    query = select(SessionRow).where(*wanted).order_by(col(SessionRow.updated_at).desc(), col(SessionRow.id))
    rows = db.exec(query.offset((number - 1) * size).limit(size)).all()
    counts = _turn_counts(db, [row.id for row in rows])
    return Page([_record(row, counts.get(row.id, 0)) for row in rows], total=total, number=number, size=size)


def session(db: Session, session_id: str) -> SessionRecord | None:
    """One conversation."""
    row = db.get(SessionRow, session_id)
    return _record(row, _turn_counts(db, [row.id]).get(row.id, 0)) if row else None


def children(db: Session, session_id: str) -> list[SessionRecord]:
    """The conversations that were forked from it, oldest first."""
    query = select(SessionRow).where(col(SessionRow.parent_id) == session_id).order_by(col(SessionRow.created_at))
    return [_record(row, 0) for row in db.exec(query)]


def session_named(db: Session, organization_id: str, name: str) -> str | None:
    """Id of the last used conversation of that name."""
    return db.exec(
        select(SessionRow.id)
        .where(SessionRow.organization_id == organization_id, SessionRow.name == name)
        .order_by(col(SessionRow.updated_at).desc())
    ).first()


def turns(db: Session, session_id: str) -> list[Turn]:
    """The history, turn by turn, oldest first."""
    query = (
        select(SessionItemRow.run_id, SessionItemRow.item)
        .where(SessionItemRow.session_id == session_id)
        .order_by(col(SessionItemRow.id))
    )
    found = [(run_id, dict(item)) for run_id, item in db.exec(query)]
    return [Turn(run_id, [item for _, item in group]) for run_id, group in groupby(found, key=itemgetter(0))]


def summary(db: Session, session_id: str) -> ConversationSummary | None:
    """What stands for the older turns, if anything does."""
    stored = db.exec(select(SessionRow.summary).where(SessionRow.id == session_id)).first()
    return ConversationSummary(**stored) if stored else None


def save_summary(db: Session, session_id: str, made: ConversationSummary) -> None:
    """Let it stand for the older turns from now on; they stay stored."""
    db.execute(update(SessionRow).where(col(SessionRow.id) == session_id).values(summary=asdict(made)))


def fork(db: Session, session_id: str, runs: list[str], name: str) -> str:
    """A new conversation with the turns of these runs, the last of which is where it leaves the other one."""
    parent = db.get_one(SessionRow, session_id)
    taken = (col(SessionItemRow.session_id) == session_id, col(SessionItemRow.run_id).in_(runs))
    said = select(SessionItemRow).where(*taken).order_by(col(SessionItemRow.id))
    new_id = add_session(db, parent.organization_id, name)
    child = db.get_one(SessionRow, new_id)
    child.parent_id, child.parent_run_id = session_id, runs[-1]
    if parent.summary and parent.summary["through"] in runs:
        child.summary = parent.summary
    db.add(child)
    db.flush()
    items = [{**_copied(row), "session_id": new_id} for row in db.exec(said)]
    if items:
        db.execute(insert(SessionItemRow), items)
    return new_id


def said_before(session_id: str, run_id: str, segment: int = 0) -> SelectOfScalar[SessionItemRow]:
    """Query for the items of a conversation before a segment of one of its runs."""
    began = select(RunRow.created_at).where(RunRow.id == run_id).scalar_subquery()
    # Turns that were taken over from another conversation are of runs that are not in this one.
    earlier = select(RunRow.id).where(col(RunRow.created_at) < began)
    return (
        select(SessionItemRow)
        .where(SessionItemRow.session_id == session_id)
        .where(
            col(SessionItemRow.run_id).in_(earlier)
            | col(SessionItemRow.run_id).is_(None)
            | ((col(SessionItemRow.run_id) == run_id) & (col(SessionItemRow.segment) < segment))
        )
        .order_by(col(SessionItemRow.id))
    )


def turns_before(db: Session, session_id: str, run_id: str) -> list[Turn]:
    """The history that one of its runs began with."""
    found = [(row.run_id, row.item) for row in db.exec(said_before(session_id, run_id))]
    return [Turn(run_id, [item for _, item in group]) for run_id, group in groupby(found, key=itemgetter(0))]


def append_items(db: Session, session_id: str, run_id: str, segment: int, new: list[dict[str, Any]]) -> None:
    """Add what a run said in a segment to the history."""
    if new:
        rows = [{"session_id": session_id, "run_id": run_id, "segment": segment, "item": item} for item in new]
        db.execute(insert(SessionItemRow), rows)
    touch(db, session_id)


def take_back(db: Session, run_id: str, segment: int) -> None:
    """Remove what a run said in a segment, which is to be worked on again."""
    db.execute(
        delete(SessionItemRow).where(
            # Forks of the conversation keep what they took over.
            col(SessionItemRow.session_id)
            == select(RunRow.session_id).where(RunRow.id == run_id).scalar_subquery(),
            col(SessionItemRow.run_id) == run_id,
            col(SessionItemRow.segment) == segment,
        )
    )


def has_gone_on(db: Session, session_id: str, run_id: str) -> bool:
    """Whether other runs of the conversation came after this one."""
    began = select(RunRow.created_at).where(RunRow.id == run_id).scalar_subquery()
    query = select(RunRow.id).where(RunRow.session_id == session_id, col(RunRow.created_at) > began)
    return db.exec(query).first() is not None


def touch(db: Session, session_id: str) -> None:
    """Mark the conversation as used now; nobody else can start a run in it until this unit of work is over."""
    db.execute(update(SessionRow).where(col(SessionRow.id) == session_id).values(updated_at=utc_now()))


def rename(db: Session, session_id: str, name: str) -> None:
    """Give the conversation another name."""
    db.execute(update(SessionRow).where(col(SessionRow.id) == session_id).values(name=name))


def remove(db: Session, session_id: str) -> None:
    """Delete the conversation and its history; its runs stay as runs without a session."""
    db.execute(update(RunRow).where(col(RunRow.session_id) == session_id).values(session_id=None))
    db.execute(delete(SessionItemRow).where(col(SessionItemRow.session_id) == session_id))
    db.execute(delete(SessionRow).where(col(SessionRow.id) == session_id))


def _copied(row: SessionItemRow) -> dict[str, Any]:
    return row.model_dump(exclude={"id"})


def _turn_counts(db: Session, ids: list[str]) -> dict[str, int]:
    held = select(SessionItemRow.session_id, SessionItemRow.run_id).where(col(SessionItemRow.session_id).in_(ids))
    own = select(RunRow.session_id, RunRow.id).where(col(RunRow.session_id).in_(ids))
    both = union(held, own).subquery()
    counted = db.execute(select(both.c.session_id, func.count()).group_by(both.c.session_id))
    return {str(session_id): int(number) for session_id, number in counted}


def _record(row: SessionRow, runs: int) -> SessionRecord:
    return SessionRecord(
        id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        runs=runs,
        parent_id=row.parent_id,
        parent_run_id=row.parent_run_id,
    )
