"""Stored events of runs."""

from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.ids import utc_now
from core.records import EventRecord
from core.store.tables import EventRow


def events(db: Session, run_id: str, *, after: int = 0, limit: int | None = None) -> list[EventRecord]:
    """Events with a number above `after`, in order."""
    # Columns, not objects: every reader of a run's stream comes through here.
    query = (
        select(EventRow.seq, EventRow.kind, EventRow.at, EventRow.data)
        .where(EventRow.run_id == run_id, EventRow.seq > after)
        .order_by(col(EventRow.seq))
        .limit(limit)
    )
    return [EventRecord(run_id, seq, kind, at, dict(data)) for seq, kind, at, data in db.exec(query)]


def last_seq(db: Session, run_id: str) -> int:
    """Number of the newest event, 0 when there is none."""
    return db.exec(select(func.coalesce(func.max(EventRow.seq), 0)).where(EventRow.run_id == run_id)).one()


def append_event(db: Session, run_id: str, kind: str, data: dict[str, Any]) -> EventRecord:
    """Add one event to a run that nobody works on."""
    row = EventRow(run_id=run_id, seq=last_seq(db, run_id) + 1, kind=kind, at=utc_now(), data=data)
    db.add(row)
    db.flush()
    return EventRecord(run_id, row.seq, kind, row.at, data)
