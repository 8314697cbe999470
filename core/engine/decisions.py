"""What people decided about calls, put into the SDK's interrupted state."""

from collections.abc import Iterable
from typing import Any

from agents import Agent, RunState

from core.records import ApprovalRecord


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
