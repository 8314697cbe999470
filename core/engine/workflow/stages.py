"""What each kind of step does with the value that it gets."""

from collections.abc import Awaitable, Callable
from typing import Any

from core.engine.conclude import Waiting
from core.engine.place import current_path
from core.engine.workflow.agents import work_of
from core.engine.workflow.conditions import answer
from core.engine.workflow.forks import gather
from core.engine.workflow.joins import concatenated, voted, with_headings
from core.engine.workflow.kit import Kit
from core.engine.workflow.loops import rounds
from core.engine.workflow.outcome import Gathered, Outcome
from core.engine.workflow.scope import Scope
from core.engine.workflow.signals import RunEnds
from core.organization.expressions import as_text, evaluate, render
from core.organization.flow import Block, Stage
from core.organization.spec import AgentSpec
from core.organization.steps import (
    DEFAULT,
    AgentJoin,
    ApprovalStep,
    BranchStep,
    ConcatenateJoin,
    EndStep,
    FirstGoodJoin,
    JoinStep,
    ListJoin,
    LoopStep,
    MapStep,
    ParallelStep,
    TransformStep,
    VoteJoin,
    ports,
)

WalkBlock = Callable[[Block, Any, Scope], Awaitable[Any]]
"""Walks a block inside a loop or a branch."""
SHOWN_TO_PERSON = 4_000
"""Characters of the value that a person sees who is asked about it."""


async def work_on(kit: Kit, walk: WalkBlock, stage: Stage, value: Any, scope: Scope) -> Outcome:
    """What comes of a stage; raises whatever keeps it from coming."""
    match stage.step:
        case None:
            return await _agent(kit, _agent_named(kit, stage.name), value, scope)
        case ParallelStep() | MapStep() as step:
            return Outcome(await gather(kit, walk, stage, value, scope), port=ports(step)[0])
        case JoinStep() as step:
            assert isinstance(value, Gathered), "a join follows its fork"
            return await _join(kit, step, value, scope)
        case BranchStep() as step:
            return await _branch(kit, step, value, scope)
        case LoopStep() as step:
            return await rounds(kit, walk, stage, step, value, scope)
        case ApprovalStep() as step:
            return _approval(kit, step, value, scope)
        case TransformStep() as step:
            return _transform(step, value, scope)
        case EndStep() as step:
            variables = scope.variables(value)
            raise RunEnds(render(step.output, variables) if step.output else value, step)


async def _agent(kit: Kit, agent: AgentSpec, value: Any, scope: Scope) -> Outcome:
    task = render(agent.task, scope.variables(value)) if agent.task else as_text(value)
    return await work_of(kit, agent, task, scope)


async def _join(kit: Kit, step: JoinStep, gathered: Gathered, scope: Scope) -> Outcome:
    match step.by:
        case ConcatenateJoin() as by:
            return Outcome(concatenated(by, gathered))
        case ListJoin():
            return Outcome(list(gathered.outputs))
        case VoteJoin() as by:
            output, told = voted(by, gathered, scope)
            return Outcome(output, seen=told)
        case FirstGoodJoin():
            return Outcome(gathered.outputs[0], seen=f"{gathered.names[0]} was first")
        case AgentJoin() as by:
            variables = scope.variables(list(gathered.outputs))
            task = render(by.task, variables) if by.task else with_headings(gathered)
            return await work_of(kit, _agent_named(kit, by.agent), task, scope)


async def _branch(kit: Kit, step: BranchStep, value: Any, scope: Scope) -> Outcome:
    seen: list[str] = []
    for case in step.cases:
        found = await answer(kit, case.condition, value, scope, step=step.name, key=f"case:{case.name}")
        if found.holds:
            return Outcome(value, port=case.name, seen=found.seen)
        seen.append(found.seen)
    return Outcome(value, port=DEFAULT, seen="; ".join(dict.fromkeys(each for each in seen if each)))


def _approval(kit: Kit, step: ApprovalStep, value: Any, scope: Scope) -> Outcome:
    asked = kit.desk.decision("step", current_path())
    if asked is None:
        question = render(step.question, scope.variables(value))
        about = as_text(value)
        shown = about if len(about) <= SHOWN_TO_PERSON else f"{about[: SHOWN_TO_PERSON - 1]}…"
        arguments = {"question": question, "value": shown}
        raise kit.desk.wait_for([Waiting("step", current_path(), "", step.name, arguments)])
    noted = {"approved": asked.status == "approved", "reason": asked.reason, "by": asked.decided_by or ""}
    return Outcome(value, port=asked.status, seen=asked.reason, noted=noted)


def _transform(step: TransformStep, value: Any, scope: Scope) -> Outcome:
    variables = scope.variables(value)
    output = evaluate(step.expression, variables) if step.expression else value
    return Outcome(output, state={name: evaluate(text, variables) for name, text in step.assign.items()})


def _agent_named(kit: Kit, name: str) -> AgentSpec:
    found = kit.spec.agent(name)
    assert found is not None, "an organization without errors names no agents that are not there"
    return found
