"""Where a run stands that nobody works on, as its events tell: what comes next, and what would be asked again."""

from collections.abc import Sequence
from typing import Any

from core.records import EventRecord

_AFTER_A_BAD_ANSWER = frozenset({"guardrail_checked", "step_failed", "run_failed"})


def calls_to_come(events: Sequence[EventRecord]) -> list[str]:
    """The model calls that a paused run was about to make."""
    pauses = [event for event in events if event.kind == "run_paused"]
    return list(pauses[-1].data["calls"]) if pauses else []


def answer_to_ask_again(events: Sequence[EventRecord]) -> str | None:
    """The model call whose answer ended a run; None when something else did. An answer that anything was done with
    is not asked for again: it would be done twice."""
    for event in reversed(events):
        if event.kind == "model_call_completed":
            return str(event.data["call"])
        if event.kind not in _AFTER_A_BAD_ANSWER:
            return None
    return None


def message(text: str, calls: Sequence[str]) -> dict[str, Any]:
    """What the journal keeps of a message that a person added before these model calls."""
    return {"message": text, "calls": list(calls)}


def withdrawn(events: Sequence[EventRecord]) -> list[str]:
    """Approvals that nobody needed to decide any more while the run went on."""
    return [event.data["approval_id"] for event in events if event.kind == "approval_withdrawn"]
