"""The course of a run in words that do not depend on when it ran."""

from collections.abc import Sequence
from typing import Any

import orjson

from core.cassettes.cassette import Line
from core.records import EventRecord

_LONGEST = 2_000


def story_of(events: Sequence[EventRecord]) -> list[Line]:
    """What agents and steps did, in order. What models said and tools gave is left out: a replay takes it from
    the cassette. So is what went on inside tools that run agents by themselves: a replay does not call them."""
    inside = {event.data["call_id"] for event in events if _is_plain_call(event)}
    lines: list[Line] = []
    checks: list[Line] = []
    for event in events:
        path = event.data.get("path") or event.data.get("step_path") or ""
        if not inside.isdisjoint(path.split("/")) or not (text := _words(event.kind, event.data)):
            continue
        line = Line(path=path, text=text[:_LONGEST])
        if event.kind == "guardrail_checked":
            checks.append(line)
        else:
            lines += [*_sorted(checks), line]
            checks.clear()
    return lines + _sorted(checks)


def _sorted(checks: list[Line]) -> list[Line]:
    """Guardrails of an agent check at the same time, and end in any order."""
    return sorted(checks, key=lambda line: (line.path, line.text))


def _is_plain_call(event: EventRecord) -> bool:
    return event.kind == "tool_called" and event.data["tool_kind"] != "agent"


def _words(kind: str, data: dict[str, Any]) -> str:
    match kind:
        case "agent_started":
            return f"{data['agent']} begins"
        case "tool_called":
            return f"{data['agent']} calls {_call(data)}"
        case "handoff_occurred":
            return f"{data['source']} hands off to {data['target']}"
        case "guardrail_checked":
            verdict = f"trips: {data['reason']}" if data["tripped"] else "lets it pass"
            return f"{data['guardrail']} ({data['stage']} of {data['agent']}) {verdict}"
        case "approval_requested":
            return "" if data["approval_kind"] == "in_doubt" else f"a person is asked about {_call(data)}"
        case "conversation_shortened":
            return f"{data['turns']} earlier turns are left out ({data['how']})"
        case "step_finished":
            told = [data["status"], data["port"] and f"leads to {data['port']}", data["value"]]
            return f"step {data['step']}: {', '.join(part for part in told if part)}"
        case "step_failed":
            return f"step {data['step']} fails: {data['message']}"
        case _:
            return ""


def _call(data: dict[str, Any]) -> str:
    arguments = orjson.dumps(data["arguments"], default=str, option=orjson.OPT_SORT_KEYS).decode()
    return f"{data['tool']}({arguments})"
