"""Which models an organization asks."""

from collections.abc import Iterator

from core.organization.memory import SummaryMemory
from core.organization.spec import JudgeGuardrailSpec, Organization
from core.organization.steps import BranchStep, Condition, FirstGoodJoin, JoinStep, JudgeCondition, LoopStep, Step


def models_of(org: Organization) -> set[str | None]:
    """References of agents, of judges in guardrails and conditions, and of what summarizes conversations; None
    stands for the default model."""
    agents = {agent.model for agent in org.agents}
    guardrails = {each.model for each in org.guardrails if isinstance(each, JudgeGuardrailSpec)}
    conditions = [condition for step in org.steps for condition in conditions_of(step)]
    memory = {org.run.memory.model} if isinstance(org.run.memory, SummaryMemory) else set()
    return agents | guardrails | memory | {each.model for each in conditions if isinstance(each, JudgeCondition)}


def conditions_of(step: Step) -> Iterator[Condition]:
    """The conditions that a step asks."""
    match step:
        case BranchStep():
            yield from (case.condition for case in step.cases)
        case LoopStep():
            yield step.until
        case JoinStep(by=FirstGoodJoin() as by):
            yield by.condition
        case _:
            return
