"""Takes up the runs that nobody works on any more: those of dead processes, and those that got lost."""

import logging
from collections.abc import Collection, Sequence

from core.engine.executors import Executor
from core.engine.owner import surely_dead
from core.ids import utc_now
from core.store import run_control, run_work
from core.store.database import Database
from core.store.run_work import Orphan

log = logging.getLogger(__name__)


class Adoption:
    """Queues runs again, for `owner` or for whoever works (None)."""

    def __init__(self, database: Database, executor: Executor, *, process: str, owner: str | None) -> None:
        self._database = database
        self._executor = executor
        self._process = process
        self._owner = owner

    def take_back_strays(self, known: Collection[str]) -> bool:
        """What this process is said to work on, and is not among the known: the database was lost in between.
        Whether there was something."""
        with self._database.read() as db:
            mine = run_work.at_work(db, self._process)
        return self._adopt([stray for stray in mine if stray.run_id not in known])

    def adopt_orphans(self) -> bool:
        """Runs that nobody works on: those of dead processes, and those that were decided about at the very moment
        when they began to wait. Whether there was something."""
        with self._database.session() as db:
            decided = run_control.requeue_decided(db, owner=self._owner)
        with self._database.read() as db:
            orphans = [orphan for orphan in run_work.runs_of_others(db, self._process) if _abandoned(orphan)]
        return self._adopt(orphans) or bool(decided)

    def _adopt(self, orphans: Sequence[Orphan]) -> bool:
        found = False
        for orphan in orphans:
            with self._database.session() as db:
                adopted = run_work.adopt(db, orphan, owner=self._owner)
                if adopted:
                    self._executor.enqueue(db, orphan.run_id)
            if adopted:
                found = True
                log.info("Run %s goes on here or elsewhere: nobody was working on it", orphan.run_id)
        return found


def _abandoned(orphan: Orphan) -> bool:
    if orphan.owner is None or surely_dead(orphan.owner):
        return True
    return orphan.lease_until is not None and orphan.lease_until < utc_now()
