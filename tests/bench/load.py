"""Many runs at once: 500 in one process with 50 live viewers, and how much 1, 2 and 4 workers get done.

The 500 are started together; each makes four model calls (triage, handoff, two tools) and streams an answer word
by word for two seconds, with the time of each word in it. The workers do the four-call workload of `cpu_per_run`
with a model that answers at once, on PostgreSQL; CPU is that of the workers and of the process that queues, and
apart from it that of the database server.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
from agents.items import TResponseStreamEvent

from core.bootstrap import Core
from core.settings import ServerAddress, Settings
from tests.bench.cpu_per_run import bare_seconds, organization
from tests.bench.figures import Figure, figure_of, print_table
from tests.bench.instant_model import InstantModel
from tests.support.postgres import PostgresServer, postgres_server
from tests.support.studio import until

AT_ONCE, VIEWERS = 500, 50
WORDS, WORD_SECONDS = 40, 0.05
WORKERS = (1, 2, 4)
RUNS_A_WORKER_TEST = 400
PATIENCE = 900


class TalkingModel(InstantModel):
    """Like the instant one, but says its answer slowly: each word is the time at which it is said."""

    async def stream_response(
        self, system_instructions: Any, input: Any, *args: Any, **kwargs: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The same calls; then the words."""
        *begin, end = [event async for event in super().stream_response(system_instructions, input)]
        for event in begin * WORDS:
            yield event.model_copy(update={"delta": f"{time.time():.6f} "})
            await asyncio.sleep(WORD_SECONDS)
        yield end


def figures() -> list[Figure]:
    """Both."""
    return [*_at_once(), *_with_workers()]


# -- one process ------------------------------------------------------------------------------------


def _at_once() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), max_concurrent_runs=AT_ONCE)
        with closing(Core(settings, build_model=lambda _resolved: TalkingModel())) as core:
            organization_id = core.organizations.create(organization())
            _all_over(core, [core.runs.start(organization_id, "Was A0000 paid?")])
            idle = psutil.Process().memory_info().rss
            cpu, began = time.process_time(), time.perf_counter()
            late = asyncio.run(_watched(core, organization_id))
            seconds, used = time.perf_counter() - began, time.process_time() - cpu
            memory = psutil.Process().memory_info().rss - idle
            assert core.runs.counts()["completed"] == AT_ONCE + 1
    alone = WORDS * WORD_SECONDS
    return [
        figure_of(f"{AT_ONCE} runs at once, {VIEWERS} watched: until all are over", [seconds], unit="s"),
        figure_of("  one of them alone", [alone], unit="s"),
        figure_of("  CPU per run", [used / AT_ONCE * 1e3]),
        figure_of("  word said until a viewer has it", late),
        figure_of("  memory per run", [memory / AT_ONCE / 1e3], unit="kB"),
    ]


async def _watched(core: Core, organization_id: str) -> list[float]:
    """How late words were, in ms. Returns when all runs are over."""
    started = [core.runs.start(organization_id, "Was A1001 paid?") for _ in range(AT_ONCE)]
    step = AT_ONCE // VIEWERS
    late = await asyncio.gather(*(_lateness(core, run_id) for run_id in started[::step]))
    await asyncio.to_thread(_all_over, core, started)
    return [each for some in late for each in some]


async def _lateness(core: Core, run_id: str) -> list[float]:
    late = []
    async for frame in core.runs.follow(run_id):
        if frame["type"] == "text":
            late.append((time.time() - float(frame["text"]["text"])) * 1e3)
    return late


def _all_over(core: Core, run_ids: list[str]) -> None:
    before = set(run_ids)
    until(lambda: _looked(all(core.runs.get(run_id).ended for run_id in before)), seconds=PATIENCE)


def _looked(done: bool) -> bool:
    # Looking costs time that the runs need.
    if not done:
        time.sleep(0.1)
    return done


# -- many processes ---------------------------------------------------------------------------------


def _with_workers() -> list[Figure]:
    found = []
    bare = bare_seconds(60) / 60
    found.append(figure_of("Bare SDK: CPU per run", [bare * 1e3]))
    found.append(figure_of("Bare SDK: runs per second, one process", [1 / bare], unit="/s"))
    with postgres_server() as server:
        for number in WORKERS:
            speed, cpu, database = _measured(server, number)
            name = f"{number} worker{'s' if number > 1 else ''} on PostgreSQL"
            found.append(figure_of(f"{name}: runs per second", [speed], unit="/s"))
            found.append(figure_of("  CPU per run", [cpu * 1e3]))
            found.append(figure_of("  against the bare SDK", [cpu / bare], unit="x"))
            found.append(figure_of("  CPU per run of the database server", [database * 1e3]))
    return found


def _measured(server: PostgresServer, number: int) -> tuple[float, float, float]:
    """Runs a second; CPU seconds per run of our processes, and of the server's."""
    with server.fresh() as url, tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        settings = Settings(Path(folder), server=ServerAddress(url), role="web")
        core = stack.enter_context(closing(Core(settings)))
        organization_id = core.organizations.create(organization())
        workers = [stack.enter_context(_worker(folder, url)) for _ in range(number)]
        until(lambda: len(core.workers.all()) == number, seconds=60)
        _all_over(core, [core.runs.start(organization_id, "Was A1001 paid?") for _ in range(20 * number)])
        ours, theirs = [psutil.Process(), *workers], _family(server)
        before, database, began = _cpu(ours), _cpu(theirs), time.perf_counter()
        for _ in range(RUNS_A_WORKER_TEST):
            core.runs.start(organization_id, "Was A1001 paid?")
        wanted = RUNS_A_WORKER_TEST + 20 * number
        until(lambda: _looked(core.runs.counts().get("completed", 0) == wanted), seconds=PATIENCE)
        seconds = time.perf_counter() - began
        used, by_server = _cpu(ours) - before, _cpu(theirs) - database
    return RUNS_A_WORKER_TEST / seconds, used / RUNS_A_WORKER_TEST, by_server / RUNS_A_WORKER_TEST


@contextmanager
def _worker(folder: str, url: str) -> Iterator[psutil.Process]:
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.load", folder, url])
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _family(server: PostgresServer) -> list[psutil.Process]:
    parent = psutil.Process(server.process.pid)
    return [parent, *parent.children(recursive=True)]


def _cpu(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _work(folder: str, url: str) -> None:
    """What a worker process does."""
    from studio.commands.worker import work_until_told

    settings = Settings(Path(folder), server=ServerAddress(url), role="worker")
    work_until_told(Core(settings, build_model=lambda _resolved: InstantModel()))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _work(sys.argv[1], sys.argv[2])
    else:
        print_table(figures())
