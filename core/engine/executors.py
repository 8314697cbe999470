"""What hands queued runs to the processes that work on them. Leases, epochs, orders and streams are the same for
all; only who is told when, in which order and how many at once differs."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from core.errors import InvalidInputError
from core.settings import Settings
from core.store.database import Database, Session
from core.store.fast_rows import FastConnection

Work = Callable[[str], Awaitable[None]]
"""Claims a queued run and works on it until its segment is over; on any event loop."""


class Executor(Protocol):
    """The two verbs, and a worker's part."""

    looks_itself: bool
    """Whether workers look into the queue of runs themselves."""

    def enqueue(self, db: Session | FastConnection, run_id: str) -> None:
        """The run's row says `queued` now: have a worker take it, when the caller's unit of work is done."""
        ...

    def cancel(self, run_id: str) -> None:
        """The run's row says that nobody wants it any more: do not have it taken."""
        ...

    def start(self, work: Work, process: str) -> None:
        """Begin to take runs in this process."""
        ...

    def tend(self) -> None:
        """See to what got lost on the way; called again and again in each worker."""
        ...

    def stop(self) -> None:
        """Take no more."""
        ...


class LocalExecutor:
    """Workers look into the table of runs, whenever they are told that something was queued."""

    looks_itself = True

    def enqueue(self, db: Session | FastConnection, run_id: str) -> None:
        """The row is all that is needed."""

    def cancel(self, run_id: str) -> None:
        """The row is all that is needed."""

    def start(self, work: Work, process: str) -> None:
        """The engine's own loop takes runs."""

    def tend(self) -> None:
        """Nothing can get lost."""

    def stop(self) -> None:
        """The engine's own loop ends."""


def executor_of(settings: Settings, database: Database) -> Executor:
    """The one that the settings name. Raises InvalidInputError when it cannot work here."""
    if settings.executor == "local":
        return LocalExecutor()
    if settings.server is None:
        raise InvalidInputError(
            "The executor 'dbos' needs a PostgreSQL database.",
            hint="Set STUDIO_DATABASE_URL, or STUDIO_EXECUTOR to 'local'.",
        )
    from core.engine.dbos_executor import DbosExecutor

    return DbosExecutor(settings.server, database, settings)
