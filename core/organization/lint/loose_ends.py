"""Loose ends: parts that no model or step can make anything of."""

from collections.abc import Iterator

from core.organization.expressions import ExpressionError, free_names, holes
from core.organization.lint.texts import texts
from core.organization.mentions import mentioned_steps
from core.organization.problems import Problem
from core.organization.spec import AgentSpec, HttpToolSpec, Organization
from core.organization.steps import (
    ApprovalStep,
    BranchStep,
    CelCondition,
    Condition,
    JoinStep,
    LoopStep,
    ParallelStep,
    Step,
)

RULE = "Loose ends"


def loose_end_problems(org: Organization) -> Iterator[Problem]:
    """Tools that say nothing of themselves, and output schemas of which nobody reads a field."""
    for tool in org.tools:
        if isinstance(tool, HttpToolSpec) and not tool.description.strip():
            yield Problem(
                "tool_undescribed",
                "warning",
                tool.name,
                "description",
                f"Nothing tells a model what '{tool.name}' is for.",
                "Describe in a sentence what it does and when to call it.",
                RULE,
            )
    for agent in org.agents:
        if agent.output_schema is not None and not _is_read(org, agent):
            yield Problem(
                "output_schema_unused",
                "warning",
                agent.name,
                "output_schema",
                f"No step reads a field of what '{agent.name}' answers, so its output schema is for nothing.",
                "Read a field in a step after it, as `output.field`, or clear the schema.",
                RULE,
            )


def _is_read(org: Organization, agent: AgentSpec) -> bool:
    """An answer that ends a run, or goes to the agent that called, is read by whoever asked."""
    after = _receivers(org, agent.name)
    if not after:
        return True
    mentioned = any(agent.name in mentioned_steps(text.text) for text in texts(org))
    return mentioned or any(_reads_output(org, name) for name in after)


def _receivers(org: Organization, name: str) -> list[str]:
    """The agents and steps that are given the value of a node; steps that pass it on and what comes after them."""
    found: list[str] = []
    waiting = [name]
    while waiting:
        source = waiting.pop()
        for link in org.flows():
            if link.source == source and link.target not in found and link.target != name:
                found.append(link.target)
                if isinstance(org.step(link.target), BranchStep | ApprovalStep | ParallelStep | LoopStep):
                    waiting.append(link.target)
    return found


def _reads_output(org: Organization, name: str) -> bool:
    agent = org.agent(name)
    if agent is not None:
        return any(_names_output(hole) for hole in holes(agent.task))
    step = org.step(name)
    return step is not None and _step_reads(step)


def _step_reads(step: Step) -> bool:
    match step:
        case BranchStep():
            return any(_condition_reads(case.condition) for case in step.cases)
        case LoopStep():
            return _condition_reads(step.until)
        case JoinStep():
            return step.by.kind in {"vote", "first_good", "agent", "list"}
        case ParallelStep():
            return False
        case _:
            fields = [str(value) for value in step.model_dump(exclude={"name", "kind"}).values()]
            return any("output" in text for text in fields)


def _condition_reads(condition: Condition) -> bool:
    return not isinstance(condition, CelCondition) or _names_output(condition.expression)


def _names_output(expression: str) -> bool:
    try:
        return "output" in free_names(expression)
    except ExpressionError:
        return True  # check tells of it; nobody knows what it was meant to read
