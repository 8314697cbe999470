"""The end of a run whose work broke off by an error of Troupe itself: it must not be shown as running for ever."""

from core.records import EventRecord
from core.store import approvals, events, run_control, spans
from core.store.database import Database


def fail_broken(database: Database, run_id: str, process: str, error: BaseException | None) -> EventRecord | None:
    """Store that it failed; the event that says so, or None when the process no longer has the run."""
    from core.sdk.failures import explain

    failure = explain(error or RuntimeError("Nobody knows why."))
    told = {"code": failure.code, "message": failure.message, "hint": failure.hint}
    with database.session() as db:
        if not run_control.fail_broken(db, run_id, process, told):
            return None
        approvals.expire(db, run_id)
        spans.close_rest(db, run_id)
        return events.append_event(db, run_id, "run_failed", told)
