"""Sessions: the stored history of conversations."""

from typing import Any

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from core.ids import new_id, utc_now
from core.records import SessionRecord
from core.store.tables import RunRow, SessionItemRow, SessionRow


def add_session(db: Session, organization_id: str, name: str) -> str:
    """A new, empty conversation; returns its id."""
    now = utc_now()
    row = SessionRow(id=new_id("ses"), organization_id=organization_id, name=name, created_at=now, updated_at=now)
    db.add(row)
    db.flush()
    return row.id


def sessions(db: Session, organization_id: str, *, limit: int = 50) -> list[SessionRecord]:
    """The conversations of an organization, last used first."""
    rows = db.exec(
        select(SessionRow)
        .where(SessionRow.organization_id == organization_id)
        .order_by(col(SessionRow.updated_at).desc())
        .limit(limit)
    ).all()
    counts = _run_counts(db, [row.id for row in rows])
    return [_record(row, counts.get(row.id, 0)) for row in rows]


def session(db: Session, session_id: str) -> SessionRecord | None:
    """One conversation."""
    row = db.get(SessionRow, session_id)
    return _record(row, _run_counts(db, [row.id]).get(row.id, 0)) if row else None


def session_named(db: Session, organization_id: str, name: str) -> str | None:
    """Id of the last used conversation of that name."""
    return db.exec(
        select(SessionRow.id)
        .where(SessionRow.organization_id == organization_id, SessionRow.name == name)
        .order_by(col(SessionRow.updated_at).desc())
    ).first()


def items(db: Session, session_id: str) -> list[dict[str, Any]]:
    """The history in the SDK's input format, oldest first."""
    query = (
        select(SessionItemRow.item).where(SessionItemRow.session_id == session_id).order_by(col(SessionItemRow.id))
    )
    return [dict(item) for item in db.exec(query)]


def append_items(db: Session, session_id: str, run_id: str, segment: int, new: list[dict[str, Any]]) -> None:
    """Add what a run said in a segment to the history."""
    if new:
        rows = [{"session_id": session_id, "run_id": run_id, "segment": segment, "item": item} for item in new]
        db.execute(insert(SessionItemRow), rows)
    touch(db, session_id)


def take_back(db: Session, run_id: str, segment: int) -> None:
    """Remove what a run said in a segment, which is to be worked on again."""
    db.execute(
        delete(SessionItemRow).where(col(SessionItemRow.run_id) == run_id, col(SessionItemRow.segment) == segment)
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


def _run_counts(db: Session, ids: list[str]) -> dict[str, int]:
    query = (
        select(RunRow.session_id, func.count())
        .where(col(RunRow.session_id).in_(ids))
        .group_by(col(RunRow.session_id))
    )
    return {session_id: count for session_id, count in db.exec(query) if session_id is not None}


def _record(row: SessionRow, runs: int) -> SessionRecord:
    return SessionRecord(
        id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        runs=runs,
    )
