"""Whether a segment may go on: asked before every model call. A pause lets finish what is at work, and starts
nothing new; the journal holds what has come of it, so going on later is the same as recovery."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.sdk.api_failures import Failure

QUIET_SECONDS = 0.02
"""How long nothing must be at work: parallel branches come to their next model call one after the other."""


class Control:
    """The reins of one segment, on the engine's loop."""

    def __init__(self, task: "asyncio.Task[None]") -> None:
        """`task` works on the segment; it is cancelled where the run is to stop."""
        self._task = task
        self._loop = asyncio.get_running_loop()
        self._pausing = False
        self._at_work = 0
        self._held: dict[str, None] = {}
        self.over_budget: Callable[[], Failure | None] = lambda: None
        """Why nothing more may be spent; None while something may."""
        self.failure: Failure | None = None
        """Why the run ends, when a budget ends it."""
        self.paused_at: tuple[str, ...] | None = None
        """Keys of the model calls that come next, when it has come to rest for a pause."""

    @property
    def at_rest(self) -> bool:
        """Whether it was this that ended the segment."""
        return self.paused_at is not None or self.failure is not None

    def pause(self) -> None:
        """Come to rest after the present turn."""
        self._pausing = True

    async def before_model_call(self, key: str) -> None:
        """Returns if the model may be asked; else it never does, and the segment is cancelled soon."""
        if not self._pausing and self.over_budget() is None:
            return
        self._held[key] = None
        self._rest_soon()
        try:
            await self._loop.create_future()
        finally:
            self._held.pop(key, None)

    @contextmanager
    def working(self) -> Iterator[None]:
        """A model or a tool is at work in the block: a pause waits for it."""
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1
            self._rest_soon()

    def _rest_soon(self) -> None:
        if self._held and not self._at_work:
            self._loop.call_later(QUIET_SECONDS, self._rest)

    def _rest(self) -> None:
        if self.at_rest or not self._held or self._at_work:
            return
        self.failure = self.over_budget()
        if self.failure is None:
            self.paused_at = tuple(self._held)
        self._task.cancel()
