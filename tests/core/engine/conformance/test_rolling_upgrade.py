"""Workers of a later version take the place of those of this one, under runs that wait and runs that work."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from core.bootstrap import Core
from core.errors import DatabaseVersionError
from tests.support import newer_tree
from tests.support.studio import start, story, until, wait_for_run
from tests.support.till_worker import till
from tests.support.workers import Nursery, Team


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where workers of a later version come from."""
    made = Nursery(newer_tree.newer_tree(Path(tmp_path_factory.mktemp("later"))))
    yield made
    made.close()


# The database and the executor have little to do with it, and each kind takes half a minute.
@pytest.mark.parametrize("crew", ["local-postgresql", "dbos-postgresql"], indirect=True)
def test_later_code_goes_on_with_what_older_code_began(crew: Team, later: Nursery) -> None:
    """The database is upgraded under a worker that works on, and under a page that reads: no run is lost, no call
    is made twice, nobody is asked anything; and the rest is done by the later code."""
    old = crew.worker()
    waiting = start(crew.core, till(approval=True), "ada")
    wait_for_run(crew.core, waiting, "waiting", seconds=60)
    crew.hold("talk")
    working = start(crew.core, till(), "ben")
    crew.at("talk")

    crew.worker(nursery=later)
    versions = {worker.version for worker in crew.core.workers.all()}
    crew.signal(old, signal.SIGTERM)
    until(lambda: not psutil.pid_exists(old), seconds=60)
    crew.let_go("talk")

    assert newer_tree.VERSION in versions
    assert len(versions) == 2
    assert crew.ended(working) == "completed"
    crew.core.approvals.approve(crew.core.approvals.pending()[0].id, by="ada")
    assert crew.ended(waiting) == "completed"
    assert crew.paid() == ["ada", "ben"]
    assert crew.core.approvals.pending() == []
    for run_id in (working, waiting):
        crew.assert_told_once(run_id)
    assert story(crew.core, working).count("run_resumed") == 1
    assert _told_by_later_code(crew, working) == []
    assert _told_by_later_code(crew, waiting) == ["pay"]


@pytest.mark.parametrize("crew", ["local-postgresql"], indirect=True)
def test_older_code_does_not_start_on_the_upgraded_database(crew: Team, later: Nursery) -> None:
    crew.worker(nursery=later)

    with pytest.raises(DatabaseVersionError, match=f"version {newer_tree.HEAD}"):
        Core(replace(crew.core.settings, role="worker"))


def _told_by_later_code(crew: Team, run_id: str) -> list[str]:
    """The tools whose end it has told of."""
    return [event.data["tool"] for event in crew.core.runs.events(run_id) if event.data.get("later")]
