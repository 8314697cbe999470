"""The timeline of a trace: one bar for each call, in lanes by agent, parallel calls below each other."""

from dataclasses import dataclass
from datetime import datetime

from core.records import SpanRecord
from studio.view_models.status import status_look
from studio.view_models.trace_clock import TraceClock, trace_clock
from studio.view_models.trace_kinds import STEPS, kind_look
from studio.view_models.trace_outline import span_duration, status_word
from studio.view_models.trace_tree import TraceTree

CALLS = frozenset({"model", "tool", "handoff", "guardrail", "mcp_tools", "approval", "custom"})
NO_AGENT = "Run"
STEP_LANE = "Steps"
MOST_BARS = 5_000
"""More than that make a browser slow."""
SMALLEST_SHARE = 0.004
"""Bars are drawn at least that wide, as a share of the axis, so that they can be seen and clicked."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One call on the axis of the clock. `look` names what it is drawn like: a kind, or a status."""

    id: str
    row: int
    start: float
    width: float
    look: str
    title: str
    lines: list[str]
    """What is said about it."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The rows of one agent, from `first` on."""

    agent: str
    first: int
    rows: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lanes from top to bottom, and the bars in them."""

    clock: TraceClock
    lanes: list[Lane]
    bars: list[Bar]
    total: int
    """How many calls there are; the first of them have bars."""

    @property
    def rows(self) -> int:
        """How many rows all lanes have."""
        return sum(lane.rows for lane in self.lanes)


def timeline(tree: TraceTree, *, now: datetime | None = None) -> Timeline | None:
    """Bars by agent, in the order in which agents began; steps of a workflow have a lane of their own. None when
    nothing was called yet."""
    clock = trace_clock(tree.spans, now=now)
    decided = {span.call_id for span in tree.spans if span.kind == "approval"}
    calls = [
        span
        for span in tree.spans
        if (span.kind in CALLS or span.kind in STEPS)
        and not (span.status == "waiting" and span.kind == "tool" and span.call_id in decided)
    ]
    if clock is None or not calls:
        return None
    by_agent: dict[str, list[SpanRecord]] = {}
    for span in calls[:MOST_BARS]:
        by_agent.setdefault(_lane(span), []).append(span)
    lanes: list[Lane] = []
    bars: list[Bar] = []
    first = 0
    for agent, members in by_agent.items():
        placed = _packed(members, clock)
        rows = max(row for _, row in placed) + 1
        lanes.append(Lane(agent, first, rows))
        bars.extend(_bar(span, first + row, clock, now) for span, row in placed)
        first += rows
    return Timeline(clock, lanes, bars, len(calls))


def _lane(span: SpanRecord) -> str:
    return STEP_LANE if span.kind in STEPS else span.agent or NO_AGENT


def _packed(members: list[SpanRecord], clock: TraceClock) -> list[tuple[SpanRecord, int]]:
    """Each span in the first row that is free when it starts."""
    free_from: list[float] = []
    found = []
    for span in sorted(members, key=lambda span: (span.started_at, span.order)):
        start, width = _extent(span, clock)
        row = next((row for row, free in enumerate(free_from) if free <= start + 1e-9), len(free_from))
        if row == len(free_from):
            free_from.append(0.0)
        free_from[row] = start + width
        found.append((span, row))
    return found


def _bar(span: SpanRecord, row: int, clock: TraceClock, now: datetime | None) -> Bar:
    start, width = _extent(span, clock)
    word = status_word(span.kind, span.status, at_work=now is not None) or status_look(span.status).word
    lines = [
        f"{kind_look(span.kind).word} · {word}",
        f"{span_duration(span, now)}, from {clock.seconds(span.started_at):.2f} s",
    ]
    if span.error:
        lines.append(span.error if len(span.error) <= 120 else f"{span.error[:119]}…")
    return Bar(span.id, row, start, width, _look(span), span.name, lines)


def _extent(span: SpanRecord, clock: TraceClock) -> tuple[float, float]:
    start = clock.place(span.started_at)
    width = clock.place(clock.end_of(span)) - start
    return start, max(width, clock.width * SMALLEST_SHARE)


def _look(span: SpanRecord) -> str:
    if span.kind == "approval":
        return "waiting"
    if span.status != "ok":
        return span.status
    return "step" if span.kind in STEPS else span.kind
