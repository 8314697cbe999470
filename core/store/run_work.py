"""Who works on which run: queues, claims, leases and what is asked of those at work."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, or_, update
from sqlmodel import Session, col, select

from core.ids import utc_now
from core.records import RunRecord
from core.store.fast_rows import FastConnection, fetch_rows
from core.store.runs import FIELDS, changed_one
from core.store.tables import RunRow, UtcTime


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """A run that this process works on, until its lease ends or its epoch is passed."""

    run: RunRecord
    epoch: int
    trace_id: str
    unwanted: bool
    """Somebody has asked to stop it, and nobody was there to do so."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A run that is queued for, or worked on by, another process."""

    run_id: str
    owner: str | None
    epoch: int
    lease_until: datetime | None


_CLAIM = (
    update(RunRow)
    .where(
        col(RunRow.id) == bindparam("run"),
        col(RunRow.status) == "queued",
        or_(col(RunRow.lease_owner) == bindparam("by"), col(RunRow.lease_owner).is_(None)),
    )
    .values(
        status="running",
        lease_owner=bindparam("by"),
        lease_until=bindparam("until"),
        epoch=RunRow.epoch + 1,
        started_at=func.coalesce(RunRow.started_at, bindparam("now", type_=UtcTime)),
    )
    .returning(col(RunRow.epoch), col(RunRow.trace_id), col(RunRow.cancel_requested), *FIELDS)
)


def claim(connection: FastConnection, run_id: str, *, owner: str, until: datetime) -> ClaimedRun | None:
    """Take a queued run that is meant for `owner`; None when it is not there to be taken."""
    values = {"run": run_id, "by": owner, "until": until, "now": utc_now()}
    found = fetch_rows(connection, _CLAIM, values)
    if not found:
        return None
    epoch, trace_id, unwanted, *fields = found[0]
    return ClaimedRun(run=RunRecord(*fields), epoch=epoch, trace_id=trace_id, unwanted=unwanted)


def adopt(db: Session, orphan: Orphan, *, owner: str | None) -> bool:
    """Queue a dead process's run for `owner`, or for whoever works (None); False when somebody else was faster, or
    is just writing for the run."""
    as_found = (
        col(RunRow.id) == orphan.run_id,
        col(RunRow.epoch) == orphan.epoch,
        col(RunRow.lease_owner) == orphan.owner if orphan.owner is not None else col(RunRow.lease_owner).is_(None),
        col(RunRow.status).in_(("queued", "running")),
    )
    # Whoever adopts has runs of its own, which must not stand still because a frozen process keeps a lock.
    if (
        db.exec(select(RunRow.id).where(*as_found).with_for_update(key_share=True, skip_locked=True)).first()
        is None
    ):
        return False
    values = {"status": "queued", "lease_owner": owner, "lease_until": None, "epoch": RunRow.epoch + 1}
    return changed_one(db.execute(update(RunRow).where(*as_found).values(**values)))


def runs_of_others(db: Session, owner: str) -> list[Orphan]:
    """Runs that are queued for, or running in, other processes; not those that are queued for whoever works."""
    query = select(RunRow.id, RunRow.lease_owner, RunRow.epoch, RunRow.lease_until).where(
        col(RunRow.status).in_(("queued", "running")), col(RunRow.lease_owner) != owner
    )
    return [Orphan(*values) for values in db.exec(query)]


_QUEUED = (
    select(col(RunRow.id))
    .where(
        col(RunRow.status) == "queued",
        or_(col(RunRow.lease_owner) == bindparam("by"), col(RunRow.lease_owner).is_(None)),
    )
    .order_by(col(RunRow.created_at))
    .limit(bindparam("most", type_=Integer))
)
_ORDERS = select(col(RunRow.id), col(RunRow.cancel_requested)).where(
    col(RunRow.lease_owner) == bindparam("by"),
    col(RunRow.status) == "running",
    or_(col(RunRow.cancel_requested), col(RunRow.pause_requested)),
)


def queued_for(db: FastConnection, owner: str, *, limit: int) -> list[str]:
    """Ids of the queued runs that `owner` may take, oldest first."""
    return [row[0] for row in fetch_rows(db, _QUEUED, {"by": owner, "most": limit})]


def queue_id(db: Session, run_id: str) -> str | None:
    """A name for this queueing of a run, which no other has; None when it is not queued."""
    query = select(RunRow.id, RunRow.segment, RunRow.epoch).where(RunRow.id == run_id, RunRow.status == "queued")
    found = db.exec(query).first()
    return f"{found[0]}:{found[1]}:{found[2]}" if found else None


def queue_ids(db: Session, *, limit: int) -> dict[str, str]:
    """The oldest queued runs by the names of their queueings."""
    query = (
        select(RunRow.id, RunRow.segment, RunRow.epoch)
        .where(RunRow.status == "queued")
        .order_by(col(RunRow.created_at))
        .limit(limit)
    )
    return {f"{run_id}:{segment}:{epoch}": run_id for run_id, segment, epoch in db.exec(query)}


def queue_anew(db: Session, run_id: str) -> bool:
    """Make this another queueing of the run; False when it is not queued any more."""
    changed = db.execute(
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.status) == "queued")
        .values(epoch=RunRow.epoch + 1)
    )
    return changed_one(changed)


def orders(db: FastConnection, owner: str) -> tuple[list[str], list[str]]:
    """The runs at work in `owner` that somebody wants to be stopped, and those to be paused."""
    found = fetch_rows(db, _ORDERS, {"by": owner})
    return [run_id for run_id, stop in found if stop], [run_id for run_id, stop in found if not stop]


def at_work(db: Session, owner: str) -> list[Orphan]:
    """The runs that `owner` is said to work on."""
    query = select(RunRow.id, RunRow.lease_owner, RunRow.epoch, RunRow.lease_until).where(
        col(RunRow.status) == "running", col(RunRow.lease_owner) == owner
    )
    return [Orphan(*values) for values in db.exec(query)]


def give_back(db: Session, owner: str) -> list[str]:
    """Queue everything that `owner` has for whoever works; returns what these are."""
    given = db.execute(
        update(RunRow)
        .where(col(RunRow.lease_owner) == owner, col(RunRow.status).in_(("queued", "running")))
        .values(status="queued", lease_owner=None, lease_until=None, epoch=RunRow.epoch + 1)
        .returning(col(RunRow.id))
    )
    return list(given.scalars())


def renew_leases(db: Session, owner: str, *, until: datetime) -> tuple[list[str], list[str]]:
    """Keep the leases of `owner`; returns the runs that somebody wants to be stopped, and those to be paused."""
    mine = (col(RunRow.lease_owner) == owner, col(RunRow.status).in_(("queued", "running")))
    db.execute(update(RunRow).where(*mine).values(lease_until=until))
    stop = select(RunRow.id).where(*mine, col(RunRow.cancel_requested))
    pause = select(RunRow.id).where(*mine, col(RunRow.pause_requested))
    return list(db.exec(stop).all()), list(db.exec(pause).all())


def is_at_work(db: Session, run_id: str, epoch: int) -> bool:
    """Whether the run is still worked on by whoever claimed it with that epoch; it stays so until this unit of
    work is over."""
    query = select(RunRow.id).where(RunRow.id == run_id, RunRow.epoch == epoch, RunRow.status == "running")
    return db.exec(query.with_for_update(key_share=True)).first() is not None


def set_segment(db: Session, run_id: str, epoch: int, segment: int) -> None:
    """Note which segment is worked on."""
    db.execute(update(RunRow).where(col(RunRow.id) == run_id, col(RunRow.epoch) == epoch).values(segment=segment))
