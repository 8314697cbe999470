"""The engine of one process: a thread with an event loop that works on queued runs, or, where other processes do
that, only the way to them."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.engine.adoption import Adoption
from core.engine.broken import fail_broken
from core.engine.chores import Chores
from core.engine.control import Control
from core.engine.event_loop import loop_factory
from core.engine.executors import executor_of
from core.engine.journal import Journal
from core.engine.live import Bus, Frame
from core.engine.owner import new_owner
from core.engine.roll_call import RollCall
from core.engine.watch import follow
from core.errors import DatabaseUnavailableError
from core.ids import utc_now
from core.records import EventRecord, RunRecord
from core.sdk.provider_registry import ProviderRegistry, ResolvedModel
from core.settings import Settings
from core.store import run_control, run_work, runs
from core.store.database import Database, FastConnection, Session
from core.store.run_work import ClaimedRun
from core.store.runs import NewRun
from core.toolbox.sample_data import SampleData

ModelBuilder = Callable[[ResolvedModel], Any]
"""Makes the SDK model behind a reference; the type is not named, as the SDK is not imported here."""

BEATS_PER_LEASE = 5
REST_SECONDS = 0.05
"""Between two looks for what other processes have done."""

log = logging.getLogger(__name__)


class Engine:
    """Works on the runs that are queued for this process or for any, and on those of processes that have died."""

    def __init__(
        self,
        database: Database,
        registry: ProviderRegistry,
        samples: SampleData,
        settings: Settings,
        *,
        build_model: ModelBuilder | None = None,
    ) -> None:
        self.process = new_owner()
        self.works = settings.role != "web"
        alone = settings.role == "all" and not database.is_shared
        self.owner = self.process if alone else None
        """Whom the runs that are queued here are meant for; None for whichever process works."""
        self.database = database
        self.registry = registry
        self.samples = samples
        self.settings = settings
        self.build_model = build_model
        self.bus = Bus()
        self.chores = Chores(self.wake)
        self.stopping = False
        self._draining = False
        self._roll_call = RollCall(database, self.process, settings) if self.works and not alone else None
        self.executor = executor_of(settings, database)
        self._adoption = Adoption(database, self.executor, process=self.process, owner=self.owner)
        self._news = database.news(self._hear, self._look_all)
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
        self._journals: dict[str, Journal] = {}
        self._broken: dict[str, BaseException | None] = {}
        """Runs whose work ended in a way that it should not, until that is stored."""
        self._rests = False
        self._look_owed = False
        self._unreachable = False

    # -- from any thread --------------------------------------------------------------------------

    def start(self, *, recover: bool = True) -> None:
        """Begin to work, once. With `recover`, also take up what dead processes left. The Agents SDK is
        imported on the engine's own thread. In a process that does not work it does nothing."""
        if not self.works:
            return
        with self._lock:
            self._recovers = self._recovers or recover
            if self._thread is None and not self.stopping:
                self._thread = threading.Thread(target=self._main, name="engine", daemon=True)
                self._thread.start()

    def stop(self, *, grace: float = 0.0) -> None:
        """Stop working. Runs that are at work go on at once in other processes, where there may be any, else at
        the next start. Calls that change something are waited for, so many seconds at most."""
        self._draining = True
        end = time.monotonic() + grace
        while time.monotonic() < end and any(each.is_calling for each in list(self._journals.values())):
            time.sleep(0.02)
        self.stopping = True
        self._news.stop()
        self.wake(start=False)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)
        self.executor.stop()

    @property
    def recovers(self) -> bool:
        """Whether it also takes up what other processes left."""
        return self._recovers

    def queue(self, new: NewRun) -> None:
        """Queue a run in a unit of work of its own, and see to it."""
        with self.database.fast() if self.executor.looks_itself else self.database.session() as db:
            self.enqueue(db, new)
        self.wake(new.id)

    def enqueue(self, db: Session | FastConnection, new: NewRun) -> None:
        """Queue a run within the caller's unit of work; call `wake` after it."""
        runs.add_run(db, new, owner=self.owner)
        self.executor.enqueue(db, new.id)

    def queued(self, db: Session, run_id: str) -> None:
        """A run was queued again within the caller's unit of work; call `wake` after it."""
        self.executor.enqueue(db, run_id)

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
        self.executor.cancel(run_id)
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
        self._news.start()
        return follow(self.database, self.bus, self._news, run_id, after=after)

    def _hear(self, kind: str, run_id: str) -> None:
        """Another process, or this one, has done something to a run."""
        if kind == "events":
            self.bus.nudge(run_id)
        elif kind == "queued" and self._thread is not None:
            self.wake(run_id, start=False)
        elif kind == "order":
            self._look_soon()

    def _look_all(self) -> None:
        """Anything may have happened."""
        self.bus.nudge_all()
        self._look_soon()

    def _look_soon(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._look_around)

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
            return run_control.is_to_stop(db, run_id)

    def tell_of_decisions(self, run_id: str, look: Callable[[], None] | None) -> None:
        """Call `look` whenever there may be decisions about a run that is at work; None to stop."""
        if look is None:
            self._listening.pop(run_id, None)
        else:
            self._listening[run_id] = look

    def keep_journal(self, run_id: str, journal: Journal | None) -> None:
        """The journal of a run that is at work; None when it no longer is."""
        if journal is None:
            self._journals.pop(run_id, None)
        else:
            self._journals[run_id] = journal

    def _tell_decisions(self, run_id: str) -> None:
        if look := self._listening.get(run_id):
            look()

    def _main(self) -> None:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        from core.engine.segment import end_process, prepare_process

        prepare_process()
        self._loop, self._wanted = asyncio.get_running_loop(), asyncio.Event()
        self._news.start()
        await asyncio.to_thread(self.executor.start, self._work_elsewhere, self.process)
        beat = asyncio.create_task(self._beat())
        chores = asyncio.create_task(self.chores.tend())
        try:
            while not self.stopping:
                self._reaching(self._take_up)
                await self._next_wish()
        finally:
            beat.cancel()
            chores.cancel()
            await asyncio.to_thread(self.executor.stop)
            await self._end_tasks()
            self._reaching(self._leave)
            await end_process()

    def _reaching(self, do: Callable[[], None]) -> None:
        """Do what needs the database; while that cannot be reached, try again at the next turn."""
        try:
            do()
        except DatabaseUnavailableError as error:
            if not self._unreachable:
                log.warning("%s", error.message)
            self._unreachable = True
        else:
            self._unreachable = False

    def _leave(self) -> None:
        """Let others go on at once with what was at work here."""
        if self._roll_call is None:
            return
        with self.database.session() as db:
            given_back = run_work.give_back(db, self.process)
        if given_back:
            log.info("Runs given back: %d", len(given_back))
        self._roll_call.leave()

    def _look_around(self) -> None:
        """Is there something in the queue, or for runs that are at work? What comes right after a look has to wait
        for the next one."""
        assert self._loop is not None
        assert self._wanted is not None
        self._look_owed = self._rests
        if self._rests:
            return
        self._rests = True
        self._loop.call_later(REST_SECONDS, self._rested)
        self._look = True
        self._wanted.set()
        if self._tasks:
            self._reaching(self._follow_orders)

    def _rested(self) -> None:
        self._rests = False
        if self._look_owed:
            self._look_around()

    def _follow_orders(self) -> None:
        with self.database.glance() as db:
            unwanted, pausing = run_work.orders(db, self.process)
        self._obey(unwanted, pausing)

    def _obey(self, unwanted: Sequence[str], pausing: Sequence[str]) -> None:
        for run_id in unwanted:
            self._cancel(run_id)
        for run_id in pausing:
            self._pause(run_id)
        for run_id in list(self._listening):
            # Somebody may have decided in another process.
            self._tell_decisions(run_id)

    async def _next_wish(self) -> None:
        assert self._wanted is not None
        assert self._loop is not None
        # Nobody may call: another process may have queued a run for this one.
        timer = self._loop.call_later(1.0, partial(self.wake, start=False))
        await self._wanted.wait()
        timer.cancel()
        self._wanted.clear()

    def _take_up(self) -> None:
        if self._draining or not self.executor.looks_itself:
            return
        room = self.settings.max_concurrent_runs - len(self._tasks)
        queued = [self._new.popleft() for _ in range(len(self._new))]
        if self._look or not queued:
            self._look = False
            queued = self._queued()
        self._full = len(queued) > room
        for run_id in queued[: max(room, 0)]:
            with self.database.fast() as connection:
                claimed = run_work.claim(connection, run_id, owner=self.process, until=self._lease_end())
            if claimed is not None:
                self._begin(claimed)

    def _queued(self) -> list[str]:
        with self.database.glance() as db:
            return run_work.queued_for(db, self.process, limit=self.settings.max_concurrent_runs + 1)

    async def _work_elsewhere(self, run_id: str) -> None:
        """What an executor calls on an event loop of its own."""
        assert self._loop is not None
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._work_on(run_id), self._loop))

    async def _work_on(self, run_id: str) -> None:
        if self._draining:
            return
        with self.database.fast() as connection:
            claimed = run_work.claim(connection, run_id, owner=self.process, until=self._lease_end())
        if claimed is not None:
            await asyncio.wait([self._begin(claimed)])

    def _begin(self, claimed: ClaimedRun) -> "asyncio.Task[None]":
        from core.engine.segment import work_on

        task = asyncio.create_task(work_on(self, claimed), name=claimed.run.id)
        self._tasks[claimed.run.id] = task
        self.bus.set_working(claimed.run.id, working=True)
        task.add_done_callback(partial(self._ended, claimed.run))
        return task

    def _ended(self, run: RunRecord, task: asyncio.Task[None]) -> None:
        run_id = run.id
        self._tasks.pop(run_id, None)
        self.bus.set_working(run_id, working=False)
        if not task.cancelled() and task.exception() is not None:
            self._broken[run_id] = task.exception()
            log.error("Run %s broke off", run_id, exc_info=task.exception())
        if run.batch_id is not None or run.trigger_event_id is not None:
            # Something may be waiting for its place.
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
            self._reaching(self._beat_once)
            await asyncio.sleep(self.settings.lease_seconds / BEATS_PER_LEASE)

    def _beat_once(self) -> None:
        if ended := self.database.end_frozen(lease=self.settings.lease_seconds):
            log.warning("Transactions ended in which another process stood still: %d", ended)
        with self.database.session() as db:
            unwanted, pausing = run_work.renew_leases(db, self.process, until=self._lease_end())
        self._obey(unwanted, pausing)
        if self._roll_call is not None and not self._draining:
            self.registry.traffic.share(self._roll_call.answer(running=len(self._tasks)))
        self._fail_broken()
        found = self._adoption.take_back_strays(self._tasks.keys() | self._broken.keys())
        if self._recovers:
            found = self._adoption.adopt_orphans() or found
        if found:
            self.wake(start=False)
        self.executor.tend()

    def _fail_broken(self) -> None:
        for run_id, error in list(self._broken.items()):
            event = fail_broken(self.database, run_id, self.process, error)
            del self._broken[run_id]
            if event is not None:
                self.announce(event)

    def _lease_end(self) -> datetime:
        return utc_now() + timedelta(seconds=self.settings.lease_seconds)

    async def _end_tasks(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
