"""What is looked after while the engine works, besides runs: such as feeding batches and watching for triggers."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

Chore = Callable[[], None]
"""Does what is due now, and returns soon; runs on a thread of its own. Everything that it must not forget is in
the database: it is called again and again, in every process that works on runs, also after a crash."""

EVERY_SECONDS = 1.0

log = logging.getLogger(__name__)


class Chores:
    """The chores of one engine. They are done one after the other: once a second, when a run of a batch
    or of a trigger comes to rest, and when somebody calls."""

    def __init__(self, start: Callable[[], None]) -> None:
        """`start` makes sure that the engine works."""
        self._start = start
        self._chores: list[Chore] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._due: asyncio.Event | None = None
        self._aside: set[asyncio.Task[None]] = set()

    def add(self, chore: Chore) -> None:
        """Do this from now on."""
        self._chores.append(chore)

    def call(self, *, start: bool = False) -> None:
        """There is something to do; with `start` also in a process whose engine does not work yet. From any
        thread."""
        if start:
            self._start()
        loop, due = self._loop, self._due
        if loop is not None and due is not None and not loop.is_closed():
            loop.call_soon_threadsafe(due.set)

    def aside(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """For a chore: do what would hold up the others on the engine's loop, such as asking a model. It is cut
        off when the engine stops."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._begin, work)

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.ensure_future(work())
        self._aside.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._aside.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("Work aside of the chores failed", exc_info=task.exception())

    async def tend(self) -> None:
        """Do them until cancelled; on the engine's loop."""
        self._loop, self._due = asyncio.get_running_loop(), asyncio.Event()
        while True:
            for chore in self._chores:
                try:
                    await asyncio.to_thread(chore)
                except Exception:
                    # One that fails must not keep the others from being done; it is tried again soon.
                    log.exception("A chore failed: %s", chore)
            timer = self._loop.call_later(EVERY_SECONDS, self._due.set)
            await self._due.wait()
            timer.cancel()
            self._due.clear()
