"""The outline of a trace: agents, their turns, and what happened in them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.records import SpanRecord
from studio.view_models.numbers import count, duration, seconds_between
from studio.view_models.replay_words import REPLAYED_SPANS
from studio.view_models.status import status_look
from studio.view_models.trace_clock import TraceClock, trace_clock
from studio.view_models.trace_tree import Totals, TraceTree, totals

QUIET = frozenset({"ok", "open"})


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One line. `id` is the span that it selects, `bar` is where the span lies in time, in percent."""

    id: str
    parent: str | None
    level: int
    kind: str
    title: str
    note: str
    status: str
    word: str
    """What is said about its status; empty when all is well."""
    colour: str
    duration: str
    tokens: str
    errors: int
    """Failures below it that it does not tell itself."""
    bar: tuple[float, float]

    def data(self) -> list[Any]:
        """As JSON data for the browser: the values in the order of the fields, for there may be 20,000 of them."""
        return [getattr(self, name) for name in self.__slots__]


@dataclass(frozen=True, slots=True)
class _Place:
    """A span in the outline: `shown` is selected, `span` gives time and sums."""

    span: SpanRecord
    shown: SpanRecord
    parent: str | None
    level: int
    title: str


def outline(tree: TraceTree, *, now: datetime | None = None, replayed: bool = False) -> list[OutlineRow]:
    """The lines from top to bottom; `now` when the run is at work, `replayed` for the trace of a replay."""
    clock = trace_clock(tree.spans, now=now)
    if clock is None:
        return []
    sums = totals(tree)
    return [_row(place, sums[place.span.id], clock, now, replayed=replayed) for place in _places(tree)]


def _places(tree: TraceTree) -> Iterator[_Place]:
    """Leaves out the SDK's task spans, joins a turn with its only model call, and a step with its only agent."""
    turns: Counter[str | None] = Counter()
    waiting: list[tuple[SpanRecord, str | None, int]] = [(span, None, 1) for span in reversed(tree.roots)]
    while waiting:
        span, parent, level = waiting.pop()
        children = tree.below(span)
        if span.kind == "task" and not _tells_alone(span, children):
            waiting.extend((child, parent, level) for child in reversed(children))
            continue
        children = _of_only_agent(span, children, tree)
        place = _Place(span, span, parent, level, _title(span))
        if span.kind == "turn":
            turns[span.parent_id] += 1
            place = _turn(span, children, parent, level, turns[span.parent_id])
        yield place
        inner = [child for child in children if child.id != place.shown.id]
        waiting.extend((child, place.shown.id, level + 1) for child in reversed(inner))


def _of_only_agent(span: SpanRecord, children: list[SpanRecord], tree: TraceTree) -> list[SpanRecord]:
    """What an agent did that is a step by itself and has the step's name, instead of that agent."""
    if span.kind != "step_agent" or len(children) != 1 or children[0].kind != "task":
        return children
    inner = tree.below(children[0])
    if len(inner) != 1 or inner[0].name != span.name or _tells_alone(inner[0], tree.below(inner[0])):
        return children
    return tree.below(inner[0])


def _turn(span: SpanRecord, children: list[SpanRecord], parent: str | None, level: int, nth: int) -> _Place:
    models = [child for child in children if child.kind == "model"]
    number = re.search(r"\d+$", span.name)
    title = f"Turn {number.group() if number else nth}"
    return _Place(span, models[0] if len(models) == 1 else span, parent, level, title)


def _tells_alone(span: SpanRecord, children: list[SpanRecord]) -> bool:
    """Whether a span has an error that no span below it has."""
    return span.status == "error" and all(child.status != "error" for child in children)


def _title(span: SpanRecord) -> str:
    match span.kind:
        case "handoff":
            return f"Hands off to {handoff_target(span)}"
        case "approval":
            return f"Approval of {span.name}"
        case "mcp_tools":
            return f"Lists tools of {span.name}"
        case "task":
            return "Run"
        case _:
            return span.name


def _row(place: _Place, total: Totals, clock: TraceClock, now: datetime | None, *, replayed: bool) -> OutlineRow:
    span, shown = place.span, place.shown
    status = span.status if shown.status in QUIET else shown.status
    own_error = status == "error"
    return OutlineRow(
        id=shown.id,
        parent=place.parent,
        level=place.level,
        kind=shown.kind,
        title=place.title,
        note=_note(shown, root=place.parent is None, replayed=replayed),
        status=status,
        word=status_word(shown.kind, status, at_work=now is not None),
        colour=status_look(status).colour,
        duration=span_duration(span, now),
        tokens="" if total.tokens is None else count(total.tokens),
        errors=0 if own_error else total.errors,
        bar=_bar(span, clock),
    )


def handoff_target(span: SpanRecord) -> str:
    """The agent that a handoff leads to; its span is called `source → target`."""
    return span.name.rpartition(" → ")[2]


def status_word(kind: str, status: str, *, at_work: bool) -> str:
    """What is said about a span's status; nothing when it simply went well."""
    match kind, status:
        case "approval", "ok":
            return status_look("approved").word
        case "approval", "waiting" if not at_work:
            return "Not decided"
        case "guardrail", "error":
            return "Tripped"
    if status == "open":
        return "At work" if at_work else "Not ended"
    return "" if status == "ok" else status_look(status).word


def span_duration(span: SpanRecord, now: datetime | None) -> str:
    """How long a span took; so far when it goes on, a dash when nobody knows."""
    if span.ended_at is None and span.status in ("open", "waiting"):
        return duration(seconds_between(span.started_at, now))
    return duration(seconds_between(span.started_at, span.ended_at))


def _note(span: SpanRecord, *, root: bool, replayed: bool) -> str:
    if span.kind == "agent" and span.segment > 0 and root:
        return "goes on after a pause"
    words = [span.model or span.name] if span.kind == "model" else []
    if replayed and span.kind in REPLAYED_SPANS:
        words.append("replayed")
    if span.kind == "model" and span.simulated:
        words.append("simulated")
    return " · ".join(words)


def _bar(span: SpanRecord, clock: TraceClock) -> tuple[float, float]:
    left = clock.place(span.started_at) / clock.width * 100
    right = clock.place(clock.end_of(span)) / clock.width * 100
    return round(left, 2), round(right - left, 2)
