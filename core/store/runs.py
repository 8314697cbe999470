"""Runs: adding, finding, and who works on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Integer, bindparam, func, insert, or_, union, update
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.ids import utc_now
from core.records import Page, RunFilter, RunRecord, RunStatus
from core.store.fast_rows import FastConnection, fetch_rows, fetch_value, write_rows
from core.store.tables import ApprovalRow, DecisionRow, RunRow, SessionItemRow, UtcTime

ACTIVE = ("queued", "running", "waiting", "paused")


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run is made of when it is queued."""

    id: str
    organization_id: str
    organization_name: str
    revision_id: str
    revision_number: int
    input: str
    trace_id: str
    session_id: str | None = None
    comparison_id: str | None = None
    trigger_event_id: str | None = None
    parent_id: str | None = None
    variant: str = ""
    batch_id: str | None = None
    position: int = 0
    model: str | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    cassette_id: str | None = None
    epoch: int = 0
    """1 when something is stored of the run before anybody has worked on it."""


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


_FIELDS = [getattr(RunRow, name) for name in RunRecord.__slots__]
_ONE = select(*_FIELDS).where(col(RunRow.id) == bindparam("run"))
_IS_TO_STOP = select(RunRow.cancel_requested).where(col(RunRow.id) == bindparam("run"))
_ADD = insert(RunRow)
NEW_RUN: dict[str, Any] = {
    name: given.get_default(call_default_factory=True)
    for name, given in RunRow.model_fields.items()
    if not given.is_required()
}
"""What the columns of a new run hold, but for those that every run has of its own."""
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
    .returning(col(RunRow.epoch), col(RunRow.trace_id), col(RunRow.cancel_requested), *_FIELDS)
)


def add_run(db: Session | FastConnection, new: NewRun, *, owner: str | None) -> None:
    """Queue a run for the process `owner`, or for whoever works (None)."""
    values = {name: getattr(new, name) for name in NewRun.__slots__}
    row = NEW_RUN | values | {"status": "queued", "lease_owner": owner, "created_at": utc_now()}
    write_rows(FastConnection.within(db), _ADD, [row])


def lock(db: Session, run_id: str) -> int | None:
    """Let nobody else change the run, or write for it, until this unit of work is over; returns its epoch."""
    query = select(RunRow.epoch).where(RunRow.id == run_id).with_for_update(key_share=True)
    return db.exec(query).first()


def run(db: Session | FastConnection, run_id: str) -> RunRecord | None:
    """One run."""
    found = fetch_rows(FastConnection.within(db), _ONE, {"run": run_id})
    return RunRecord(*found[0]) if found else None


def run_page(db: Session, wanted: RunFilter, *, number: int = 1, size: int = 50) -> Page[RunRecord]:
    """Runs that fit, newest first; `number` counts pages from 1."""
    total = db.exec(_filtered(select(func.count()).select_from(RunRow), wanted)).one()
    query = _filtered(select(RunRow), wanted).order_by(col(RunRow.created_at).desc(), col(RunRow.id).desc())
    rows = db.exec(query.offset((number - 1) * size).limit(size))
    return Page(rows=[_record(row) for row in rows], total=total, number=number, size=size)


def runs_of_session(db: Session, session_id: str) -> list[RunRecord]:
    """The runs of a conversation in the order they were started, with those of the turns that it took over."""
    query = select(RunRow).where(col(RunRow.id).in_(runs_in(session_id))).order_by(col(RunRow.created_at))
    return [_record(row) for row in db.exec(query)]


def children(db: Session, run_id: str) -> list[RunRecord]:
    """The runs that come from another one, oldest first."""
    query = select(RunRow).where(RunRow.parent_id == run_id).order_by(col(RunRow.created_at))
    return [_record(row) for row in db.exec(query)]


def newest_of_cassettes(db: Session, cassette_ids: Sequence[str]) -> dict[str, RunRecord]:
    """The last run that played each recording."""
    newest_first = (col(RunRow.created_at).desc(), col(RunRow.id).desc())
    place = func.row_number().over(partition_by=col(RunRow.cassette_id), order_by=newest_first).label("place")
    played = select(RunRow.id, place).where(col(RunRow.cassette_id).in_(cassette_ids)).subquery()
    query = select(RunRow).join(played, played.c.id == RunRow.id).where(played.c.place == 1)
    return {str(row.cassette_id): _record(row) for row in db.exec(query)}


def runs_in(session_id: str) -> CompoundSelect[Any]:
    """Ids of the runs that are turns of a conversation, be it that they were taken over from another one."""
    inherited = select(SessionItemRow.run_id).where(SessionItemRow.session_id == session_id)
    return union(inherited, select(RunRow.id).where(RunRow.session_id == session_id))


def active_run_of_session(db: Session, session_id: str) -> str | None:
    """Id of the run that keeps the conversation busy, if any."""
    query = select(RunRow.id).where(RunRow.session_id == session_id, col(RunRow.status).in_(ACTIVE))
    return db.exec(query).first()


def count_by_status(db: Session, *, batches: bool = False) -> dict[str, int]:
    """How many runs have which status; with `batches` also those of batches."""
    query = select(RunRow.status, func.count()).group_by(RunRow.status)
    return dict(db.exec(query if batches else query.where(col(RunRow.batch_id).is_(None))).all())


# -- who works on what ------------------------------------------------------------------------------


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
    return _changed(db.execute(update(RunRow).where(*as_found).values(**values)))


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
    return _changed(changed)


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


