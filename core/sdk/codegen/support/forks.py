"""Branches of a workflow that run beside each other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .signals import STEP_ERRORS, StepError, Waiting

if TYPE_CHECKING:
    from .flow import Scope

OnFailure = Literal["fail_all", "go_on", "retry"]
Until = Callable[["Scope", Any], Awaitable[bool]]
Done = tuple["Scope", Any]


class Outputs(list[Any]):
    """The outputs of branches in their order, with the names of the branches that gave one."""

    def __init__(self, outputs: Mapping[str, Any], *, named: bool) -> None:
        super().__init__(outputs.values())
        self.names = list(outputs)
        self.named = named
        """Whether the branches differ by name; the items of a list do not."""


@dataclass(slots=True)
class Fork:
    """Branches at work."""

    scope: "Scope"
    step: str
    place: str
    """Under which the results of the branches are kept."""
    bodies: Mapping[str, Callable[["Scope"], Awaitable[Any]]]
    named: bool
    limit: int | None
    on_failure: OnFailure
    retries: int
    until: Until | None

    async def outputs(self) -> Outputs:
        """What the branches gave. Raises Waiting when some wait and nothing else can be done."""
        waiting = deque(self._needed())
        running: dict[asyncio.Task[Done], str] = {}
        try:
            return await self._collected(waiting, running)
        except STEP_ERRORS:
            self.scope.work.record.withdraw(self.place)
            raise
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _needed(self) -> Sequence[str]:
        """All branches; once one has been good enough, only that one."""
        kept = self.scope.work.record.result(f"{self.place}first")
        return list(self.bodies) if kept is None else [kept["name"]]

    async def _collected(self, waiting: deque[str], running: "dict[asyncio.Task[Done], str]") -> Outputs:
        done: dict[str, Done] = {}
        waits, failure = False, None
        while waiting or running:
            while waiting and len(running) < (self.limit or len(self.bodies)):
                name = waiting.popleft()
                running[asyncio.create_task(self._one(name))] = name
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in running if task in ended]:
                name = running.pop(task)
                match error := task.exception():
                    case None:
                        done[name] = task.result()
                        if await self._is_good(name, *done[name]):
                            return self._taken_over({name: done[name]})
                    case Waiting():
                        waits = True
                    case _ if self.on_failure == "go_on" and isinstance(error, STEP_ERRORS):
                        failure = error
                    case _:
                        raise error
        if waits:
            raise Waiting
        if failure is not None and not done:
            raise StepError(self.step, "no_branch_left", f"All branches failed. The last one: {failure}")
        if self.until is not None and done:
            raise StepError(self.step, "no_branch_left", "No output was good enough.")
        return self._taken_over({name: done[name] for name in self.bodies if name in done})

    async def _is_good(self, name: str, scope: "Scope", output: Any) -> bool:
        if self.until is None or not await self.until(scope, output):
            return False
        record = self.scope.work.record
        record.withdraw(self.place)
        record.finish(f"{self.place}first", {"name": name})
        return True

    async def _one(self, name: str) -> Done:
        number = list(self.bodies).index(name) + 1
        last = self.retries if self.on_failure == "retry" else 0
        for attempt in range(last + 1):
            again = f"~{attempt}" if attempt else ""
            scope = self.scope.inside(f"{self.place}{number}{again}/")
            try:
                return scope, await self.bodies[name](scope)
            except STEP_ERRORS:
                if attempt == last:
                    raise
        raise AssertionError("the last attempt gives or raises something")

    def _taken_over(self, done: Mapping[str, Done]) -> Outputs:
        """What the branches found, for what comes after them; of two that set the same, the later counts."""
        outer = self.scope
        known, steps, state = len(outer.conversation), dict(outer.steps), dict(outer.state)
        for scope, _ in done.values():
            outer.steps.update(_changed(steps, scope.steps))
            outer.state.update(_changed(state, scope.state))
            outer.conversation += scope.conversation[known:]
        return Outputs({name: output for name, (_, output) in done.items()}, named=self.named)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if name not in before or before[name] is not value}
