"""The engine of one process: a thread with an event loop that works on queued runs."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta
from typing import Any

from core.engine.chores import Chores
from core.engine.control import Control
from core.engine.live import Bus, Frame
from core.engine.owner import new_owner, surely_dead
from core.engine.watch import follow
from core.ids import utc_now
from core.records import EventRecord
from core.sdk.provider_registry import ProviderRegistry, ResolvedModel
from core.settings import Settings
from core.store import runs
from core.store.database import Database, FastConnection, Session
from core.store.runs import ClaimedRun, NewRun, Orphan
from core.toolbox.sample_data import SampleData

ModelBuilder = Callable[[ResolvedModel], Any]
"""Makes the SDK model behind a reference; the type is not named, as the SDK is not imported here."""

LEASE = timedelta(seconds=15)
BEAT_SECONDS = 3.0

log = logging.getLogger(__name__)


class Engine:
    """Works on the runs that are queued for this process, and on those of processes that have died."""

    def __init__(
        self,
        database: Database,
        registry: ProviderRegistry,
        samples: SampleData,
        settings: Settings,
        *,
        build_model: ModelBuilder | None = None,
    ) -> None:
        self.owner = new_owner()
        self.database = database
        self.registry = registry
        self.samples = samples
        self.settings = settings
        self.build_model = build_model
        self.bus = Bus()
        self.chores = Chores(self.wake)
        self.stopping = False
        self._recovers = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work = threading.Event()
        self._wanted: asyncio.Event | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._listening: dict[str, Callable[[], None]] = {}
        self._controls: dict[str, Control] = {}
        self._full = False
        self._look = True
        self._new: deque[str] = deque()

    # -- from any thread --------------------------------------------------------------------------

    def start(self, *, recover: bool = True) -> None:
        """Begin to work, once. With `recover`, also take up what dead processes left. The Agents SDK is
        imported on the engine's own thread."""
        with self._lock:
            self._recovers = self._recovers or recover
            if self._thread is None and not self.stopping:
                self._thread = threading.Thread(target=self._main, name="engine", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Stop working. Runs that are at work are left as they stand; the next start goes on with them."""
        self.stopping = True
        self.wake(start=False)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)

    @property
    def recovers(self) -> bool:
        """Whether it also takes up what other processes left."""
        return self._recovers

    def enqueue(self, db: Session | FastConnection, new: NewRun) -> None:
        """Queue a run within the caller's unit of work; call `wake` after it."""
        runs.add_run(db, new, owner=self.owner)

    def wake(self, *new: str, start: bool = True) -> None:
        """There is something to do; `new` are runs that were just queued."""
        self._new.extend(new)
        self._look = self._look or not new
        if start:
            self.start(recover=self._recovers)
        loop, wanted = self._loop, self._wanted
        if loop is not None and wanted is not None and not loop.is_closed():
            loop.call_soon_threadsafe(wanted.set)

    def cancel(self, run_id: str) -> None:
        """Stop a run that this process works on, at once; the database has been told already."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._cancel, run_id)

    def pause(self, run_id: str) -> None:
        """Let a run that this process works on come to rest after its turn; the database has been told already."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._pause, run_id)

    def decided(self, run_id: str) -> None:
        """A person has decided something about a run; if this process works on it, it need not end first."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._tell_decisions, run_id)

    def announce(self, event: EventRecord) -> None:
        """Tell watchers of an event that was stored outside of a working run."""
        self.bus.publish(event.run_id, {"type": "event", "event": event.flat()}, stored=True)

    def follow(self, run_id: str, *, after: int = 0) -> AsyncGenerator[Frame, None]:
        """Frames of a run from event `after` on, until it has ended; usable on any event loop."""
        return follow(self.database, self.bus, run_id, after=after)

    # -- on the engine's thread -------------------------------------------------------------------

    def hold(self, run_id: str, control: Control | None) -> None:
        """The reins of a run that is at work; None when it no longer is."""
        if control is None:
            self._controls.pop(run_id, None)
        else:
            self._controls[run_id] = control

    def is_to_stop(self, run_id: str) -> bool:
        """Whether somebody wants the run to be stopped."""
        with self.database.glance() as db:
            return runs.is_to_stop(db, run_id)

    def tell_of_decisions(self, run_id: str, look: Callable[[], None] | None) -> None:
        """Call `look` whenever there may be decisions about a run that is at work; None to stop."""
        if look is None:
            self._listening.pop(run_id, None)
        else:
            self._listening[run_id] = look

    def _tell_decisions(self, run_id: str) -> None:
        if look := self._listening.get(run_id):
            look()

    def _main(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        from core.engine.segment import end_process, prepare_process

        prepare_process()
        self._loop, self._wanted = asyncio.get_running_loop(), asyncio.Event()
        beat = asyncio.create_task(self._beat())
        chores = asyncio.create_task(self.chores.tend())
        try:
            while not self.stopping:
                self._take_up()
                await self._next_wish()
        finally:
            beat.cancel()
            chores.cancel()
            await self._end_tasks()
            await end_process()

    async def _next_wish(self) -> None:
        assert self._wanted is not None
        try:
            await asyncio.wait_for(self._wanted.wait(), timeout=1.0)
        except TimeoutError:
            # Nobody called: look anyway, another process may have queued a run for this one.
            return
        self._wanted.clear()

    def _take_up(self) -> None:
        room = self.settings.max_concurrent_runs - len(self._tasks)
        queued = [self._new.popleft() for _ in range(len(self._new))]
        if self._look or not queued:
            self._look = False
            queued = self._queued()
        self._full = len(queued) > room
        for run_id in queued[: max(room, 0)]:
            with self.database.fast() as connection:
                claimed = runs.claim(connection, run_id, owner=self.owner, until=_lease_end())
            if claimed is not None:
                self._begin(claimed)

    def _queued(self) -> list[str]:
        with self.database.read() as db:
            return runs.queued_for(db, self.owner)

    def _begin(self, claimed: ClaimedRun) -> None:
        from core.engine.segment import work_on

        task = asyncio.create_task(work_on(self, claimed), name=claimed.run.id)
        self._tasks[claimed.run.id] = task
        self.bus.set_working(claimed.run.id, working=True)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        run_id = task.get_name()
        self._tasks.pop(run_id, None)
        self.bus.set_working(run_id, working=False)
        if not task.cancelled() and task.exception() is not None:
            log.error("Run %s broke off", run_id, exc_info=task.exception())
        self.chores.call()
        if self._full:
            self.wake(start=False)

    def _cancel(self, run_id: str) -> None:
        task = self._tasks.get(run_id)
        if task is not None:
            task.cancel()

    def _pause(self, run_id: str) -> None:
        control = self._controls.get(run_id)
        if control is not None:
            control.pause()

    async def _beat(self) -> None:
        while True:
            with self.database.session() as db:
                unwanted, pausing = runs.renew_leases(db, self.owner, until=_lease_end())
            for run_id in unwanted:
                self._cancel(run_id)
            for run_id in pausing:
                self._pause(run_id)
            for run_id in list(self._listening):
                # Somebody may have decided in another process.
                self._tell_decisions(run_id)
            if self._recovers:
                self._adopt_orphans()
            await asyncio.sleep(BEAT_SECONDS)

    def _adopt_orphans(self) -> None:
        with self.database.read() as db:
            orphans = [orphan for orphan in runs.runs_of_others(db, self.owner) if _abandoned(orphan)]
        for orphan in orphans:
            with self.database.session() as db:
                adopted = runs.adopt(db, orphan, owner=self.owner)
            if adopted:
                self.wake(start=False)

    async def _end_tasks(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _lease_end() -> datetime:
    return utc_now() + LEASE


def _abandoned(orphan: Orphan) -> bool:
    if orphan.owner is None or surely_dead(orphan.owner):
        return True
    return orphan.lease_until is not None and orphan.lease_until < utc_now()
