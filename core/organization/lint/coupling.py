"""Tight coupling: agents that cannot be changed without looking at all the others."""

import re
from collections.abc import Iterator

from core.organization.links import reachable
from core.organization.problems import Problem
from core.organization.spec import HandoffLink, Organization

RULE = "Tight coupling"
DENSE_FROM_AGENTS = 4


def coupling_problems(org: Organization) -> Iterator[Problem]:
    """Everyone knows everyone, one knows too many, circles that nobody leaves, names without a link."""
    handoffs = [link for link in org.links if isinstance(link, HandoffLink)]
    yield from _density(org, handoffs)
    for agent in org.agents:
        count = sum(link.source == agent.name for link in handoffs)
        if count > org.lint.max_handoffs:
            yield Problem(
                "too_many_handoffs",
                "warning",
                agent.name,
                "",
                f"'{agent.name}' chooses among {count} handoffs (more than {org.lint.max_handoffs}).",
                "Put supervisors in between, each for a few of them.",
                RULE,
            )
    yield from _closed_circles(org, handoffs)
    yield from _names_without_links(org)


def _density(org: Organization, handoffs: list[HandoffLink]) -> Iterator[Problem]:
    agents = len(org.agents)
    possible = agents * (agents - 1)
    if agents < DENSE_FROM_AGENTS or len(handoffs) <= org.lint.max_handoff_density * possible:
        return
    yield Problem(
        "everyone_hands_off",
        "warning",
        "",
        "",
        f"{len(handoffs)} of {possible} possible handoffs are drawn: nearly everyone may hand off to everyone.",
        f"Let '{org.entry}' hand off to the others, and these back to it.",
        RULE,
    )


def _closed_circles(org: Organization, handoffs: list[HandoffLink]) -> Iterator[Problem]:
    """Circles of agents that have to call a tool each turn, and from which no handoff leads away."""
    edges = [(link.source, link.target) for link in handoffs]
    must_call = {agent.name for agent in org.agents if agent.settings.tool_choice == "required"}
    told: set[str] = set()
    for agent in org.agents:
        after = reachable([target for source, target in edges if source == agent.name], edges)
        if agent.name not in after or agent.name in told:
            continue
        told |= after
        if after <= must_call:
            names = ", ".join(f"'{name}'" for name in sorted(after))
            yield Problem(
                "circle_without_exit",
                "warning",
                agent.name,
                "settings.tool_choice",
                f"{names} hand off to each other and must call a tool every turn, so none of them ever answers.",
                "Let one of them choose freely (tool choice auto).",
                RULE,
            )


def _names_without_links(org: Organization) -> Iterator[Problem]:
    """Instructions that speak of an agent which their agent cannot get to."""
    for agent in org.agents:
        known = {link.target for link in org.links if link.source == agent.name}
        known |= {link.source for link in org.links if link.target == agent.name}
        for other in org.agents:
            if other.name in known or other.name == agent.name or not _names(agent.instructions, other.name):
                continue
            yield Problem(
                "names_unlinked_agent",
                "warning",
                agent.name,
                "instructions",
                f"The instructions of '{agent.name}' name '{other.name}', which it cannot hand off to.",
                f"Draw a handoff to '{other.name}', or take the name out of the instructions.",
                RULE,
                subject=other.name,
            )


def _names(text: str, name: str) -> bool:
    """Whether the text has the name as a name: in quotes, in backticks, or beside the word agent, so that an
    everyday word that is also a name does not count."""
    word = re.escape(name)
    return bool(
        re.search(
            rf"[\"'`“‘]{word}[\"'`”’]|\b(?:agent|specialist|team)\s+{word}\b|\b{word}\s+(?:agent|specialist|team)\b",
            text,
            re.IGNORECASE,
        )
    )
