"""Loops: the body round by round, until a condition holds or the limit is reached."""

from collections.abc import Awaitable, Callable
from typing import Any

from core.engine.place import current_path
from core.engine.workflow.conditions import answer
from core.engine.workflow.kit import Kit
from core.engine.workflow.outcome import Outcome
from core.engine.workflow.scope import Scope
from core.engine.workflow.telling import Told
from core.errors import TroupeError
from core.organization.flow import Block, Stage
from core.organization.steps import LoopStep


class LoopLimitError(TroupeError):
    """A loop came to its limit, and its condition did not hold."""

    code = "loop_limit"


async def rounds(
    kit: Kit,
    walk: Callable[[Block, Any, Scope], Awaitable[Any]],
    stage: Stage,
    step: LoopStep,
    value: Any,
    scope: Scope,
) -> Outcome:
    """The value of the last round. Raises LoopLimitError when the loop is to fail at its limit."""
    path = current_path()
    if step.check_first:
        before = await answer(kit, step.until, value, scope.apart(count=0), step=step.name, key="before")
        if before.holds:
            return Outcome(value, port="done", seen=_told(0, before.seen))
    seen = ""
    for number in range(1, step.limit + 1):
        inner = scope.apart(count=number)
        what = Told(step.name, "round", f"{path}#{number}", f"Round {number}", number, scope.item)
        with kit.teller.step(what) as telling:
            value = await walk(stage.blocks["body"], value, inner)
            scope.take_over([inner])
            found = await answer(kit, step.until, value, inner, step=step.name, key="until")
            seen = found.seen
            telling.finished(value, port="body", seen=seen)
        if found.holds:
            return Outcome(value, port="done", seen=_told(number, seen))
    if step.on_limit == "fail":
        raise LoopLimitError(
            f"The loop '{step.name}' was not done after {step.limit} rounds, which is its limit.",
            hint="Raise the limit, or make its condition easier to meet; the trace shows what each round gave.",
        )
    return Outcome(value, port="done", status="limit", seen=_told(step.limit, seen))


def _told(number: int, seen: str) -> str:
    done = "1 round" if number == 1 else f"{number} rounds"
    return f"{done}, {seen}" if seen else done
