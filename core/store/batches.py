"""Batches: what changes them, and which of their rows are started next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, exists, func, insert, literal, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from core.ids import new_id, utc_now
from core.store.fast_rows import FastConnection, fetch_rows, fetch_value, write_rows
from core.store.run_removal import remove_runs
from core.store.tables import BatchLineRow, BatchRow, DatasetLineRow, OrganizationRow, RunRow

REMOVED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What a batch is made of."""

    name: str
    organization_id: str
    organization_name: str
    revision_id: str
    revision_number: int
    dataset_id: str
    template: str
    model: str | None
    overrides: dict[str, Any]
    concurrency: int
    rows: int


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """What is needed to start rows of a batch."""

    organization_id: str
    organization_name: str
    revision_id: str
    revision_number: int
    dataset_id: str
    template: str
    model: str | None
    overrides: dict[str, Any]
    concurrency: int
    stopped: bool
    resumed_at: datetime
    organization_deleted: bool


@dataclass(frozen=True, slots=True)
class PendingRow:
    """A row that is to be started."""

    position: int
    data: dict[str, Any]
    run_id: str | None
    """The run that it had already, which has failed or was cancelled."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row when it was to be started: a run, or the reason why not."""

    position: int
    run_id: str | None = None
    error: str | None = None


_HAS_PENDING = exists().where(col(BatchLineRow.batch_id) == col(BatchRow.id), col(BatchLineRow.state) == "pending")
_OPEN = select_columns(col(BatchRow.id)).where(
    col(BatchRow.stopped).is_(False), col(BatchRow.deleted).is_(False), _HAS_PENDING
)
_LOCK = (
    select_columns(
        *(getattr(BatchRow, name) for name in OpenBatch.__slots__[:-1]),
        col(OrganizationRow.deleted_at).is_not(None),
    )
    .join(OrganizationRow, col(OrganizationRow.id) == col(BatchRow.organization_id))
    .where(col(BatchRow.id) == bindparam("batch"), col(BatchRow.deleted).is_(False))
    # SQLite has locked everything already.
    .with_for_update(of=BatchRow)
)
_AT_WORK = select_columns(func.count()).where(
    col(RunRow.batch_id) == bindparam("batch"),
    or_(col(RunRow.status) == "queued", col(RunRow.status) == "running"),
)
_ROOM = select_columns(
    col(BatchRow.concurrency) - _AT_WORK.scalar_subquery(),
).where(col(BatchRow.id) == bindparam("batch"))
_NEXT = (
    select_columns(col(BatchLineRow.position), col(DatasetLineRow.data), col(BatchLineRow.run_id))
    .join(
        DatasetLineRow,
        (col(DatasetLineRow.position) == col(BatchLineRow.position))
        & (col(DatasetLineRow.dataset_id) == bindparam("dataset")),
    )
    .where(col(BatchLineRow.batch_id) == bindparam("batch"), col(BatchLineRow.state) == "pending")
    .order_by(col(BatchLineRow.position))
    .limit(bindparam("room", type_=Integer))
)
_SETTLE = (
    update(BatchLineRow)
    .where(col(BatchLineRow.batch_id) == bindparam("batch"), col(BatchLineRow.position) == bindparam("at"))
    .values(
        state=bindparam("new_state"),
        run_id=bindparam("new_run"),
        attempts=col(BatchLineRow.attempts) + bindparam("more", type_=Integer),
        error=bindparam("new_error"),
    )
)


_HIDDEN = select_columns(col(BatchRow.id)).where(col(BatchRow.deleted))


def add_batch(db: Session, new: NewBatch) -> str:
    """A batch with all of its rows pending; returns its id."""
    now = utc_now()
    values = {name: getattr(new, name) for name in NewBatch.__slots__}
    row = BatchRow(id=new_id("bat"), created_at=now, resumed_at=now, **values)
    db.add(row)
    db.flush()
    rows = select_columns(literal(row.id), col(DatasetLineRow.position), literal("pending"), literal(0)).where(
        col(DatasetLineRow.dataset_id) == new.dataset_id
    )
    db.execute(insert(BatchLineRow).from_select(["batch_id", "position", "state", "attempts"], rows))
    return row.id


def open_batches(connection: FastConnection) -> list[str]:
    """Those with rows to start."""
    return [batch_id for (batch_id,) in fetch_rows(connection, _OPEN, {})]


def room(connection: FastConnection, batch_id: str) -> int:
    """How many more rows may be at work."""
    return int(fetch_value(connection, _ROOM, {"batch": batch_id}) or 0)


