"""Parallel steps and maps: bodies at the same time, bounded, with a policy for those that fail."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from core.engine.place import below, current_path, placed
from core.engine.workflow.conditions import answer
from core.engine.workflow.joins import branch_names
from core.engine.workflow.kit import Kit
from core.engine.workflow.outcome import Gathered
from core.engine.workflow.scope import Scope
from core.engine.workflow.signals import StepError, StepWaits
from core.engine.workflow.telling import Told
from core.errors import TroupeError
from core.organization.expressions import ExpressionError, as_text, evaluate
from core.organization.flow import Block, Stage
from core.organization.steps import FirstGoodJoin, JoinStep, MapStep, ParallelStep
from core.sdk.api_failures import Failure

WalkBlock = Callable[[Block, Any, Scope], Awaitable[Any]]


class NothingLeftError(TroupeError):
    """No branch gave anything that can be used."""

    code = "no_branch_left"


@dataclass(frozen=True, slots=True)
class _Body:
    """One branch, or the body of a map for one item."""

    number: int
    """From 1, in the order of the branches or items."""
    name: str
    block: Block
    value: Any
    scope: Scope


@dataclass(frozen=True, slots=True)
class _Done:
    """What a body gave, and what it left for the steps after the join."""

    body: _Body
    value: Any
    scope: Scope


async def gather(kit: Kit, walk: WalkBlock, stage: Stage, value: Any, scope: Scope) -> Gathered:
    """The outputs of all bodies that were not left out; of a first-good join only the winner's."""
    step = stage.step
    assert isinstance(step, ParallelStep | MapStep)
    bodies = (
        _branches(stage, value, scope) if isinstance(step, ParallelStep) else _items(stage, step, value, scope)
    )
    join = kit.spec.step(stage.join)
    assert isinstance(join, JoinStep), "a fork meets in a join"
    fork = _Fork(kit, walk, step, join, bodies, scope)
    done = await fork.run()
    if bodies and not done:
        assert fork.last_failure is not None
        raise NothingLeftError(
            f"All {len(bodies)} branches of '{step.name}' failed. The last one: {fork.last_failure.message}",
            hint=fork.last_failure.hint,
        )
    scope.take_over([each.scope for each in done])
    return Gathered(
        tuple(each.body.name for each in done),
        tuple(each.value for each in done),
        named=isinstance(step, ParallelStep),
    )


def _branches(stage: Stage, value: Any, scope: Scope) -> list[_Body]:
    names = branch_names([block[0].name if block else "Input" for block in stage.branches])
    pairs = zip(names, stage.branches, strict=True)
    return [_Body(number, name, block, value, scope.apart()) for number, (name, block) in enumerate(pairs, 1)]


def _items(stage: Stage, step: MapStep, value: Any, scope: Scope) -> list[_Body]:
    items = evaluate(step.items, scope.variables(value))
    if not isinstance(items, list):
        raise ExpressionError(
            f"`{step.items}` is no list: {as_text(items)[:80]}",
            hint="Give the agent before it an output schema with a list, and name that field.",
        )
    block = stage.blocks["each"]
    return [
        _Body(index + 1, f"Item {index + 1}", block, item, scope.apart(item=item, index=index))
        for index, item in enumerate(items)
    ]


