"""Text from a worker to another process: from the model's emission until the frame is there.

The worker is a process of its own on the same database; its model writes the time of each piece into the piece.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure, figure_of, print_table
from tests.support.postgres import postgres_server
from tests.support.studio import start
from tests.support.till_worker import till
from tests.support.workers import Nursery, Team, team

RUNS = 6
GOAL_P50, GOAL_P95 = 40.0, 70.0


def figures() -> list[Figure]:
    """On SQLite and on PostgreSQL."""
    nursery = Nursery()
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, team(Path(folder), None, "local", nursery) as crew:
        found += _measured("SQLite", crew)
    with (
        postgres_server() as server,
        server.fresh() as url,
        tempfile.TemporaryDirectory() as folder,
        team(Path(folder), url, "local", nursery) as crew,
    ):
        found += _measured("PostgreSQL", crew)
    nursery.close()
    return found


def _measured(name: str, crew: Team) -> list[Figure]:
    crew.worker()
    late: list[float] = []
    for number in range(RUNS):
        late += asyncio.run(_lateness(crew, f"at-{number}"))
    late.sort()
    return [
        figure_of(f"{name}: text to another process, p50", [late[len(late) // 2]], goal=GOAL_P50),
        figure_of(f"{name}: text to another process, p95", [late[int(len(late) * 0.95)]], goal=GOAL_P95),
    ]


async def _lateness(crew: Team, who: str) -> list[float]:
    run_id = start(crew.core, till(), f"time {who}")
    late = []
    async for frame in crew.core.runs.follow(run_id):
        now = time.time()
        if frame["type"] == "event" and frame["event"]["kind"] == "text_delta":
            late += [(now - float(piece)) * 1e3 for piece in frame["event"]["text"].split()]
    return late


if __name__ == "__main__":
    print_table(figures())
