"""Ends open streams when the server is told to stop, which otherwise waits for them."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_stop: asyncio.Event | None = None


def stop_event() -> asyncio.Event:
    """Set when the server is about to stop; belongs to the server's event loop."""
    global _stop
    if _stop is None:
        _stop = asyncio.Event()
    return _stop


@contextmanager
def end_streams_on_signal() -> Iterator[None]:
    """Set `stop_event` on SIGTERM and SIGINT, before the server's own handlers run."""
    global _stop
    loop, stop = asyncio.get_running_loop(), stop_event()
    before: dict[signal.Signals, Any] = {}

    def handler(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)
        earlier = before[signal.Signals(number)]
        if callable(earlier):
            earlier(number, frame)

    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            before[number] = signal.signal(number, handler)
    except ValueError:
        # Not the main thread (a test server): whoever runs the loop stops it by other means.
        before.clear()
    try:
        yield
    finally:
        stop.set()
        # Another server of this process begins with an event of its own.
        _stop = None
        for number, earlier in before.items():
            signal.signal(number, earlier)