class _Fork:
    """Bodies at work."""

    def __init__(
        self,
        kit: Kit,
        walk: WalkBlock,
        step: ParallelStep | MapStep,
        join: JoinStep,
        bodies: list[_Body],
        scope: Scope,
    ) -> None:
        self._kit = kit
        self._walk = walk
        self._step = step
        self._join = join
        self._scope = scope
        self._path = current_path()
        self._bodies = bodies
        self._pending = deque(bodies)
        self._running: dict[asyncio.Task[_Done | None], _Body] = {}
        self._waits: dict[int, list[str]] = {}
        self.last_failure: Failure | None = None

    async def run(self) -> list[_Done]:
        """What the bodies gave, in their order. Raises StepWaits when some wait and nothing else can be done."""
        done: dict[int, _Done] = {}
        self._go_to_winner()
        try:
            while self._start():
                for task in await self._ended():
                    if (found := self._settled(task)) is not None:
                        done[found.body.number] = found
                        if await self._wins(found):
                            return [found]
        except StepError:
            self._dismiss()
            raise
        finally:
            await self._cancel()
        if self._waits:
            raise StepWaits([approval for number in sorted(self._waits) for approval in self._waits[number]])
        self._refuse_if_none_good(len(done))
        return [done[number] for number in sorted(done)]

    def _start(self) -> bool:
        """Begin with as many bodies as may work at once; whether any is at work then."""
        for number in [number for number, asked in self._waits.items() if self._kit.desk.is_decided(asked)]:
            # It begins again; what it had done is recorded.
            del self._waits[number]
            self._pending.append(self._bodies[number - 1])
        limit = self._step.limit or len(self._bodies)
        while self._pending and len(self._running) < limit:
            body = self._pending.popleft()
            self._running[asyncio.create_task(self._work(body))] = body
        return bool(self._running)

    async def _ended(self) -> list["asyncio.Task[_Done | None]"]:
        """The bodies that are over, in their order; none when somebody has decided something."""
        news = asyncio.create_task(self._kit.desk.news.wait())
        try:
            await asyncio.wait([*self._running, news], return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        return sorted((task for task in self._running if task.done()), key=lambda task: self._running[task].number)

    def _settled(self, task: "asyncio.Task[_Done | None]") -> _Done | None:
        body = self._running.pop(task)
        try:
            return task.result()
        except StepWaits as waits:
            self._waits[body.number] = waits.approvals
            return None

    async def _work(self, body: _Body) -> _Done | None:
        """What the body gives; None when it fails and is left out."""
        for attempt in count():
            path = below(self._path, f"{body.number}~{attempt}" if attempt else str(body.number))
            with placed(path):
                failure = self._failure_recorded()
                if failure is None:
                    try:
                        return await self._attempt(body, path)
                    except StepError as error:
                        if self._step.on_failure == "fail_all":
                            raise
                        failure = error
                        self._record_failure(error)
            self.last_failure = failure.failure
            if self._step.on_failure == "go_on":
                return None
            if attempt >= self._step.retries:
                raise failure
        raise AssertionError("attempts are counted without end")

    async def _attempt(self, body: _Body, path: str) -> _Done:
        scope = body.scope.apart()
        if isinstance(self._step, ParallelStep):
            return _Done(body, await self._walk(body.block, body.value, scope), scope)
        what = Told(self._step.name, "item", path, body.name, scope.iteration, scope.item)
        with self._kit.teller.step(what) as telling:
            value = await self._walk(body.block, body.value, scope)
            telling.finished(value)
        return _Done(body, value, scope)

    def _failure_recorded(self) -> StepError | None:
        recorded = self._kit.recalled(f"{current_path()}/failed")
        return None if recorded is None else StepError(recorded["step"], Failure(*recorded["failure"]))

    def _record_failure(self, error: StepError) -> None:
        told = [error.failure.code, error.failure.message, error.failure.hint]
        self._kit.record(f"{current_path()}/failed", {"step": error.step, "failure": told})

    # -- the first good one ---------------------------------------------------------------------------

    def _go_to_winner(self) -> None:
        """Once a winner is recorded, the others are of no interest."""
        recorded = self._kit.recalled(f"{self._path}/first")
        if recorded is not None:
            self._pending = deque([self._bodies[recorded["number"] - 1]])

    async def _wins(self, found: _Done) -> bool:
        if not isinstance(self._join.by, FirstGoodJoin):
            return False
        with placed(below(self._path, str(found.body.number))):
            condition = self._join.by.condition
            judged = await answer(self._kit, condition, found.value, found.scope, step=self._join.name, key="good")
        if judged.holds:
            self._kit.record(f"{self._path}/first", {"number": found.body.number})
            self._dismiss()
        return judged.holds

    def _refuse_if_none_good(self, number: int) -> None:
        if isinstance(self._join.by, FirstGoodJoin) and number:
            raise NothingLeftError(
                f"None of the {number} outputs that met in '{self._join.name}' was good.",
                hint="Make its condition easier to meet, or lead the error edge of the step before it somewhere.",
            )

    # -- the end --------------------------------------------------------------------------------------

    def _dismiss(self) -> None:
        """What still works or waits is not needed any more."""
        self._kit.teller.stop(self._path)
        self._kit.desk.withdraw(self._path)

    async def _cancel(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
