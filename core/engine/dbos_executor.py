"""DBOS as the executor: it queues, limits and schedules. What is durable is our own journal; a workflow of DBOS is
one segment of a run, and takes part in no recovery of its own."""

import logging
import time

from core.errors import InvalidInputError
from core.settings import ServerAddress, Settings
from core.store import run_work
from core.store.database import Database, Session
from core.store.fast_rows import FastConnection

try:
    from dbos import DBOS, DBOSClient, DBOSConfig
    from dbos import EnqueueOptions as Options
except ImportError as _error:
    raise InvalidInputError(
        "The executor 'dbos' needs packages that are not installed.",
        hint="Install them with: uv sync --extra team (or pip install 'studio[team]').",
    ) from _error

from core.engine.executors import Work

QUEUE = "runs"
WORKFLOW = "work_on_run"
VERSION = "troupe-1"
"""Pinned: by default any edit of the code would strand what older workers queued."""
POLL_SECONDS = 0.1
_IN_LINE = {"ENQUEUED", "DELAYED"}

log = logging.getLogger(__name__)


class DbosExecutor:
    """A queue of DBOS in the same database. Each time a run is queued it becomes a workflow
    `run:segment:epoch`, so the same queueing is never worked on twice."""

    looks_itself = False

    def __init__(self, server: ServerAddress, database: Database, settings: Settings) -> None:
        self._url = server.driver_url
        self._database = database
        self._settings = settings
        self._client: DBOSClient | None = None
        self._launched = False
        self._there = False
        self._seen: dict[str, float] = {}
        """When this process first saw a queued run, by the id of its workflow."""

    def enqueue(self, db: Session | FastConnection, run_id: str) -> None:
        """In the caller's transaction, where that can be; else `tend` sees to it."""
        if isinstance(db, FastConnection) or not self._tables_are_there():
            return
        db.flush()
        workflow_id = run_work.queue_id(db, run_id)
        if workflow_id is not None:
            self._opened().enqueue_in_transaction(db, _options(workflow_id), run_id)

    def cancel(self, run_id: str) -> None:
        """Whoever takes it out of the queue finds that it is not to be worked on."""

    def start(self, work: Work, process: str) -> None:
        """Launch DBOS in this process, which takes runs out of the queue from then on."""
        logging.getLogger("dbos").setLevel(logging.ERROR)

        @DBOS.workflow(name=WORKFLOW)
        async def work_on_run(run_id: str) -> None:
            await work(run_id)

        config: DBOSConfig = {
            "name": "troupe",
            "system_database_url": self._url,
            "application_version": VERSION,
            # Its own in each process: DBOS takes equal ones for the same process and starts its work again.
            "executor_id": process,
            "log_level": "ERROR",
            "sys_db_pool_size": 5,
        }
        DBOS(config=config)
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._settings.max_concurrent_runs,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        self._launched = True

    def tend(self) -> None:
        """Put into the queue what is not there, and anew what a worker took out and never began: it died."""
        if not self._tables_are_there():
            return
        client = self._opened()
        with self._database.read() as db:
            waiting = run_work.queue_ids(db, limit=self._settings.max_concurrent_runs * 4)
        now = time.monotonic()
        self._seen = {workflow_id: self._seen.get(workflow_id, now) for workflow_id in waiting}
        late = [each for each, since in self._seen.items() if since < now - self._settings.lease_seconds]
        for workflow_id, run_id in waiting.items():
            if self._seen[workflow_id] == now:
                client.enqueue(_options(workflow_id), run_id)
        if not late:
            return
        in_line = {
            each.workflow_id for each in client.list_workflows(workflow_ids=late) if each.status in _IN_LINE
        }
        for workflow_id in late:
            if workflow_id not in in_line:
                self._queue_anew(waiting[workflow_id])

    def stop(self) -> None:
        """Take nothing more out of the queue."""
        if self._launched:
            DBOS.destroy()
            self._launched = False
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def _queue_anew(self, run_id: str) -> None:
        log.info("Run %s is queued again: a worker took it and never began", run_id)
        with self._database.session() as db:
            if run_work.queue_anew(db, run_id):
                self.enqueue(db, run_id)

    def _opened(self) -> DBOSClient:
        if self._client is None:
            self._client = DBOSClient(system_database_url=self._url, application_name="troupe")
        return self._client

    def _tables_are_there(self) -> bool:
        """The first worker makes them."""
        if not self._there:
            with self._database.glance() as db:
                db.cursor.execute("SELECT to_regclass('dbos.queues') IS NOT NULL")
                self._there = bool(db.cursor.fetchone()[0])
        return self._there


def _options(workflow_id: str) -> Options:
    return {
        "workflow_name": WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": workflow_id,
        "app_version": VERSION,
    }
