"""Events of triggers: accepted once, claimed, started together with their runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlmodel import Session, col

from core.ids import new_id, utc_now
from core.records import Page
from core.store.fast_rows import FastConnection, fetch_rows, write_rows
from core.store.tables import BlobRow, RunRow, TriggerEventRow, TriggerRow
from core.triggers.records import EventStatus, TriggerEventRecord, TriggerSummary


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What was accepted. `data` is the payload as JSON, `hash` its content hash; with an `error` it is dead from
    the beginning."""

    key: str
    data: bytes
    hash: str
    headers: dict[str, str] = field(default_factory=dict)
    error: str = ""


_Event = TriggerEventRow
_ADD_BLOB = insert_or_ignore(BlobRow).on_conflict_do_nothing()
_ADD = insert_or_ignore(_Event).on_conflict_do_nothing().returning(col(_Event.id))
_STATUS = case(
    (col(_Event.status) != "started", col(_Event.status)),
    (col(RunRow.status) == "completed", "done"),
    (col(RunRow.status).in_(("failed", "cancelled")), "failed"),
    else_="started",
)
"""How a started event went is read from its run, which may also be gone on with later."""


def add_event(connection: FastConnection, trigger_id: str, new: NewEvent) -> bool:
    """Accept an event; False when one with its key is there already."""
    write_rows(connection, _ADD_BLOB, [{"hash": new.hash, "data": new.data}])
    now = utc_now()
    values: dict[str, Any] = {
        "id": new_id("tev"),
        "trigger_id": trigger_id,
        "key": new.key,
        "received_at": now,
        "payload_hash": new.hash,
        "headers": new.headers,
        "status": "dead" if new.error else "received",
        "attempts": 0,
        "due_at": now,
        "routed_to": None,
        "reason": "",
        "simulated": False,
        "error": new.error,
        "run_id": None,
    }
    return bool(fetch_rows(connection, _ADD, values))


def event(db: Session, event_id: str) -> TriggerEventRecord | None:
    """One event."""
    found = db.execute(_records().where(col(_Event.id) == event_id)).first()
    return TriggerEventRecord(*found) if found else None


def event_named(db: Session, trigger_id: str, key: str) -> TriggerEventRecord | None:
    """The event with the sender's id."""
    found = db.execute(_records().where(col(_Event.trigger_id) == trigger_id, col(_Event.key) == key)).first()
    return TriggerEventRecord(*found) if found else None


def event_page(
    db: Session,
    *,
    trigger_id: str | None = None,
    statuses: Sequence[EventStatus] = (),
    number: int = 1,
    size: int = 50,
) -> Page[TriggerEventRecord]:
    """Events of a trigger (None: of all that are not deleted), newest first; `number` counts pages from 1."""
    wanted: list[Any] = [col(TriggerRow.deleted_at).is_(None)]
    if trigger_id:
        wanted = [col(_Event.trigger_id) == trigger_id]
    if statuses:
        wanted.append(_STATUS.in_(statuses))
    total = db.execute(_joined(select(func.count())).where(*wanted)).scalar_one()
    query = _records().where(*wanted).order_by(col(_Event.received_at).desc(), col(_Event.id).desc())
    rows = db.execute(query.offset((number - 1) * size).limit(size))
    return Page(rows=[TriggerEventRecord(*row) for row in rows], total=total, number=number, size=size)


def summaries(db: Session) -> dict[str, TriggerSummary]:
    """What has come of the events of each trigger."""
    one = _joined(select(col(_Event.trigger_id), _STATUS.label("status"), col(_Event.received_at))).subquery()
    grouped = select(one.c.trigger_id, one.c.status, func.count(), func.max(one.c.received_at))
    found: dict[str, TriggerSummary] = {}
    for trigger_id, status, number, last in db.execute(grouped.group_by(one.c.trigger_id, one.c.status)):
        before = found.get(trigger_id, TriggerSummary({}, None))
        newest = max(filter(None, (before.last_at, last)), default=None)
        found[trigger_id] = TriggerSummary({**before.counts, status: number}, newest)
    return found


