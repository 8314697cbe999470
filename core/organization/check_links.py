"""Problems of links: between single nodes, and of what an agent can call altogether."""

from collections.abc import Iterator

from core.organization.check_nodes import approval_problems
from core.organization.links import node_kinds, reachable, refusal
from core.organization.names import offered_tools
from core.organization.problems import Problem
from core.organization.spec import AsToolLink, FlowLink, GuardsLink, HandoffLink, Link, Organization

_AGENT_TOOL_ARGUMENTS = {"input"}


def link_problems(org: Organization) -> Iterator[Problem]:
    """What is wrong with each link."""
    kinds = node_kinds(org)
    seen: set[str] = set()
    for link in org.links:
        refused = refusal(kinds, link.kind, link.source, link.target)
        if refused:
            yield Problem(refused.code, "error", link.source, link.key, refused.message, refused.hint)
        elif link.key in seen:
            yield Problem(
                "link_duplicate",
                "error",
                link.source,
                link.key,
                f"'{link.source}' is linked with '{link.target}' twice in the same way ({link.kind}).",
                "Delete one of the two links.",
            )
        else:
            yield from _sound_link_problems(org, link)
        seen.add(link.key)


def tool_name_problems(org: Organization) -> Iterator[Problem]:
    """Different things that one agent would call by the same tool name."""
    for agent in org.agents:
        first: dict[str, str] = {}
        for offered in offered_tools(org, agent.name):
            other = first.setdefault(offered.name, offered.node)
            if other != offered.node:
                yield Problem(
                    "tool_name_collision",
                    "error",
                    agent.name,
                    "name",
                    f"'{agent.name}' would call both '{other}' and '{offered.node}' by the tool name "
                    f"'{offered.name}'.",
                    "Rename one of them, or give the agent-as-tool link a tool name of its own.",
                )


def _sound_link_problems(org: Organization, link: Link) -> Iterator[Problem]:
    match link:
        case HandoffLink():
            yield from _description_problems(org, link, "hand off to it")
        case AsToolLink():
            yield from _description_problems(org, link, "call it")
            yield from approval_problems(link.source, link.key, link.approval, _AGENT_TOOL_ARGUMENTS)
            yield from _circle_problems(org, link)
        case GuardsLink():
            yield from _stage_problems(org, link)


def _description_problems(org: Organization, link: HandoffLink | AsToolLink, deed: str) -> Iterator[Problem]:
    target = org.agent(link.target)
    if link.description.strip() or target is None or target.handoff_description.strip():
        return
    yield Problem(
        f"{link.kind}_undescribed",
        "warning",
        link.source,
        link.key,
        f"Nothing tells '{link.source}' when to {deed}: '{link.target}' has no handoff description.",
        f"Describe in a sentence what '{link.target}' is there for.",
    )


def _circle_problems(org: Organization, link: AsToolLink) -> Iterator[Problem]:
    calls = [(other.source, other.target) for other in org.links if isinstance(other, AsToolLink)]
    if link.source in reachable([link.target], calls):
        yield Problem(
            "as_tool_circle",
            "warning",
            link.source,
            link.key,
            f"'{link.source}' and '{link.target}' call each other as tools; a run may go deeper and deeper.",
            "Make one of the links a handoff, or delete it.",
        )


def _stage_problems(org: Organization, link: GuardsLink) -> Iterator[Problem]:
    """An input guardrail is asked only where an SDK run starts: at the entry, at an agent that is a tool, and at
    one that is a step."""
    guardrail = org.guardrail(link.source)
    if guardrail is None or guardrail.stage != "input" or link.target == org.entry:
        return
    starts = (AsToolLink, FlowLink)
    if not any(isinstance(other, starts) and link.target in (other.source, other.target) for other in org.links):
        yield Problem(
            "guardrail_never_asked",
            "warning",
            link.source,
            link.key,
            f"'{link.source}' checks inputs, but no run starts at '{link.target}', so it is never asked.",
            f"Let it guard '{org.entry}', or set its stage to output.",
        )
