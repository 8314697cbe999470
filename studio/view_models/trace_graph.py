"""Who worked with whom in a run: agents and tools with how often they were called."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from core.records import SpanRecord
from studio.view_models.numbers import count, counted
from studio.view_models.trace_kinds import STEPS
from studio.view_models.trace_outline import handoff_target
from studio.view_models.trace_steps import ways
from studio.view_models.trace_tree import TraceTree, totals

NodeKind = Literal["agent", "tool", "guardrail", "step"]
EdgeKind = Literal["handoff", "agent_tool", "tool", "guards", "flow"]
EDGE_WORDS: dict[EdgeKind, str] = {
    "flow": "led to",
    "handoff": "handed off to",
    "agent_tool": "asked, as a tool,",
    "tool": "called",
    "guards": "checked",
}


@dataclass(slots=True)
class RunNode:
    """An agent, tool, guardrail or step with everything it did in the run."""

    id: str
    kind: NodeKind
    name: str
    calls: int = 0
    model_calls: int = 0
    tokens: int | None = None
    errors: int = 0
    waiting: int = 0
    open: int = 0
    span: str = ""
    """The first of its spans."""

    @property
    def state(self) -> str:
        """What its colour tells: failed, waiting, running, or nothing in particular."""
        if self.errors:
            return "failed"
        if self.waiting:
            return "waiting"
        return "running" if self.open else ""

    @property
    def state_words(self) -> str:
        """The state as it is written on it."""
        words = {"failed": f"{self.errors:,} failed", "waiting": "waits for a person", "running": "at work"}
        return words.get(self.state, "")

    @property
    def work(self) -> str:
        """How much it did."""
        match self.kind:
            case "agent":
                return counted(self.model_calls, "model call")
            case "tool":
                return counted(self.calls, "call")
            case "guardrail":
                return counted(self.calls, "check")
            case "step":
                return counted(self.calls, "time")

    @property
    def facts(self) -> list[str]:
        """What is said about it, one fact a line."""
        lines = [self.work, self.state_words]
        if self.kind == "agent":
            lines.append(f"at work {counted(self.calls, 'time')}")
        if self.tokens is not None:
            lines.append(f"{count(self.tokens)} tokens")
        return [line for line in lines if line]


@dataclass(slots=True)
class RunEdge:
    """How often `source` did something with `target` (ids of nodes)."""

    source: str
    target: str
    kind: EdgeKind
    times: int = 0


@dataclass(slots=True)
class RunGraph:
    """Nodes in the order of their first appearance."""

    nodes: dict[str, RunNode] = field(default_factory=dict)
    edges: dict[tuple[str, str, EdgeKind], RunEdge] = field(default_factory=dict)

    def node(self, kind: NodeKind, name: str, span: SpanRecord) -> RunNode:
        """The node of that kind and name, added when it is new."""
        key = f"{kind}:{name}"
        return self.nodes.setdefault(key, RunNode(key, kind, name, span=span.id))

    def link(self, source: RunNode, target: RunNode, kind: EdgeKind) -> None:
        """Count one more use of an edge."""
        edge = self.edges.setdefault((source.id, target.id, kind), RunEdge(source.id, target.id, kind))
        edge.times += 1


def run_graph(tree: TraceTree) -> RunGraph:
    """Everything of one name taken together."""
    graph = RunGraph()
    sums = totals(tree)
    agents = [span for span in tree.spans if span.kind == "agent"]
    for span in tree.spans:
        match span.kind:
            case "agent":
                _count(graph.node("agent", span.name, span), span)
            case "model" if span.agent:
                _add_model_call(graph.node("agent", span.agent, span), span)
            case "handoff" if span.agent:
                target = _handoff_target(span, agents)
                if target is not None:
                    source = graph.node("agent", span.agent, span)
                    graph.link(source, graph.node("agent", target.name, target), "handoff")
            case "tool":
                _add_tool(graph, span, _asked_agents(span, tree), own_error=sums[span.id].errors > 0)
            # A step that asks is drawn itself.
            case "approval" if span.status == "waiting" and span.agent:
                _add_waiting(graph, span)
            case "guardrail":
                _add_guardrail(graph, span)
            case kind if kind in STEPS and kind not in ("step_round", "step_item"):
                _add_step(graph, span, tree)
    for one, other in ways(tree.spans):
        graph.link(_step_node(graph, one), _step_node(graph, other), "flow")
    return graph


def _add_step(graph: RunGraph, span: SpanRecord, tree: TraceTree) -> None:
    node = _step_node(graph, span)
    if node.kind == "step":
        _count(node, span)
        node.errors += span.status == "error" and all(child.status != "error" for child in tree.below(span))
        for agent in _asked_agents(span, tree):
            graph.link(node, graph.node("agent", agent.name, agent), "flow")
    node.waiting += span.status == "waiting" and node.kind == "step"


def _step_node(graph: RunGraph, span: SpanRecord) -> RunNode:
    """An agent that is a step is drawn as the agent it is."""
    return graph.node("agent" if span.kind == "step_agent" else "step", span.name, span)


def _add_model_call(node: RunNode, span: SpanRecord) -> None:
    node.model_calls += 1
    node.errors += span.status == "error"
    if span.input_tokens is not None or span.output_tokens is not None:
        node.tokens = (node.tokens or 0) + (span.input_tokens or 0) + (span.output_tokens or 0)


def _add_tool(graph: RunGraph, span: SpanRecord, asked: list[SpanRecord], *, own_error: bool) -> None:
    """An agent that is used as a tool is drawn as the agent it is."""
    source = graph.node("agent", span.agent, span) if span.agent else None
    if asked:
        if source is not None:
            graph.link(source, graph.node("agent", asked[0].name, asked[0]), "agent_tool")
        return
    node = graph.node("tool", span.name, span)
    _count(node, span)
    node.errors += own_error
    if source is not None:
        graph.link(source, node, "tool")


def _add_waiting(graph: RunGraph, span: SpanRecord) -> None:
    node = graph.node("tool", span.name, span)
    node.waiting += 1
    if span.agent:
        graph.link(graph.node("agent", span.agent, span), node, "tool")


def _add_guardrail(graph: RunGraph, span: SpanRecord) -> None:
    node = graph.node("guardrail", span.name, span)
    _count(node, span)
    node.errors += span.status == "error"
    if span.agent:
        graph.link(node, graph.node("agent", span.agent, span), "guards")


def _count(node: RunNode, span: SpanRecord) -> None:
    node.calls += 1
    node.open += span.status == "open"


def _asked_agents(span: SpanRecord, tree: TraceTree) -> list[SpanRecord]:
    """The agents that ran for this call: below it, with nothing but task spans in between."""
    waiting = list(tree.below(span))
    found = []
    while waiting:
        child = waiting.pop(0)
        if child.kind == "agent":
            found.append(child)
        elif child.kind in ("task", "custom"):
            waiting.extend(tree.below(child))
    return found


def _handoff_target(span: SpanRecord, agents: Iterable[SpanRecord]) -> SpanRecord | None:
    """The agent that was handed off to, when it came to work."""
    target = handoff_target(span)
    return next((agent for agent in agents if agent.name == target), None)
