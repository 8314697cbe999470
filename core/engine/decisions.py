"""What people decided: told, and put into the SDK's interrupted state."""

from collections.abc import Iterable
from typing import Any

from agents import Agent, RunState

from core.engine.conclude import call_of
from core.engine.events import ApprovalDecided
from core.engine.place import RunContext
from core.records import ApprovalRecord


def tell_decision(context: RunContext, approval: ApprovalRecord) -> None:
    """A person has decided, and that is carried out now."""
    by, call_id = approval.decided_by or "", call_of(approval.call_id)
    context.writer.emit(ApprovalDecided(approval.id, call_id, approval.tool, approval.status, approval.reason, by))
    decision = {"verdict": approval.status, "reason": approval.reason, "by": by}
    context.recorder.approval_decided(approval.id, approval.tool, decision)


async def decided_state(entry: Agent[Any], state: str, decided: Iterable[ApprovalRecord]) -> RunState[Any, Any]:
    """The interrupted state, in which the calls that somebody decided about are approved or rejected."""
    resumed: RunState[Any, Any] = await RunState.from_string(entry, state)
    by_call = {approval.call_id: approval for approval in decided if approval.kind == "tool"}
    for item in resumed.get_interruptions():
        approval = by_call.get(item.call_id or "")
        if approval is None:
            continue
        if approval.status == "approved":
            resumed.approve(item)
        else:
            reason = f"A person rejected this call. Reason: {approval.reason}"
            resumed.reject(item, rejection_message=reason)
    return resumed
