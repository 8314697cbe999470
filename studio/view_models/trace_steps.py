"""Which way a run took through its workflow, told by the paths of its steps."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from core.records import SpanRecord
from studio.view_models.trace_kinds import STEPS

Way = tuple[SpanRecord, SpanRecord]
_INSIDE = re.compile(r"/\d+(?:~\d+)?$|#\d+$")
"""What the path of a branch, an item or a round has behind that of its step."""
_FORKS = ("step_parallel", "step_map")


def ways(spans: Iterable[SpanRecord]) -> Iterator[Way]:
    """Pairs of steps of which the second came after the first: into branches and rounds, along them, and out."""
    steps = [span for span in spans if span.kind in STEPS and span.kind not in ("step_round", "step_item")]
    by_path = {span.call_id: span for span in steps}
    lines: dict[str, list[SpanRecord]] = {}
    for span in steps:
        lines.setdefault(_line_of(span), []).append(span)
    for line, members in lines.items():
        owner = by_path.get(_INSIDE.sub("", line)) if line else None
        if owner is not None:
            yield owner, members[0]
        for one, other in pairwise(members):
            if one.kind in _FORKS and other.kind == "step_join":
                # Its branches lead there.
                yield from ((last, other) for last in _ends_of(one, lines))
            else:
                yield one, other
        if owner is not None and owner.kind == "step_loop":
            yield members[-1], owner


def _line_of(span: SpanRecord) -> str:
    """The path around a step: its branch, its round, or "" at the top."""
    return (span.call_id or "").rpartition("/")[0]


def _ends_of(fork: SpanRecord, lines: dict[str, list[SpanRecord]]) -> Iterator[SpanRecord]:
    for line, members in lines.items():
        if line.startswith(f"{fork.call_id}/") and _INSIDE.sub("", line) == fork.call_id:
            yield members[-1]
