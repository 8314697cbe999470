"""Changes of a run's status that are made from outside of its work, and what those at work are told to do."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col, select

from core.ids import utc_now
from core.store.fast_rows import FastConnection, fetch_value
from core.store.runs import changed_one
from core.store.tables import ApprovalRow, DecisionRow, RunRow

_IS_TO_STOP = select(RunRow.cancel_requested).where(col(RunRow.id) == bindparam("run"))


def requeue(db: Session, run_id: str, *, owner: str | None) -> bool:
    """Queue a waiting run for its next segment; False when it is not waiting."""
    changed = db.execute(
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.status) == "waiting")
        .values(status="queued", lease_owner=owner, lease_until=None)
    )
    return changed_one(changed)


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
    return changed_one(changed)


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
    return changed_one(changed)


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
    return changed_one(changed)


def ask_to_pause(db: Session, run_id: str) -> bool:
    """Leave word for whoever works on the run; False when nobody does."""
    changed = db.execute(
        update(RunRow)
        .where(col(RunRow.id) == run_id, col(RunRow.status) == "running")
        .values(pause_requested=True)
    )
    return changed_one(changed)


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
    return changed_one(changed)


def start_time_anew(db: Session, run_id: str) -> None:
    """Forget how long the run was worked on."""
    db.execute(update(RunRow).where(col(RunRow.id) == run_id).values(worked_seconds=0.0))


def is_to_stop(connection: FastConnection, run_id: str) -> bool:
    """Whether somebody wants the run to be stopped."""
    return bool(fetch_value(connection, _IS_TO_STOP, {"run": run_id}))
