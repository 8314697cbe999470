"""Says what is wrong with an organization: errors keep it from being saved or run, warnings do not.

A problem's `field` names the field of the node; when it concerns a link it is the link's key, and `node` is
the link's source.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from core.organization.check_flow import flow_problems
from core.organization.check_links import link_problems, tool_name_problems
from core.organization.check_nodes import agent_problems, guardrail_problems, tool_problems
from core.organization.links import reachable_nodes
from core.organization.problems import Problem
from core.organization.spec import Organization
from core.organization.unknown import unknown_problems

KnownFunction = Callable[[str], str | None]
"""Given `module:function`, says what is wrong with it, or None when it can be used."""


def check(org: Organization, *, known_function: KnownFunction | None = None) -> list[Problem]:
    """Everything to mend, errors first. Without `known_function` no function is imported or looked up."""
    problems = [
        *_whole_problems(org),
        *agent_problems(org),
        *tool_problems(org, known_function),
        *guardrail_problems(org),
        *link_problems(org),
        *tool_name_problems(org),
        *flow_problems(org),
        *_idle_problems(org),
        *unknown_problems(org),
    ]
    return sorted(problems, key=lambda problem: problem.severity != "error")


def has_errors(problems: list[Problem]) -> bool:
    """Whether one of the problems keeps the organization from being saved or run."""
    return any(problem.severity == "error" for problem in problems)


def _whole_problems(org: Organization) -> Iterator[Problem]:
    if not org.agents:
        yield Problem("no_agents", "error", "", "agents", "There is no agent.", "Add an agent to the canvas.")
    elif not org.entry:
        yield Problem(
            "entry_missing", "error", "", "entry", "No agent starts the run.", "Choose the agent that starts."
        )
    elif not _starts(org):
        names = ", ".join(node.name for node in (*org.agents, *org.steps))
        yield Problem(
            "entry_unknown",
            "error",
            "",
            "entry",
            f"The run starts with '{org.entry}', but there is no such agent or step.",
            f"Choose one of: {names}.",
        )
    for name, count in Counter(org.node_names()).items():
        if count > 1:
            yield Problem(
                "duplicate_name",
                "error",
                name,
                "name",
                f"{count} nodes are called '{name}'.",
                "Give each agent, tool, guardrail and step a name of its own.",
            )


def _starts(org: Organization) -> bool:
    return org.agent(org.entry) is not None or org.step(org.entry) is not None


def _idle_problems(org: Organization) -> Iterator[Problem]:
    """What stands on the canvas and takes no part in any run."""
    if _starts(org):
        reached = reachable_nodes(org)
        for node in (*org.agents, *org.steps):
            if node.name not in reached:
                is_agent = org.agent(node.name) is not None
                ways = "a handoff, as a tool or by a flow link" if is_agent else "a flow link"
                yield Problem(
                    "agent_unreachable" if is_agent else "step_unreachable",
                    "warning",
                    node.name,
                    "",
                    f"No run gets to '{node.name}'.",
                    f"Link it by {ways}, starting at '{org.entry}', or delete it.",
                )
    used = {link.target for link in org.links if link.kind == "uses"}
    for tool in org.tools:
        if tool.name not in used:
            danger = " It would change things." if tool.effect == "writes" else ""
            yield Problem(
                "tool_unused",
                "warning",
                tool.name,
                "",
                f"No agent uses '{tool.name}'.{danger}",
                "Draw a link from an agent to this tool, or delete it.",
            )
    guarding = {link.source for link in org.links if link.kind == "guards"}
    for guardrail in org.guardrails:
        if guardrail.name not in guarding:
            yield Problem(
                "guardrail_unused",
                "warning",
                guardrail.name,
                "",
                f"'{guardrail.name}' guards no agent.",
                "Draw a link from this guardrail to an agent, or delete it.",
            )
