"""The way a run took: which agents came to work and which tools they called, and how two ways differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from core.records import EventRecord

StepKind = Literal["agent", "tool", "handoff", "approval", "guardrail"]
StepDiff = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `depth` counts the agents that wait for it because they called an agent as a tool."""

    kind: StepKind
    name: str
    depth: int = 0
    failed: bool = False

    @property
    def text(self) -> str:
        """The step as it is written."""
        return f"{self.name} (failed)" if self.failed else self.name


@dataclass(frozen=True, slots=True)
class PathRow:
    """One line of two ways beside each other; None where one of them has nothing."""

    kind: StepDiff
    left: Step | None
    right: Step | None


def tool_path(events: Iterable[EventRecord]) -> list[Step]:
    """The steps in the order they began. A run that goes on after a pause does not repeat its agent."""
    facts = list(events)
    failed = {str(event.data.get("call_id")) for event in facts if event.kind == "tool_failed"}
    found: list[Step] = []
    seen: set[str] = set()
    for event in facts:
        step = _step(event, failed)
        call_id = str(event.data.get("call_id", ""))
        if step is None or (step.kind == "tool" and call_id in seen):
            continue
        if step.kind == "agent" and step == _last_agent(found, step.depth):
            continue
        if step.kind == "tool":
            seen.add(call_id)
        found.append(step)
    return found


def path_text(steps: Iterable[Step]) -> str:
    """`triage → billing → refund`; what happened inside of agents that were used as tools stands in brackets."""
    text, depth = "", 0
    for step in steps:
        if step.depth > depth:
            text += " [" * (step.depth - depth)
        elif step.depth < depth:
            text += "]" * (depth - step.depth)
        arrow = " → " if text and not text.endswith("[") else ""
        text += f"{arrow}{step.text}"
        depth = step.depth
    return text + "]" * depth


def path_diff(left: list[Step], right: list[Step]) -> list[PathRow]:
    """Both ways line by line, the same steps beside each other."""
    rows: list[PathRow] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs = zip(left[start:end], right[new_start:new_end], strict=True)
            rows += [PathRow("same", one, other) for one, other in pairs]
            continue
        rows += [PathRow("removed", step, None) for step in left[start:end]]
        rows += [PathRow("added", None, step) for step in right[new_start:new_end]]
    return rows


def first_difference(rows: list[PathRow]) -> str:
    """Where the ways part, in words; empty when they do not."""
    previous = ""
    for row in rows:
        if row.kind != "same":
            step = row.left or row.right
            assert step is not None, "a row has at least one side"
            return f"They part after {previous}." if previous else "They differ from the first step on."
        assert row.left is not None, "same rows have both sides"
        previous = row.left.name
    return ""


def _step(event: EventRecord, failed: set[str]) -> Step | None:
    data = event.data
    path = str(data.get("path", ""))
    depth = len(path.split("/")) if path else 0
    match event.kind:
        case "agent_started":
            return Step("agent", str(data["agent"]), depth)
        case "tool_called":
            return Step("tool", str(data["tool"]), depth, str(data.get("call_id")) in failed)
        case "approval_requested":
            return Step("approval", f"approval of {data['tool']}", depth)
        case "guardrail_checked" if data.get("tripped"):
            return Step("guardrail", f"{data['guardrail']} tripped", depth)
        case _:
            return None


def _last_agent(steps: list[Step], depth: int) -> Step | None:
    return next((step for step in reversed(steps) if step.kind == "agent" and step.depth == depth), None)
