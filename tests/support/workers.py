"""A team: a web process that only reads and sends commands (the test itself), and workers to kill."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import psutil

from core.bootstrap import Core
from core.settings import Executor, ServerAddress, Settings
from tests.support.studio import until, wait_for_run

LEASE_SECONDS = 2.0
ROOT = Path(__file__).parents[2]


class Nursery:
    """The process that workers are forked from: importing everything takes seconds, and is done once."""

    def __init__(self, root: Path = ROOT) -> None:
        """Of the code in the folder `root`."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.till_worker"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def worker(self, order: Mapping[str, object]) -> int:
        """Start one; its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(orjson.dumps(order).decode() + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Start no more."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


@dataclass
class Team:
    """Workers on one database, and the core that sends commands to them."""

    folder: Path
    url: str | None
    executor: Executor
    nursery: Nursery
    core: Core
    pids: list[int] = field(default_factory=list)

    def worker(self, *, url: str | None = None, nursery: Nursery | None = None) -> int:
        """Start a worker, of the team's nursery or of another one, and wait until it says that it lives."""
        before = {worker.name for worker in self.core.workers.all()}
        order = {
            "folder": str(self.folder),
            "url": url or self.url,
            "lease": LEASE_SECONDS,
            "executor": self.executor,
        }
        pid = (nursery or self.nursery).worker(order)
        self.pids.append(pid)
        until(lambda: {worker.name for worker in self.core.workers.all()} - before, seconds=60)
        return pid

    def freeze(self, pid: int) -> None:
        """Stop a worker, though not while it has the lock of a file: then nobody could go on."""
        process = psutil.Process(pid)
        while True:
            process.suspend()
            until(lambda: process.status() == psutil.STATUS_STOPPED)
            if self.url is not None or not self._is_locked():
                return
            process.resume()
            time.sleep(0.02)

    def _is_locked(self) -> bool:
        with closing(sqlite3.connect(self.folder / "studio.db", timeout=1, isolation_level=None)) as file:
            try:
                file.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            file.execute("ROLLBACK")
            return False

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a worker a signal."""
        os.kill(pid, number)

    def kill(self, pid: int) -> None:
        """End it as a power cut would."""
        os.kill(pid, signal.SIGKILL)
        until(lambda: not psutil.pid_exists(pid))

    def hold(self, moment: str) -> None:
        """Tools and the model wait at this moment from now on."""
        (self.folder / f"hold-{moment}").touch()

    def let_go(self, moment: str) -> None:
        """They go on."""
        (self.folder / f"hold-{moment}").unlink(missing_ok=True)

    def at(self, moment: str, *, runs: int = 1) -> set[int]:
        """Wait until so many runs have come to the moment; the workers that they are in."""

        def there() -> set[int] | None:
            found = [path.name.split("-") for path in self.folder.glob(f"at-{moment}-*")]
            return {int(parts[-1]) for parts in found} if len(found) >= runs else None

        workers: set[int] = until(there, seconds=60)
        return workers

    def paid(self) -> list[str]:
        """Who was paid, in the order of the effects."""
        ledger = self.folder / "ledger"
        return sorted(ledger.read_text().split()) if ledger.exists() else []

    def assert_told_once(self, run_id: str) -> None:
        """No gap and no doubling, neither in the events nor in the trace."""
        events = self.core.runs.events(run_id)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        kinds = [event.kind for event in events]
        for kind, times in {"run_started": 1, "tool_called": 2, "run_completed": 1}.items():
            assert kinds.count(kind) == times, (kind, kinds)
        spans, _ = self.core.traces.spans(run_id)
        assert [span.name for span in spans if span.kind == "tool"] == ["look", "pay"]

    def ended(self, run_id: str) -> str:
        """How the run ended."""
        return wait_for_run(self.core, run_id, "completed", "failed", "cancelled", seconds=60).status


@contextmanager
def team(folder: Path, url: str | None, executor: Executor, nursery: Nursery) -> Iterator[Team]:
    """A team without workers yet; they are all ended afterwards."""
    server = ServerAddress(url) if url else None
    settings = Settings(data_dir=folder, server=server, role="web", lease_seconds=LEASE_SECONDS, executor=executor)
    core = Core(settings)
    made = Team(folder, url, executor, nursery, core)
    try:
        yield made
    finally:
        for pid in made.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        core.close()
