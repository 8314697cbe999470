"""The time axis of a trace: seconds since the run began, with long waits cut short."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.records import SpanRecord
from studio.view_models.trace_kinds import STEPS

Interval = tuple[float, float]

FRAMES = frozenset({"task", "agent", "turn", "approval"}) | STEPS
"""Kinds of spans during which nothing need be at work."""
SHORTEST_CUT = 3.0
"""Waits of fewer seconds are shown at their true length."""
CUT_SHARE = 0.08
"""The width of a wait that was cut, as a share of the time at work."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A wait that is drawn from `start` to `end` on the axis and took `seconds`."""

    start: float
    end: float
    seconds: float


@dataclass(frozen=True, slots=True)
class TraceClock:
    """Where moments are on the axis. `knots` are pairs of real seconds and places, in order."""

    begin: datetime
    finish: datetime
    knots: list[Interval]
    cuts: list[Cut]

    @property
    def width(self) -> float:
        """Length of the axis."""
        return self.knots[-1][1]

    def seconds(self, moment: datetime) -> float:
        """Real seconds since the run began."""
        return (moment - self.begin).total_seconds()

    def place(self, moment: datetime) -> float:
        """Place of a moment on the axis."""
        return self.place_of(self.seconds(moment))

    def place_of(self, seconds: float) -> float:
        """Place of so many real seconds on the axis."""
        before = self.knots[0]
        for knot in self.knots[1:]:
            if seconds <= knot[0]:
                return _between(before, knot, seconds)
            before = knot
        return self.width

    def end_of(self, span: SpanRecord) -> datetime:
        """When a span ended; what never ended reaches up to the end of the axis."""
        return span.ended_at or self.finish


def trace_clock(spans: Sequence[SpanRecord], *, now: datetime | None = None) -> TraceClock | None:
    """The axis for these spans; `now` when the run is at work. None when there are no spans."""
    if not spans:
        return None
    begin = min(span.started_at for span in spans)
    moments = [moment for span in spans for moment in (span.started_at, span.ended_at) if moment]
    finish = max([*moments, now]) if now else max(moments)
    length = max((finish - begin).total_seconds(), 0.001)
    busy = _merged(_at_work(spans, begin, finish))
    work = sum(end - start for start, end in busy) or length
    knots: list[Interval] = [(0.0, 0.0)]
    cuts: list[Cut] = []
    for start, end in _waits(busy, length):
        if end - start <= max(SHORTEST_CUT, work / 2):
            continue
        _advance(knots, start)
        place = knots[-1][1]
        knots.append((end, place + max(work * CUT_SHARE, 0.2)))
        cuts.append(Cut(place, knots[-1][1], end - start))
    _advance(knots, length)
    return TraceClock(begin, finish, knots, cuts)


def ticks(clock: TraceClock, *, wanted: int = 8) -> list[tuple[float, float, bool]]:
    """Round steps on the axis: place, seconds, and whether those count from the end of the last wait that was cut
    (for after a day nobody wants to read "1 d 1 h" again and again). None lies within a wait that was cut."""
    step = _round_step(clock.width / wanted)
    found = []
    for (start, place), (end, end_place) in zip(clock.knots, clock.knots[1:], strict=False):
        if abs((end_place - place) - (end - start)) > 1e-6:
            continue
        after = start > 0
        for number in range(1 if after else 0, int((end - start) / step + 1e-9) + 1):
            found.append((place + number * step, number * step, after))
    return found


def _at_work(spans: Sequence[SpanRecord], begin: datetime, finish: datetime) -> Iterable[Interval]:
    parents = {span.parent_id for span in spans}
    for span in spans:
        if span.kind not in FRAMES and span.id not in parents and span.status != "waiting":
            end = span.ended_at or (finish if span.status == "open" else span.started_at)
            yield (span.started_at - begin).total_seconds(), (end - begin).total_seconds()


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _waits(busy: list[Interval], length: float) -> list[Interval]:
    """The intervals between the busy ones; a trace without any work is all busy."""
    if not busy:
        return []
    starts = [0.0, *(end for _, end in busy)]
    ends = [*(start for start, _ in busy), length]
    return list(zip(starts, ends, strict=True))


def _advance(knots: list[Interval], seconds: float) -> None:
    """Go on at true length up to so many real seconds."""
    last, place = knots[-1]
    if seconds > last:
        knots.append((seconds, place + seconds - last))


def _between(before: Interval, after: Interval, seconds: float) -> float:
    share = (seconds - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 1.0
    return before[1] + max(0.0, share) * (after[1] - before[1])


def _round_step(step: float) -> float:
    unit = 1e-3
    while unit * 10 <= step:
        unit *= 10
    return next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= step or factor == 10)
