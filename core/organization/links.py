"""What may be linked with what, and why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.organization.spec import (
    AsToolLink,
    FlowLink,
    GuardsLink,
    HandoffLink,
    Link,
    Organization,
    UsesLink,
)
from core.organization.steps import ERROR, OUT, AgentJoin, JoinStep, ParallelStep, ports

NodeKind = Literal["agent", "tool", "guardrail", "step"]
LinkKind = Literal["handoff", "as_tool", "uses", "guards", "flow"]

ENDS: dict[LinkKind, tuple[set[NodeKind], set[NodeKind]]] = {
    "handoff": ({"agent"}, {"agent"}),
    "as_tool": ({"agent"}, {"agent"}),
    "uses": ({"agent"}, {"tool"}),
    "guards": ({"guardrail"}, {"agent"}),
    "flow": ({"agent", "step"}, {"agent", "step"}),
}

_ARTICLE: dict[NodeKind, str] = {
    "agent": "an agent",
    "tool": "a tool",
    "guardrail": "a guardrail",
    "step": "a step",
}
_TITLE: dict[LinkKind, str] = {
    "handoff": "A handoff",
    "as_tool": "An agent-as-tool link",
    "uses": "A uses link",
    "guards": "A guards link",
    "flow": "A flow link",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a link cannot be."""

    code: str
    message: str
    hint: str


def node_kinds(org: Organization) -> dict[str, NodeKind]:
    """What each node is, by name; of doubles the first counts."""
    kinds: dict[str, NodeKind] = {}
    for agent in org.agents:
        kinds.setdefault(agent.name, "agent")
    for tool in org.tools:
        kinds.setdefault(tool.name, "tool")
    for guardrail in org.guardrails:
        kinds.setdefault(guardrail.name, "guardrail")
    for step in org.steps:
        kinds.setdefault(step.name, "step")
    return kinds


def new_link(kind: LinkKind, source: str, target: str) -> Link:
    """A link of that kind with nothing else said."""
    match kind:
        case "handoff":
            return HandoffLink(source=source, target=target)
        case "as_tool":
            return AsToolLink(source=source, target=target)
        case "uses":
            return UsesLink(source=source, target=target)
        case "guards":
            return GuardsLink(source=source, target=target)
        case "flow":
            return FlowLink(source=source, target=target)


def flow_link(org: Organization, source: str, target: str) -> FlowLink:
    """A flow link that leaves `source` from its first free port, or from its first one when all are taken."""
    free = free_ports(org, source)
    every = ports(org.step(source))
    return FlowLink(source=source, target=target, port=(free or every or [OUT])[0])


def free_ports(org: Organization, source: str) -> list[str]:
    """The ways out of an agent or step that no flow link leaves from. A parallel step always has room for one more
    branch; error edges are not for want of another way."""
    step = org.step(source)
    taken = {link.port for link in org.flows() if link.source == source}
    if isinstance(step, ParallelStep):
        return ["branch"]
    return [port for port in ports(step) if port not in taken and port != ERROR]


def link_kinds(org: Organization, source: str, target: str) -> list[LinkKind]:
    """The kinds of links that can be drawn from `source` to `target`; without those that exist already."""
    kinds = node_kinds(org)
    drawn = {link.key for link in org.links}
    found: list[LinkKind] = []
    for kind in ENDS:
        link = flow_link(org, source, target) if kind == "flow" else new_link(kind, source, target)
        if not refusal(kinds, kind, source, target) and link.key not in drawn:
            found.append(kind)
    return found


def refusal(kinds: dict[str, NodeKind], kind: LinkKind, source: str, target: str) -> Refusal | None:
    """Why a link of `kind` cannot go from `source` to `target`, or None when it can."""
    for name in (source, target):
        if name not in kinds:
            return Refusal(
                "link_unknown_node",
                f"{_TITLE[kind]} leads from '{source}' to '{target}', but there is no '{name}' here.",
                f"Add '{name}', or delete this link.",
            )
    if source == target:
        return Refusal(
            "link_to_itself", f"'{source}' is linked with itself.", "Delete this link, or lead it elsewhere."
        )
    sources, targets = ENDS[kind]
    if kinds[source] not in sources or kinds[target] not in targets:
        return _wrong_kinds(kinds, kind, source, target)
    return None


def reachable_nodes(org: Organization) -> set[str]:
    """The agents and steps that a run can get to from the entry: by handoffs, as tools, by flow links, and as the
    agent of a join."""
    edges = [(link.source, link.target) for link in org.links if link.kind in {"handoff", "as_tool", "flow"}]
    joins = [
        (step.name, step.by.agent)
        for step in org.steps
        if isinstance(step, JoinStep) and isinstance(step.by, AgentJoin)
    ]
    return reachable([org.entry], [*edges, *joins])


def reachable(starts: Iterable[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    """The starts and everything that the edges lead to from there."""
    followers: dict[str, list[str]] = {}
    for source, target in edges:
        followers.setdefault(source, []).append(target)
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for name in followers.get(waiting.pop(), []):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def _wrong_kinds(kinds: dict[str, NodeKind], kind: LinkKind, source: str, target: str) -> Refusal:
    sources, targets = ENDS[kind]
    return Refusal(
        "link_wrong_kinds",
        f"{_TITLE[kind]} goes from {_articles(sources)} to {_articles(targets)}, but '{source}' is "
        f"{_ARTICLE[kinds[source]]} and '{target}' is {_ARTICLE[kinds[target]]}.",
        _advice(kinds[source], kinds[target]),
    )


def _articles(kinds: set[NodeKind]) -> str:
    return " or ".join(_ARTICLE[kind] for kind in _ARTICLE if kind in kinds)


def _advice(source: NodeKind, target: NodeKind) -> str:
    fitting = _between(source, target)
    if fitting:
        return f"Between these two, draw: {' or '.join(fitting)}."
    turned = _between(target, source)
    if turned:
        return f"Draw it the other way round, as {' or '.join(turned)}."
    return "These two cannot be linked; delete this link."


def _between(source: NodeKind, target: NodeKind) -> list[LinkKind]:
    return [kind for kind, (sources, targets) in ENDS.items() if source in sources and target in targets]
