"""God agent: one agent that does everything, so that none of it can be described, tested or allowed by itself."""

from collections.abc import Iterator

from core.organization.lint.domains import domains, tool_count, tools_of
from core.organization.problems import Problem
from core.organization.spec import AgentSpec, Organization

RULE = "God agent"
MANY_DOMAINS = 4
SHARE_FROM_AGENTS, SHARE_FROM_TOOLS = 3, 5


def god_agent_problems(org: Organization) -> Iterator[Problem]:
    """Agents with too many tools, too long instructions, or most of what the organization can do."""
    for agent in org.agents:
        yield from _tools(org, agent)
        yield from _instructions(org, agent)
    yield from _shares(org)


def _tools(org: Organization, agent: AgentSpec) -> Iterator[Problem]:
    tools = tools_of(org, agent.name)
    count, limit = tool_count(tools), org.lint.max_tools
    if count <= limit:
        return
    kinds = domains(tools)
    many = count > 2 * limit or len(kinds) >= MANY_DOMAINS
    yield Problem(
        "too_many_tools",
        "error" if many else "warning",
        agent.name,
        "",
        f"'{agent.name}' has {count} tools from {len(kinds)} domains; models choose badly among more than "
        f"{limit}.",
        "Split it into specialists, each with the tools of one domain.",
        RULE,
    )


def _instructions(org: Organization, agent: AgentSpec) -> Iterator[Problem]:
    words, limit = len(agent.instructions.split()), org.lint.max_words
    if words > limit:
        yield Problem(
            "instructions_too_long",
            "warning",
            agent.name,
            "instructions",
            f"The instructions of '{agent.name}' have {words} words (more than {limit}): the parts get in each "
            "other's way.",
            "Give each topic an agent of its own, and hand off to it.",
            RULE,
        )


def _shares(org: Organization) -> Iterator[Problem]:
    used = {link.target for link in org.links if link.kind == "uses"}
    if len(org.agents) < SHARE_FROM_AGENTS or len(used) < SHARE_FROM_TOOLS:
        return
    for agent in org.agents:
        own = tools_of(org, agent.name)
        if tool_count(own) > org.lint.max_tools:
            continue  # told already
        if len(own) > org.lint.max_tool_share * len(used) and len(domains(own)) > 1:
            yield Problem(
                "too_large_share",
                "warning",
                agent.name,
                "",
                f"'{agent.name}' has {len(own)} of the {len(used)} tools of {len(org.agents)} agents.",
                "Move the tools of a domain to the agent that it belongs to, or to a new specialist.",
                RULE,
            )