def payload(db: Session, payload_hash: str) -> Any:
    """What an event carried."""
    return orjson.loads(db.get_one(BlobRow, payload_hash).data)


def runs_of_event(db: Session, event_id: str) -> list[str]:
    """Ids of all runs that it has started, newest first."""
    query = select(col(RunRow.id)).where(col(RunRow.trigger_event_id) == event_id)
    return list(db.execute(query.order_by(col(RunRow.created_at).desc())).scalars())


# -- from received to started -------------------------------------------------------------------------


def claim_due(
    db: Session, *, now: datetime, until: datetime, limit: int, but_not_of: Sequence[str] = ()
) -> list[TriggerEventRecord]:
    """Keep others from starting the oldest due events before `until`, and return them. Events of triggers that are
    off, or named here, wait."""
    due = (
        select(col(_Event.id))
        .join(TriggerRow, col(TriggerRow.id) == col(_Event.trigger_id))
        .where(
            col(_Event.status) == "received",
            col(_Event.due_at) <= now,
            col(TriggerRow.enabled),
            col(TriggerRow.deleted_at).is_(None),
            col(TriggerRow.id).not_in(but_not_of),
        )
        .order_by(col(_Event.due_at), col(_Event.id))
        .limit(limit)
        .with_for_update(skip_locked=True, of=_Event)
    )
    ids = list(db.execute(due).scalars())
    if not ids:
        return []
    db.execute(update(_Event).where(col(_Event.id).in_(ids)).values(due_at=until))
    rows = db.execute(_records().where(col(_Event.id).in_(ids)).order_by(col(_Event.received_at), col(_Event.id)))
    return [TriggerEventRecord(*row) for row in rows]


def settle_claimed(db: Session, claimed: TriggerEventRecord, **values: Any) -> bool:
    """Change a claimed event; False when it is not this claim's any more."""
    result = db.execute(
        update(_Event)
        .where(
            col(_Event.id) == claimed.id,
            col(_Event.status) == "received",
            col(_Event.due_at) == claimed.due_at,
        )
        .values(**values)
    )
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def receive_again(db: Session, event_id: str, *, only: Sequence[str], run_id: str | None) -> bool:
    """Make an event due anew; False when it has changed meanwhile."""
    result = db.execute(
        update(_Event)
        .where(col(_Event.id) == event_id, col(_Event.status).in_(only), _same_run(run_id))
        .values(
            status="received",
            attempts=0,
            due_at=utc_now(),
            routed_to=None,
            reason="",
            simulated=False,
            error="",
        )
    )
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def discard(db: Session, event_id: str, *, run_id: str | None) -> bool:
    """Keep an event from being started; its key stays known. False when another run was started meanwhile."""
    result = db.execute(
        update(_Event).where(col(_Event.id) == event_id, _same_run(run_id)).values(status="discarded")
    )
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def queued_runs(db: Session) -> int:
    """How many runs of events wait to be worked on."""
    query = select(func.count()).where(col(RunRow.status) == "queued", col(RunRow.trigger_event_id).is_not(None))
    return int(db.execute(query).scalar_one())


def _same_run(run_id: str | None) -> Any:
    return col(_Event.run_id) == run_id if run_id else col(_Event.run_id).is_(None)


def _records() -> Any:
    derived: dict[str, Any] = {
        "status": _STATUS,
        "run_status": col(RunRow.status),
        "run_error": col(RunRow.error_message),
    }
    columns: list[Any] = [derived.get(name, getattr(_Event, name, None)) for name in TriggerEventRecord.__slots__]
    return _joined(select(*columns))


def _joined(query: Any) -> Any:
    return (
        query.select_from(_Event)
        .join(TriggerRow, col(TriggerRow.id) == col(_Event.trigger_id))
        .outerjoin(RunRow, col(RunRow.id) == col(_Event.run_id))
    )
