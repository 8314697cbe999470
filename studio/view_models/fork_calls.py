"""The model calls of a run, each with what came of it: to choose where a fork leaves it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.records import EventRecord, SpanRecord


@dataclass(frozen=True, slots=True)
class ForkCall:
    """A model call that a run can be forked before."""

    number: int
    """Among the model calls of the trace, from 1."""
    key: str
    agent: str
    model: str
    answer: str
    """What the model said, or the tools that it called, each with the id of the call."""

    def data(self) -> dict[str, Any]:
        """As JSON data."""
        return {"number": self.number, "call": self.key, **{k: v for k, v in asdict(self).items() if k != "key"}}


def fork_calls(spans: Iterable[SpanRecord], events: Sequence[EventRecord]) -> list[ForkCall]:
    """The calls in the order of the trace; those that have not begun are left out."""
    answers = _answers(events)
    models = enumerate((span for span in spans if span.kind == "model"), 1)
    return [
        ForkCall(number, span.call_id, span.agent or "", span.model or "", answers[span.call_id])
        for number, span in models
        if span.call_id in answers
    ]


def _answers(events: Iterable[EventRecord]) -> dict[str, str]:
    found: dict[str, str] = {}
    newest: dict[tuple[str, str], str] = {}
    for event in events:
        data = event.data
        match event.kind:
            case "model_call_started":
                found[data["call"]] = ""
                newest[data["path"], data["agent"]] = data["call"]
            case "model_call_completed":
                found[data["call"]] = data["text"]
            case "tool_called" if (data["path"], data["agent"]) in newest:
                key = newest[data["path"], data["agent"]]
                found[key] = f"{found[key]} → {data['tool']} ({data['call_id']})".strip()
    return found
