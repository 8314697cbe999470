"""How the processes that work on runs say that they live."""

import socket
from datetime import timedelta
from importlib.metadata import version

from core.ids import utc_now
from core.records import WorkerRecord
from core.settings import Settings
from core.store import workers
from core.store.database import Database


class RollCall:
    """One process's entry among the workers."""

    def __init__(self, database: Database, process: str, settings: Settings) -> None:
        self._database = database
        self._process = process
        self._concurrency = settings.max_concurrent_runs
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._since = utc_now()

    def answer(self, *, running: int) -> int:
        """Say that it lives, and how many runs it works on; returns how many processes live, with this one."""
        entry = WorkerRecord(
            name=self._process,
            host=socket.gethostname(),
            version=version("studio"),
            concurrency=self._concurrency,
            running=running,
            started_at=self._since,
            beat_at=utc_now(),
        )
        with self._database.session() as db:
            workers.save_worker(db, entry)
            return workers.count_alive(db, since=utc_now() - self._lease)

    def leave(self) -> None:
        """Say that it ends."""
        with self._database.session() as db:
            workers.remove_worker(db, self._process)
