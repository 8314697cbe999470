"""Triggers: where events come from and where they go."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from core.ids import new_id, utc_now
from core.store.fast_rows import FastConnection, fetch_rows
from core.store.tables import TriggerRow
from core.triggers.records import TriggerRecord

Values = dict[str, Any]
_FIELDS = [getattr(TriggerRow, name) for name in TriggerRecord.__slots__]
_ONE = select(*_FIELDS).where(col(TriggerRow.id) == bindparam("trigger"))


def add_trigger(db: Session, spec: Values, *, secrets: list[Values], left: Values) -> str:
    """A new one, which works from now on; returns its id."""
    now = utc_now()
    row = TriggerRow(
        id=new_id("trg"),
        kind=spec["source"]["kind"],
        spec=spec,
        secrets=secrets,
        watched_until=now,
        left=left,
        created_at=now,
        updated_at=now,
    )
    db.add(row)
    db.flush()
    return row.id


def trigger(db: Session | FastConnection, trigger_id: str) -> TriggerRecord | None:
    """One trigger, also a deleted one."""
    found = fetch_rows(FastConnection.within(db), _ONE, {"trigger": trigger_id})
    return TriggerRecord(*found[0]) if found else None


def lock(db: Session, trigger_id: str) -> None:
    """Let nobody else change the trigger until this unit of work is over."""
    db.execute(select(TriggerRow.id).where(TriggerRow.id == trigger_id).with_for_update(key_share=True))


def triggers(db: Session, *, kinds: tuple[str, ...] = (), working: bool = False) -> list[TriggerRecord]:
    """All that are not deleted, oldest first; with `working` only those that are on."""
    query = select(TriggerRow).where(col(TriggerRow.deleted_at).is_(None)).order_by(col(TriggerRow.created_at))
    if kinds:
        query = query.where(col(TriggerRow.kind).in_(kinds))
    if working:
        query = query.where(col(TriggerRow.enabled))
    return [_record(row) for row in db.exec(query)]


def change_trigger(db: Session, trigger_id: str, **values: Any) -> None:
    """Set columns of a trigger."""
    row = db.get_one(TriggerRow, trigger_id)
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = utc_now()
    db.add(row)


def move_watch(db: Session, trigger_id: str, *, before: datetime | None, now: datetime) -> bool:
    """Note that a schedule has been looked at until `now`; False when another process was faster."""
    same = col(TriggerRow.watched_until) == before if before else col(TriggerRow.watched_until).is_(None)
    result = db.execute(update(TriggerRow).where(col(TriggerRow.id) == trigger_id, same).values(watched_until=now))
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def _record(row: TriggerRow) -> TriggerRecord:
    return TriggerRecord(**{name: getattr(row, name) for name in TriggerRecord.__slots__})
