"""The people of a try: they decide what is asked."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from core.bootstrap import Core
from core.errors import ConflictError, DatabaseUnavailableError
from tests.kill_matrix.scenarios import Scenario
from tests.kill_matrix.work import is_over, runs_of

SECONDS = 60.0
T = TypeVar("T")


def drive(core: Core, work: str, scenario: Scenario, verdict: str, *, pause: float = 0.004) -> None:
    """Be the people: decide what is asked, until all of it has ended. They look again after each `pause`."""
    end = time.monotonic() + SECONDS
    while not reached(lambda: is_over(core, work)):
        for run_id in reached(lambda: runs_of(core, work)):
            # Somebody else may be faster.
            with suppress(ConflictError, DatabaseUnavailableError):
                decide_next(core, run_id, verdict, early=scenario.decide_early)
        if time.monotonic() > end:
            raise TimeoutError(f"{work} goes on for ever: {_standing(core, work)}")
        time.sleep(pause)


def decide_next(core: Core, run_id: str, verdict: str, *, early: bool) -> None:
    """Decide one of the things that are asked, if it is time for that."""
    if not early and core.runs.get(run_id).status != "waiting":
        return
    # One at a time: which of them are carried out in one go is then the same in every try.
    pending = [each for each in core.approvals.of_run(run_id) if each.status == "pending"]
    for asked in sorted(pending, key=lambda each: each.call_id)[:1]:
        if asked.kind != "in_doubt" or verdict == "approved":
            core.approvals.approve(asked.id, by="ada")
        else:
            core.approvals.reject(asked.id, reason="I have looked.", by="ada")


def reached(ask: Callable[[], T]) -> T:
    """The answer, as soon as the database can be reached."""
    while True:
        with suppress(DatabaseUnavailableError):
            return ask()
        time.sleep(0.05)


def _standing(core: Core, work: str) -> list[str]:
    lines = []
    for run_id in runs_of(core, work):
        asked = [f"{each.kind} {each.call_id} {each.status}" for each in core.approvals.of_run(run_id)]
        lines.append(f"run {core.runs.get(run_id).status}, approvals: {asked}")
    return lines