def requeue(db: Session, run_id: str, *, owner: str | None) -> bool:
    """Queue a waiting run for its next segment; False when it is not waiting."""
    changed = db.execute(
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.status) == "waiting")
        .values(status="queued", lease_owner=owner, lease_until=None)
    )
    return _changed(changed)


def requeue_decided(db: Session | Connection, *, owner: str | None, run_id: str | None = None) -> bool:
    """Queue waiting runs (or that one, if it waits) about which decisions wait to be carried out; whether there
    were any."""
    unapplied = (
        select(ApprovalRow.run_id)
        .join(DecisionRow, col(DecisionRow.approval_id) == ApprovalRow.id)
        .where(ApprovalRow.run_id == RunRow.id, col(DecisionRow.applied_segment).is_(None))
    )
    waiting = [col(RunRow.status) == "waiting", unapplied.exists()]
    changed = db.execute(
        update(RunRow)
        .where(*waiting, *([col(RunRow.id) == run_id] if run_id is not None else []))
        .values(status="queued", lease_owner=owner, lease_until=None)
    )
    assert isinstance(changed, CursorResult)
    return changed.rowcount > 0


def cancel_idle(db: Session, run_id: str) -> bool:
    """Cancel a run that nobody works on (queued or waiting); False when it is not so."""
    changed = db.execute(
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.status).in_(("queued", "waiting", "paused")))
        .values(
            status="cancelled",
            ended_at=utc_now(),
            cancel_requested=True,
            lease_owner=None,
            epoch=RunRow.epoch + 1,
        )
    )
    return _changed(changed)


def fail_broken(db: Session, run_id: str, owner: str, failure: Mapping[str, str]) -> bool:
    """End a run whose work broke off in the process `owner`; `failure` has a code, a message and a hint. False
    when that process no longer has it."""
    changed = db.execute(
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.status) == "running", col(RunRow.lease_owner) == owner)
        .values(
            status="failed",
            ended_at=utc_now(),
            lease_owner=None,
            epoch=RunRow.epoch + 1,
            **{f"error_{name}": text for name, text in failure.items()},
        )
    )
    return _changed(changed)


def ask_to_cancel(db: Session, run_id: str) -> None:
    """Leave word for whoever works on the run."""
    db.execute(update(RunRow).where(col(RunRow.id) == run_id).values(cancel_requested=True))


def pause_idle(db: Session, run_id: str) -> bool:
    """Pause a run that nobody works on yet; False when it is not queued."""
    changed = db.execute(
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.status) == "queued")
        .values(status="paused", lease_owner=None, lease_until=None, epoch=RunRow.epoch + 1)
    )
    return _changed(changed)


def ask_to_pause(db: Session, run_id: str) -> bool:
    """Leave word for whoever works on the run; False when nobody does."""
    changed = db.execute(
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.status) == "running")
        .values(pause_requested=True)
    )
    return _changed(changed)


def go_on(db: Session, run_id: str, *, owner: str | None, after: tuple[str, ...]) -> bool:
    """Queue a run that stands still with one of the statuses `after`; False when it has another one."""
    changed = db.execute(
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.status).in_(after))
        .values(
            status="queued",
            lease_owner=owner,
            lease_until=None,
            cancel_requested=False,
            pause_requested=False,
            ended_at=None,
            output=None,
            error_code=None,
            error_message=None,
            error_hint=None,
        )
    )
    return _changed(changed)


def start_time_anew(db: Session, run_id: str) -> None:
    """Forget how long the run was worked on."""
    db.execute(update(RunRow).where(col(RunRow.id) == run_id).values(worked_seconds=0.0))


def is_to_stop(connection: FastConnection, run_id: str) -> bool:
    """Whether somebody wants the run to be stopped."""
    return bool(fetch_value(connection, _IS_TO_STOP, {"run": run_id}))


def is_at_work(db: Session, run_id: str, epoch: int) -> bool:
    """Whether the run is still worked on by whoever claimed it with that epoch; it stays so until this unit of
    work is over."""
    query = select(RunRow.id).where(RunRow.id == run_id, RunRow.epoch == epoch, RunRow.status == "running")
    return db.exec(query.with_for_update(key_share=True)).first() is not None


def set_segment(db: Session, run_id: str, epoch: int, segment: int) -> None:
    """Note which segment is worked on."""
    db.execute(update(RunRow).where(col(RunRow.id) == run_id, col(RunRow.epoch) == epoch).values(segment=segment))


def _filtered(query: SelectOfScalar[Any], wanted: RunFilter) -> SelectOfScalar[Any]:
    if not wanted.batches:
        query = query.where(col(RunRow.batch_id).is_(None))
    if wanted.status:
        query = query.where(RunRow.status == wanted.status)
    if wanted.organization_id:
        query = query.where(RunRow.organization_id == wanted.organization_id)
    if wanted.text:
        query = query.where(
            or_(
                col(RunRow.input).icontains(wanted.text, autoescape=True),
                col(RunRow.output).icontains(wanted.text, autoescape=True),
                col(RunRow.id) == wanted.text,
            )
        )
    return query


def _changed(result: Any) -> bool:
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _record(row: RunRow) -> RunRecord:
    values = {name: getattr(row, name) for name in RunRecord.__slots__}
    status: RunStatus = values.pop("status")
    return RunRecord(status=status, **values)