def lock(connection: FastConnection, batch_id: str) -> OpenBatch | None:
    """A batch, of which no other process starts rows until the end of this unit of work."""
    found = fetch_rows(connection, _LOCK, {"batch": batch_id})
    return OpenBatch(*found[0]) if found else None


def next_rows(connection: FastConnection, batch_id: str, dataset_id: str, room: int) -> list[PendingRow]:
    """The pending rows that come first."""
    found = fetch_rows(connection, _NEXT, {"batch": batch_id, "dataset": dataset_id, "room": room})
    return [PendingRow(*values) for values in found]


def settle_rows(connection: FastConnection, batch_id: str, outcomes: list[Outcome]) -> None:
    """Note what became of pending rows."""
    values = [
        {
            "batch": batch_id,
            "at": each.position,
            "new_state": "started" if each.run_id else "refused",
            "new_run": each.run_id,
            "more": 1 if each.run_id else 0,
            "new_error": each.error,
        }
        for each in outcomes
    ]
    write_rows(connection, _SETTLE, values)


def failed_since_success(
    db: Session, batch_id: str, codes: Collection[str], *, after: datetime
) -> tuple[int, str]:
    """How many runs have failed with one of these codes since the last one that completed, and not before `after`;
    and what the last of them said."""
    of_batch = col(RunRow.batch_id) == batch_id
    done = select_columns(func.max(col(RunRow.ended_at))).where(of_batch, col(RunRow.status) == "completed")
    since = max(db.execute(done).scalar_one() or after, after)
    failed = (
        of_batch,
        col(RunRow.status) == "failed",
        col(RunRow.ended_at) > since,
        col(RunRow.error_code).in_(codes),
    )
    query = select_columns(col(RunRow.error_message)).where(*failed).order_by(col(RunRow.ended_at).desc()).limit(1)
    last = db.execute(query).scalar_one_or_none()
    return db.execute(select_columns(func.count()).where(*failed)).scalar_one(), last or ""


def stop(db: Session, batch_id: str, *, reason: str = "") -> None:
    """Start no more rows."""
    db.execute(update(BatchRow).where(col(BatchRow.id) == batch_id).values(stopped=True, stop_reason=reason))


def resume(db: Session, batch_id: str, *, again: tuple[str, ...]) -> int:
    """Start rows again, also those whose run has one of the statuses `again`. Returns how many these are."""
    ended = select_columns(col(RunRow.id)).where(col(RunRow.batch_id) == batch_id, col(RunRow.status).in_(again))
    changed = db.execute(
        update(BatchLineRow)
        .where(
            col(BatchLineRow.batch_id) == batch_id,
            col(BatchLineRow.state) == "started",
            col(BatchLineRow.run_id).in_(ended),
        )
        .values(state="pending")
        .execution_options(synchronize_session=False)
    )
    db.execute(
        update(BatchRow)
        .where(col(BatchRow.id) == batch_id)
        .values(stopped=False, stop_reason="", resumed_at=utc_now())
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


def at_work(db: Session, batch_id: str) -> list[str]:
    """Ids of the runs that are queued or running."""
    query = select(RunRow.id).where(RunRow.batch_id == batch_id, col(RunRow.status).in_(("queued", "running")))
    return list(db.exec(query))


def rename(db: Session, batch_id: str, name: str) -> None:
    """Call it otherwise."""
    db.execute(update(BatchRow).where(col(BatchRow.id) == batch_id).values(name=name))


def set_concurrency(db: Session, batch_id: str, concurrency: int) -> None:
    """How many of its rows are at work at the same time from now on."""
    db.execute(update(BatchRow).where(col(BatchRow.id) == batch_id).values(concurrency=concurrency))


def hide(db: Session, batch_id: str) -> None:
    """Begin to delete a batch: nobody sees it any more."""
    db.execute(update(BatchRow).where(col(BatchRow.id) == batch_id).values(deleted=True, stopped=True))


def hidden(connection: FastConnection) -> list[str]:
    """Batches that are being deleted."""
    return [batch_id for (batch_id,) in fetch_rows(connection, _HIDDEN, {})]


def remove_some(db: Session, batch_id: str) -> None:
    """Delete a part of a hidden batch: so many runs that nobody has to wait for it, and itself at last."""
    query = select(RunRow.id).where(RunRow.batch_id == batch_id).limit(REMOVED_AT_ONCE)
    if run_ids := list(db.exec(query)):
        remove_runs(db, run_ids)
        return
    db.execute(delete(BatchLineRow).where(col(BatchLineRow.batch_id) == batch_id))
    db.execute(delete(BatchRow).where(col(BatchRow.id) == batch_id))
