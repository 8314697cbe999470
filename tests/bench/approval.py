"""From a person's decision until the approved tool begins: in one process, and in a worker's.

The tool has begun when its event says so, which is written before the tool is called.
"""

import os
import tempfile
from datetime import datetime
from pathlib import Path

from core.bootstrap import Core
from core.ids import utc_now
from tests.bench.figures import Figure, figure_of, print_table
from tests.support.postgres import postgres_server
from tests.support.studio import open_studio, start, until, wait_for_run
from tests.support.till_worker import FOLDER, CashierModel, till
from tests.support.workers import Nursery, team

TIMES = 30
GOAL = 150.0


def figures() -> list[Figure]:
    """On SQLite in one process, with a worker on SQLite, and with one on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder, open_studio(Path(folder), CashierModel()) as core:
        os.environ[FOLDER] = folder
        found = [_measured("one process on SQLite", core)]
    nursery = Nursery()
    with tempfile.TemporaryDirectory() as folder, team(Path(folder), None, "local", nursery) as crew:
        crew.worker()
        found.append(_measured("a worker on SQLite", crew.core))
    with (
        postgres_server() as server,
        server.fresh() as url,
        tempfile.TemporaryDirectory() as folder,
        team(Path(folder), url, "local", nursery) as crew,
    ):
        crew.worker()
        found.append(_measured("a worker on PostgreSQL", crew.core))
    nursery.close()
    return found


def _measured(where: str, core: Core) -> Figure:
    waits = [_wait(core, f"w{number}") for number in range(TIMES)]
    return figure_of(f"Approval decided until its tool begins, {where}", waits, goal=GOAL)


def _wait(core: Core, who: str) -> float:
    """In ms."""
    run = wait_for_run(core, start(core, till(approval=True), who), "waiting")
    (approval,) = core.approvals.pending()
    decided = utc_now()
    core.approvals.approve(approval.id, by="bench")
    began: datetime = until(lambda: _tool_began(core, run.id))
    wait_for_run(core, run.id, "completed")
    return (began - decided).total_seconds() * 1e3


def _tool_began(core: Core, run_id: str) -> datetime | None:
    called = (event for event in core.runs.events(run_id) if event.kind == "tool_called")
    return next((event.at for event in called if event.data["tool"] == "pay"), None)


if __name__ == "__main__":
    print_table(figures())
