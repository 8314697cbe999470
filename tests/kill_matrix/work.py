"""What a try is about: one run, or a batch with a run for each of its rows."""

import io
from collections.abc import Callable

from core.bootstrap import Core
from core.records import BatchLine
from tests.kill_matrix.scenarios import Scenario

_AT_ONCE = 2
"""Rows of a batch that are at work at the same time."""
_BATCH = "bat_"


def begin(core: Core, scenario: Scenario, organization: str, *, before: Callable[[], None] = lambda: None) -> str:
    """Start it, and return its id. What has to be there first is made, then `before` is called."""
    if scenario.rows:
        dataset = _dataset(core, scenario.rows)
        before()
        return core.batches.start(organization, dataset, concurrency=_AT_ONCE)
    session = core.sessions.open(organization, "talk") if scenario.session else None
    before()
    return core.runs.start(organization, "go", session_id=session)


def is_run(work: str) -> bool:
    """Whether it is one run, which is there from the beginning."""
    return not work.startswith(_BATCH)


def runs_of(core: Core, work: str) -> list[str]:
    """Its runs as far as there are any yet; those of a batch in the order of its rows."""
    if is_run(work):
        return [work]
    return [line.run_id for line in lines_of(core, work) if line.run_id is not None]


def is_over(core: Core, work: str) -> bool:
    """Whether nothing more will happen to it."""
    if is_run(work):
        return core.runs.get(work).ended
    return core.batches.get(work).status == "completed"


def lines_of(core: Core, work: str) -> list[BatchLine]:
    """The rows of a batch; none of a run."""
    return [] if is_run(work) else list(core.batches.lines(core.batches.get(work)).rows)


def _dataset(core: Core, rows: tuple[str, ...]) -> str:
    source = io.BytesIO("\n".join(["input", *rows]).encode())
    found = core.datasets.look_through(source, name="rows.csv")
    return core.datasets.add(source, found, name="rows.csv").id
