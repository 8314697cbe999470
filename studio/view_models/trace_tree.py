"""The spans of a run as a tree, and what is added up over it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from core.records import SpanRecord


@dataclass(frozen=True, slots=True)
class TraceTree:
    """Spans by parent. A span whose parent is not among them is a root; there may be many."""

    spans: list[SpanRecord]
    roots: list[SpanRecord]
    children: dict[str, list[SpanRecord]]

    def below(self, span: SpanRecord) -> list[SpanRecord]:
        """The children of a span in the order they started."""
        return self.children.get(span.id, [])

    def walk(self) -> Iterator[SpanRecord]:
        """All spans, parents before their children."""
        waiting = list(reversed(self.roots))
        while waiting:
            span = waiting.pop()
            yield span
            waiting.extend(reversed(self.below(span)))


@dataclass(slots=True)
class Totals:
    """What a span and everything below it amounts to. Tokens that no call told are None, not 0."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    errors: int = 0
    """Spans that failed by themselves, not because something below them did."""

    def add(self, other: "Totals") -> None:
        """Add what a child amounts to."""
        self.input_tokens = _sum(self.input_tokens, other.input_tokens)
        self.output_tokens = _sum(self.output_tokens, other.output_tokens)
        self.errors += other.errors

    @property
    def tokens(self) -> int | None:
        """Tokens read and written."""
        return _sum(self.input_tokens, self.output_tokens)


@dataclass(frozen=True, slots=True)
class TraceCounts:
    """How much there is in a trace."""

    agents: int = 0
    models: int = 0
    tools: int = 0
    errors: int = 0
    agent_names: list[str] = field(default_factory=list)


def trace_tree(spans: Iterable[SpanRecord], *, paused: bool = False) -> TraceTree:
    """Order spans under their parents. While the run is `paused`, nothing of it is at work."""
    ordered = sorted(spans, key=lambda span: span.order)
    if paused:
        ordered = [replace(span, status="paused") if span.status == "open" else span for span in ordered]
    known = {span.id for span in ordered}
    roots: list[SpanRecord] = []
    children: dict[str, list[SpanRecord]] = {}
    for span in ordered:
        if span.parent_id in known:
            children.setdefault(str(span.parent_id), []).append(span)
        else:
            roots.append(span)
    return TraceTree(ordered, roots, children)


def totals(tree: TraceTree) -> dict[str, Totals]:
    """What each span amounts to, by its id."""
    found: dict[str, Totals] = {}
    for span in reversed(list(tree.walk())):
        total = Totals(span.input_tokens, span.output_tokens)
        for child in tree.below(span):
            total.add(found[child.id])
        if span.status == "error" and not total.errors:
            total.errors = 1
        found[span.id] = total
    return found


def trace_counts(tree: TraceTree) -> TraceCounts:
    """How many agents, model calls, executed tool calls and failures a trace has."""
    sums = totals(tree)
    kinds = [span.kind for span in tree.spans]
    names = dict.fromkeys(span.name for span in tree.spans if span.kind == "agent")
    return TraceCounts(
        agents=len(names),
        models=kinds.count("model"),
        tools=sum(1 for span in tree.spans if span.kind == "tool" and span.status != "waiting"),
        errors=sum(sums[span.id].errors for span in tree.roots),
        agent_names=list(names),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
