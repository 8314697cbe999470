"""Rows of a batch per second against the same runs started one by one, and what memory they take.

The rehearsal model answers without pauses. Both sides store everything and work on as many runs at the same time;
they take turns, so that a change of speed hits both.
"""

import gc
import io
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psutil

from core.bootstrap import Core
from core.organization.spec import AgentSpec, Organization
from core.settings import Settings
from tests.bench.figures import Figure, figure_of, print_table
from tests.support.studio import until

AT_ONCE = 10
ROWS = 250
ROUNDS = 4
LONG = 5_000
PATIENCE = 3_600
CLERKS = Organization(name="Bench", entry="clerk", agents=[AgentSpec(name="clerk", instructions="Help.")])


def dataset(core: Core, rows: int) -> str:
    """Id of a dataset of so many rows."""
    text = "id,question\n" + "".join(f"{number},Where is order {number}?\n" for number in range(rows))
    source = io.BytesIO(text.encode())
    return core.datasets.add(source, core.datasets.look_through(source), name=f"{rows} rows").id


def batch_seconds(core: Core, organization_id: str, dataset_id: str) -> float:
    """How long a batch takes."""
    began = time.perf_counter()
    batch_id = core.batches.start(organization_id, dataset_id, concurrency=AT_ONCE)
    until(lambda: _looked(core.batches.get(batch_id).status == "completed"), seconds=PATIENCE)
    return time.perf_counter() - began


def single_seconds(core: Core, organization_id: str, rows: int) -> float:
    """How long runs take that are started by themselves."""
    before = core.runs.counts().get("completed", 0)
    began = time.perf_counter()
    for number in range(rows):
        core.runs.start(organization_id, f"Where is order {number}?")
    until(lambda: _looked(core.runs.counts().get("completed", 0) == before + rows), seconds=PATIENCE)
    return time.perf_counter() - began


def figures() -> list[Figure]:
    """Speed and memory."""
    with tempfile.TemporaryDirectory() as folder, _studio(Path(folder)) as core:
        organization_id = core.organizations.create(CLERKS)
        some = dataset(core, ROWS)
        batch_seconds(core, organization_id, some)
        batches, singles = [], []
        for _ in range(ROUNDS):
            batches.append(batch_seconds(core, organization_id, some))
            singles.append(single_seconds(core, organization_id, ROWS))
        before = _megabytes()
        long = batch_seconds(core, organization_id, dataset(core, LONG))
        grown = _megabytes() - before
    ratios = [batch / single for batch, single in zip(batches, singles, strict=True)]
    return [
        figure_of("Time of a batch against single runs", ratios, unit="x", goal=1.1),
        figure_of("  rows per second, batch", [ROWS / seconds for seconds in batches], unit="/s"),
        figure_of("  runs per second, single", [ROWS / seconds for seconds in singles], unit="/s"),
        figure_of(f"  rows per second, {LONG:,} rows", [LONG / long], unit="/s"),
        figure_of("Memory per row", [grown / LONG * 1e3], unit="kB", goal=1),
    ]


def _looked(done: bool) -> bool:
    # Looking is not to be measured.
    time.sleep(0.05)
    return done


def _studio(folder: Path) -> closing[Core]:
    return closing(Core(Settings(folder, rehearsal_pace="instant", max_concurrent_runs=AT_ONCE)))


def _megabytes() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 1e6


if __name__ == "__main__":
    print_table(figures())
