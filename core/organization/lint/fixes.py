"""What would mend a finding: each fix proposes a whole organization, which a person may take or leave."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.organization.edits import add_node, connect, replace_node
from core.organization.lint.splitting import split
from core.organization.names import fresh_name
from core.organization.problems import Problem
from core.organization.secrets import without_secrets
from core.organization.spec import (
    AlwaysApprove,
    HandoffLink,
    HttpToolSpec,
    McpHttpToolSpec,
    NeverApprove,
    Organization,
    Position,
)
from core.organization.steps import DEFAULT, LoopStep
from core.organization.wording import with_fields


@dataclass(frozen=True, slots=True)
class Fix:
    """A proposal: what a button says, and the organization as it would be."""

    title: str
    organization: Organization


def fixes(org: Organization, problem: Problem) -> list[Fix]:
    """Proposals for a finding, the most careful first; none when only a person can mend it."""
    make = _FIXES.get(problem.code)
    return make(org, problem) if make is not None else []


def _split(org: Organization, problem: Problem) -> list[Fix]:
    proposed = split(org, problem.node)
    return [] if proposed is None else [Fix("Split into specialists", proposed)]


def _hub(org: Organization, _: Problem) -> list[Fix]:
    """Only handoffs from the entry and back to it; what would be cut off from it is handed to by it."""
    kept = [
        link for link in org.links if not isinstance(link, HandoffLink) or org.entry in (link.source, link.target)
    ]
    thinner = org.model_copy(update={"links": kept})
    targets = {link.target for link in kept if isinstance(link, HandoffLink) and link.source == org.entry}
    lost = {link.target for link in org.links if isinstance(link, HandoffLink)} - targets - {org.entry}
    for name in sorted(lost):
        thinner = connect(thinner, "handoff", org.entry, name)
    return [Fix(f"Hand off by way of '{org.entry}' only", thinner)]


def _free_choice(org: Organization, problem: Problem) -> list[Fix]:
    agent = org.agent(problem.node)
    if agent is None:
        return []
    free = with_fields(agent, settings=agent.settings.model_copy(update={"tool_choice": None}))
    return [Fix(f"Let '{agent.name}' answer", replace_node(org, agent.name, free))]


def _link_named(org: Organization, problem: Problem) -> list[Fix]:
    return [Fix("Draw the handoff", connect(org, "handoff", problem.node, problem.subject))]


def _ask(org: Organization, problem: Problem) -> list[Fix]:
    tool = org.tool(problem.node)
    if tool is None:
        return []
    asking = with_fields(tool, approval=AlwaysApprove())
    reading = with_fields(tool, effect="reads", approval=NeverApprove())
    return [
        Fix("Ask a person before each call", replace_node(org, tool.name, asking)),
        Fix("It only reads", replace_node(org, tool.name, reading)),
    ]


def _default_way(org: Organization, problem: Problem) -> list[Fix]:
    place = org.layout.get(problem.node, Position(x=0, y=0))
    added, name = add_node(
        org,
        "end",
        Position(x=place.x + 320, y=place.y + 160),
        {"name": fresh_name("Nothing fits", org.node_names()), "outcome": "completed"},
    )
    return [Fix("End there in the open", connect(added, "flow", problem.node, name, port=DEFAULT))]


def _fewer_turns(org: Organization, _: Problem) -> list[Fix]:
    limited = org.run.model_copy(update={"max_turns": org.lint.max_turns})
    return [Fix(f"At most {org.lint.max_turns} turns", org.model_copy(update={"run": limited}))]


def _shorter(org: Organization, problem: Problem) -> list[Fix]:
    tool = org.tool(problem.node)
    limit = org.lint.max_tool_seconds
    if tool is None:
        return []
    return [
        Fix(f"At most {limit:g} seconds", replace_node(org, tool.name, with_fields(tool, timeout_seconds=limit)))
    ]


def _fewer_rounds(org: Organization, problem: Problem) -> list[Fix]:
    step = org.step(problem.node)
    limit = org.lint.max_rounds
    if not isinstance(step, LoopStep):
        return []
    return [Fix(f"At most {limit} rounds", replace_node(org, step.name, with_fields(step, limit=limit)))]


def _secrets_out(org: Organization, _: Problem) -> list[Fix]:
    return [Fix("Write ${NAME} in its place", without_secrets(org).organization)]


def _place_out(org: Organization, problem: Problem) -> list[Fix]:
    tool = org.tool(problem.node)
    if not isinstance(tool, HttpToolSpec | McpHttpToolSpec) or problem.field != "url":
        return []
    variable = re.sub(r"[^A-Z0-9]+", "_", tool.name.upper()).strip("_") + "_URL"
    url = re.sub(r"^https?://[^/\s]+", f"${{{variable}}}", tool.url)
    return [Fix(f"Read the host from {variable}", replace_node(org, tool.name, with_fields(tool, url=url)))]


def _default_model(org: Organization, problem: Problem) -> list[Fix]:
    agents = [
        agent.model_copy(update={"model": None}) if agent.model == problem.subject else agent
        for agent in org.agents
    ]
    return [Fix("Use the studio's default model", org.model_copy(update={"agents": agents}))]


def _payloads(keep: bool, title: str) -> "Callable[[Organization, Problem], list[Fix]]":
    def make(org: Organization, _: Problem) -> list[Fix]:
        settings = org.run.model_copy(update={"store_payloads": keep})
        return [Fix(title, org.model_copy(update={"run": settings}))]

    return make


def _no_schema(org: Organization, problem: Problem) -> list[Fix]:
    agent = org.agent(problem.node)
    if agent is None:
        return []
    return [Fix("Clear the schema", replace_node(org, agent.name, with_fields(agent, output_schema=None)))]


_FIXES: dict[str, Callable[[Organization, Problem], list[Fix]]] = {
    "too_many_tools": _split,
    "too_large_share": _split,
    "everyone_hands_off": _hub,
    "circle_without_exit": _free_choice,
    "names_unlinked_agent": _link_named,
    "effect_without_approval": _ask,
    "branch_without_default": _default_way,
    "max_turns_slack": _fewer_turns,
    "timeout_slack": _shorter,
    "loop_limit_slack": _fewer_rounds,
    "secret_in_spec": _secrets_out,
    "private_place": _place_out,
    "model_repeated": _default_model,
    "payloads_not_kept": _payloads(True, "Keep payloads"),
    "sensitive_kept": _payloads(False, "Keep no payloads"),
    "output_schema_unused": _no_schema,
}
