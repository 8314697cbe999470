"""Stored events of runs."""

from typing import Any

from sqlalchemy import Integer, bindparam, func
from sqlmodel import Session, col, select

from core.ids import utc_now
from core.records import EventRecord
from core.store.fast_rows import FastConnection, fetch_rows
from core.store.runs import lock
from core.store.tables import EventRow

_ALL = 2**31 - 1
_SINCE = (
    select(EventRow.seq, EventRow.kind, EventRow.at, EventRow.data)
    .where(col(EventRow.run_id) == bindparam("run"), col(EventRow.seq) > bindparam("after"))
    .order_by(col(EventRow.seq))
    .limit(bindparam("most", type_=Integer))
)


def events(
    db: Session | FastConnection, run_id: str, *, after: int = 0, limit: int | None = None
) -> list[EventRecord]:
    """Events with a number above `after`, in order."""
    most = _ALL if limit is None else limit
    # Every reader of a run's stream comes through here.
    rows = fetch_rows(FastConnection.within(db), _SINCE, {"run": run_id, "after": after, "most": most})
    return [EventRecord(run_id, *row) for row in rows]


def last_seq(db: Session, run_id: str) -> int:
    """Number of the newest event, 0 when there is none."""
    return db.exec(select(func.coalesce(func.max(EventRow.seq), 0)).where(EventRow.run_id == run_id)).one()


def append_event(db: Session, run_id: str, kind: str, data: dict[str, Any]) -> EventRecord:
    """Add one event to a run that nobody works on."""
    lock(db, run_id)
    row = EventRow(run_id=run_id, seq=last_seq(db, run_id) + 1, kind=kind, at=utc_now(), data=data)
    db.add(row)
    db.flush()
    return EventRecord(run_id, row.seq, kind, row.at, data)
