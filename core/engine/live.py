"""The in-memory bus between working runs and whoever watches them in this process.

Frames are JSON data: `{"type": "event", "event": {...}}`, `{"type": "text", "text": {...}}` and, at the very end,
`{"type": "end", "status": "..."}`.
"""

import asyncio
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

Frame = dict[str, Any]
LOOK: Frame = {"type": "look"}
"""Not for the outside: there is something in the database."""

REST_SECONDS = 0.010
"""How long a watcher rests after a look: half of the time between two tokens at 50 a second."""


class Subscriber:
    """One watcher, on the event loop that makes it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._frames: deque[Frame] = deque()
        self._ready = asyncio.Event()
        self._called = False
        self._looked = 0.0

    def push(self, frame: Frame) -> None:
        """Hand a frame over from any thread; a watcher whose loop is gone is skipped."""
        self._frames.append(frame)
        if self._called:
            # Waking another thread's loop costs more than the frame: once is enough until it has looked.
            return
        self._called = True
        try:
            self._loop.call_soon_threadsafe(self._ready.set)
        except RuntimeError:
            # The loop was closed between the watcher's last look and now; it will not read any more.
            return

    async def take(self, *, seconds: float) -> list[Frame]:
        """The frames that have come, as soon as there are any; empty after `seconds` without. Frames in close
        succession come together."""
        rest = self._looked + REST_SECONDS - self._loop.time()
        if rest > 0:
            await asyncio.sleep(rest)
        self._ready.clear()
        self._called = False
        if not self._frames:
            # A timer of our own: `wait_for` makes a task for every look.
            timer = self._loop.call_later(seconds, self._ready.set)
            await self._ready.wait()
            timer.cancel()
        self._called = True
        self._looked = self._loop.time()
        return [self._frames.popleft() for _ in range(len(self._frames))]


@dataclass(slots=True)
class _Channel:
    subscribers: list[Subscriber] = field(default_factory=list)
    unstored: list[Frame] = field(default_factory=list)
    working: bool = False


class Bus:
    """Frames by run. What is not stored yet is kept, so that a newcomer misses nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channels: dict[str, _Channel] = {}

    def publish(self, run_id: str, frame: Frame, *, stored: bool = False) -> None:
        """Give a frame to all watchers of the run; until `stored_up_to`, newcomers get it too."""
        with self._lock:
            channel = self._channels.setdefault(run_id, _Channel())
            if not stored:
                channel.unstored.append(frame)
            for subscriber in channel.subscribers:
                subscriber.push(frame)

    def mark(self, run_id: str) -> int:
        """How many frames of the run are not stored at this moment."""
        with self._lock:
            return len(self._channels.setdefault(run_id, _Channel()).unstored)

    def stored_up_to(self, run_id: str, count: int) -> None:
        """The oldest `count` unstored frames are in the database now."""
        with self._lock:
            del self._channels.setdefault(run_id, _Channel()).unstored[:count]

    def nudge(self, run_id: str) -> None:
        """Something of the run was stored; who watches it from afar should look."""
        with self._lock:
            channel = self._channels.get(run_id)
            if channel is not None and not channel.working:
                for subscriber in channel.subscribers:
                    subscriber.push(LOOK)

    def nudge_all(self) -> None:
        """Something was stored; who watches from afar should look."""
        with self._lock:
            for channel in self._channels.values():
                if not channel.working:
                    for subscriber in channel.subscribers:
                        subscriber.push(LOOK)

    def set_working(self, run_id: str, *, working: bool) -> None:
        """Say whether this process works on the run, so that watchers need not look into the database."""
        with self._lock:
            self._channels.setdefault(run_id, _Channel()).working = working
            self._drop_if_idle(run_id)

    def is_working(self, run_id: str) -> bool:
        """Whether this process works on the run."""
        with self._lock:
            channel = self._channels.get(run_id)
            return channel is not None and channel.working

    def subscribe(self, run_id: str, subscriber: Subscriber) -> None:
        """Watch a run; what is not stored yet comes first."""
        with self._lock:
            channel = self._channels.setdefault(run_id, _Channel())
            channel.subscribers.append(subscriber)
            for frame in channel.unstored:
                subscriber.push(frame)

    def unsubscribe(self, run_id: str, subscriber: Subscriber) -> None:
        """Stop watching."""
        with self._lock:
            channel = self._channels.get(run_id)
            if channel is not None and subscriber in channel.subscribers:
                channel.subscribers.remove(subscriber)
            self._drop_if_idle(run_id)

    def _drop_if_idle(self, run_id: str) -> None:
        channel = self._channels.get(run_id)
        if channel and not channel.working and not channel.subscribers:
            del self._channels[run_id]
