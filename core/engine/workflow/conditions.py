"""Whether a condition holds for a value: by an expression, by a field, or by what a model says."""

from dataclasses import dataclass
from typing import Any

from agents import Runner

from core.engine.place import current_path, current_step, nested, on_leg
from core.engine.workflow.comparing import compares, field_seen, readings
from core.engine.workflow.kit import Kit
from core.engine.workflow.scope import Scope
from core.organization.expressions import as_text, holds
from core.organization.steps import CelCondition, Condition, FieldCondition, JudgeCondition
from core.sdk.condition_judge import Finding, condition_judge, question


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it holds, and what it saw, in words."""

    holds: bool
    seen: str


async def answer(kit: Kit, condition: Condition, value: Any, scope: Scope, *, step: str, key: str) -> Answer:
    """Ask the condition, or recall what it said at this place; `key` names it within the step."""
    place = f"{current_path()}/{key}"
    recorded = kit.recalled(place, value)
    if recorded is not None:
        if isinstance(condition, JudgeCondition):
            kit.context.recorder.part_skipped(current_step(), place, kit.spec.name)
        return Answer(recorded["holds"], recorded["seen"])
    found = await _ask(kit, condition, value, scope, step=step, key=key)
    kit.record(place, {"holds": found.holds, "seen": found.seen}, value)
    return found


async def _ask(kit: Kit, condition: Condition, value: Any, scope: Scope, *, step: str, key: str) -> Answer:
    match condition:
        case CelCondition():
            variables = scope.variables(value)
            return Answer(holds(condition.expression, variables), readings(condition.expression, variables))
        case FieldCondition():
            return Answer(compares(condition, value), field_seen(condition, value))
        case JudgeCondition():
            return await _judged(kit, condition, value, step=step, key=key)


async def _judged(kit: Kit, condition: JudgeCondition, value: Any, *, step: str, key: str) -> Answer:
    kit.context.recorder.part_begins(current_step(), f"{current_path()}/{key}")
    with nested(f"judge:{key}"), on_leg(0):
        judge = condition_judge(
            condition.statement, kit.wrapping.model(condition.model, agent=step, purpose="judge"), name=step
        )
        config = kit.wrapping.run_config
        result = await Runner.run(judge, question(as_text(value)), max_turns=1, run_config=config)
    finding = result.final_output_as(Finding)
    return Answer(finding.holds, finding.reason)
