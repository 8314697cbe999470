"""The walk through the blocks of a workflow: one stage after the other, into branches, and along error edges."""

import logging
import re
from functools import partial
from typing import Any

from core.engine.place import below, current_path
from core.engine.workflow.kit import Kit
from core.engine.workflow.outcome import Outcome, plain
from core.engine.workflow.scope import Scope
from core.engine.workflow.signals import RunEnds, StepError, StepWaits, broken
from core.engine.workflow.stages import work_on
from core.engine.workflow.telling import Told
from core.errors import ConflictError
from core.organization.flow import Block, Stage
from core.organization.steps import ERROR, ApprovalStep, BranchStep, LoopStep, MapStep, ParallelStep

log = logging.getLogger(__name__)

_SPECIAL = re.compile(r"[/#%]")


class Walk:
    """Carries a value through blocks. Raises StepWaits, StepError and RunEnds."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._ways = {(link.source, link.port) for link in kit.spec.flows()}

    async def block(self, block: Block, value: Any, scope: Scope, *, inside: bool) -> Any:
        """The value at the end of the block. `inside` a loop or a branch, ways end where the block does; outside,
        the run is over where a way leads nowhere."""
        for stage in block:
            outcome = await self._stage(stage, value, scope)
            if outcome.failure is not None:
                # The way of the error edge takes the place of what would have come next.
                assert stage.on_error is not None, "only an error edge leads on from a failure"
                self._end_if_open(stage, ERROR, value, inside=inside)
                return await self.block(stage.on_error, value, scope, inside=inside)
            value = outcome.output
            self._end_if_open(stage, outcome.port, value, inside=inside)
            if isinstance(stage.step, BranchStep | ApprovalStep):
                value = await self.block(stage.blocks[outcome.port], value, scope, inside=inside)
        return value

    def _end_if_open(self, stage: Stage, port: str, value: Any, *, inside: bool) -> None:
        # What leaves a fork goes to its join, which no link says.
        is_fork = isinstance(stage.step, ParallelStep | MapStep) and port != ERROR
        if not (inside or is_fork or (stage.name, port) in self._ways):
            raise RunEnds(value)

    async def _stage(self, stage: Stage, value: Any, scope: Scope) -> Outcome:
        path = below(current_path(), _part(stage.name))
        given = plain(value)
        recorded = self._kit.recalled(f"{path}/step", given)
        if recorded is not None:
            outcome = Outcome.read(recorded)
        else:
            outcome = await self._told(stage, path, value, scope)
            # Forks and loops are walked again: what came of their parts is recorded.
            if outcome.failure is not None or not isinstance(stage.step, ParallelStep | MapStep | LoopStep):
                self._kit.record(f"{path}/step", outcome.recording(), given)
        self._apply(stage, outcome, scope)
        return outcome

    async def _told(self, stage: Stage, path: str, value: Any, scope: Scope) -> Outcome:
        kind = stage.step.kind if stage.step is not None else "agent"
        what = Told(stage.name, kind, path, stage.name, scope.iteration, scope.item)
        on_error = "" if stage.on_error is None else ERROR
        try:
            with self._kit.teller.step(what, error_port=on_error) as telling:
                outcome = await self._work(stage, value, scope)
                telling.finished(
                    plain(outcome.output), status=outcome.status, port=outcome.port, seen=outcome.seen
                )
                return outcome
        except StepError as error:
            if stage.on_error is None:
                raise
            return Outcome(None, port=ERROR, failure=error.failure, failed_step=error.step)

    async def _work(self, stage: Stage, value: Any, scope: Scope) -> Outcome:
        try:
            return await work_on(self._kit, partial(self.block, inside=True), stage, value, scope)
        except (StepWaits, RunEnds, ConflictError):
            raise
        except Exception as error:
            # Whatever a step raises is told to its error edge, or ends the run as a sentence.
            found = broken(stage.name, error)
            if found.failure.code == "internal" and found is not error:
                log.exception("Step '%s' of run %s failed", stage.name, self._kit.plan.run.id)
            raise found from error

    def _apply(self, stage: Stage, outcome: Outcome, scope: Scope) -> None:
        """Let the steps after it see what came of it."""
        if outcome.failure is not None:
            failure = outcome.failure
            error = {"step": outcome.failed_step, "code": failure.code, "message": failure.message}
            scope.set_around(error=error)
            return
        scope.note_step(stage.name, plain(outcome.output) if outcome.noted is None else outcome.noted)
        scope.assign(outcome.state)
        scope.conversation += outcome.items
        self._kit.last_agent = outcome.agent or self._kit.last_agent


def _part(name: str) -> str:
    """A name as a part of a path; what has a meaning in paths is written as `%2F`."""
    return _SPECIAL.sub(lambda found: f"%{ord(found.group()):02X}", name)
