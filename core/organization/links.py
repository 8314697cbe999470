"""What may be linked with what, and why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.organization.spec import AsToolLink, GuardsLink, HandoffLink, Link, Organization, UsesLink

NodeKind = Literal["agent", "tool", "guardrail"]
LinkKind = Literal["handoff", "as_tool", "uses", "guards"]

ENDS: dict[LinkKind, tuple[NodeKind, NodeKind]] = {
    "handoff": ("agent", "agent"),
    "as_tool": ("agent", "agent"),
    "uses": ("agent", "tool"),
    "guards": ("guardrail", "agent"),
}

_ARTICLE: dict[NodeKind, str] = {"agent": "an agent", "tool": "a tool", "guardrail": "a guardrail"}
_TITLE: dict[LinkKind, str] = {
    "handoff": "A handoff",
    "as_tool": "An agent-as-tool link",
    "uses": "A uses link",
    "guards": "A guards link",
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


def link_kinds(org: Organization, source: str, target: str) -> list[LinkKind]:
    """The kinds of links that can be drawn from `source` to `target`; without those that exist already."""
    kinds = node_kinds(org)
    drawn = {link.key for link in org.links}
    return [
        kind
        for kind in ENDS
        if not refusal(kinds, kind, source, target) and new_link(kind, source, target).key not in drawn
    ]


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
    wanted = ENDS[kind]
    if (kinds[source], kinds[target]) != wanted:
        return _wrong_kinds(kinds, kind, source, target)
    return None


def reachable_agents(org: Organization) -> set[str]:
    """The agents that a run can get to from the entry by handoffs and agents as tools."""
    return reachable(
        [org.entry],
        [(link.source, link.target) for link in org.links if link.kind in {"handoff", "as_tool"}],
    )


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
    first, second = ENDS[kind]
    return Refusal(
        "link_wrong_kinds",
        f"{_TITLE[kind]} goes from {_ARTICLE[first]} to {_ARTICLE[second]}, but '{source}' is "
        f"{_ARTICLE[kinds[source]]} and '{target}' is {_ARTICLE[kinds[target]]}.",
        _advice(kinds[source], kinds[target]),
    )


def _advice(source: NodeKind, target: NodeKind) -> str:
    fitting = [kind for kind, ends in ENDS.items() if ends == (source, target)]
    if fitting:
        return f"Between these two, draw: {' or '.join(fitting)}."
    turned = [kind for kind, ends in ENDS.items() if ends == (target, source)]
    if turned:
        return f"Draw it the other way round, as {' or '.join(turned)}."
    return "These two cannot be linked; delete this link."
