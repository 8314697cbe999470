"""The processes that work on runs, as they say themselves."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from core.ids import utc_now
from core.records import WorkerRecord
from core.store.tables import WorkerRow

FORGOTTEN_AFTER = timedelta(hours=1)


def save_worker(db: Session, worker: WorkerRecord) -> None:
    """Say that a worker lives, and what it does."""
    values = {name: getattr(worker, name) for name in WorkerRecord.__slots__}
    added = insert(WorkerRow).values(values)
    db.execute(added.on_conflict_do_update(index_elements=["name"], set_=values))


def remove_worker(db: Session, name: str) -> None:
    """The worker has ended, and those that ended without saying so are forgotten as well."""
    long_ago = utc_now() - FORGOTTEN_AFTER
    db.execute(delete(WorkerRow).where((col(WorkerRow.name) == name) | (col(WorkerRow.beat_at) < long_ago)))


def count_alive(db: Session, *, since: datetime) -> int:
    """How many have said so since then."""
    return db.exec(select(func.count()).select_from(WorkerRow).where(WorkerRow.beat_at >= since)).one()


def workers(db: Session) -> list[WorkerRecord]:
    """All that were not forgotten, the longest at work first."""
    rows = db.exec(select(WorkerRow).order_by(col(WorkerRow.started_at)))
    return [WorkerRecord(**{name: getattr(row, name) for name in WorkerRecord.__slots__}) for row in rows]
