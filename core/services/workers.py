"""Workers: the processes that work on runs when the pages' own process does not."""

from datetime import timedelta

from core.ids import utc_now
from core.records import WorkerRecord
from core.settings import Settings
from core.store import workers as store
from core.store.database import Database


class WorkerService:
    """Who works on runs."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._alive = timedelta(seconds=settings.lease_seconds)
        self.are_needed = settings.role == "web"
        """Whether runs that are started here need one."""

    def all(self) -> list[WorkerRecord]:
        """Those that said so within the last hour, the longest at work first."""
        with self._database.read() as db:
            return store.workers(db)

    def is_alive(self, worker: WorkerRecord) -> bool:
        """Whether it has said so lately; if not, others have its runs."""
        return worker.beat_at > utc_now() - self._alive

    def nobody_works(self) -> bool:
        """Whether runs that are started here wait for a worker that is not there."""
        return self.are_needed and not any(self.is_alive(worker) for worker in self.all())
