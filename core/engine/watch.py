"""Following a run: what is stored, then what happens, wherever it is being worked on."""

import asyncio
from collections.abc import AsyncGenerator

from core.engine.live import Bus, Frame, Subscriber
from core.store import events
from core.store.database import Database

POLL_SECONDS = 0.25
_LAST = {"run_completed": "completed", "run_failed": "failed", "run_cancelled": "cancelled"}


async def follow(database: Database, bus: Bus, run_id: str, *, after: int) -> AsyncGenerator[Frame, None]:
    """Event frames without gap or doubling from `after` on, text frames as they come, and at last an end frame."""
    subscriber = Subscriber()
    bus.subscribe(run_id, subscriber)
    seen = after
    try:
        async for frame in _all_frames(database, bus, run_id, subscriber, after):
            if frame["type"] == "event":
                if frame["event"]["seq"] <= seen:
                    continue
                seen = frame["event"]["seq"]
            yield frame
            if (
                frame["type"] == "event"
                and frame["event"]["kind"] in _LAST
                and not _goes_on(database, run_id, seen)
            ):
                yield {"type": "end", "status": _LAST[frame["event"]["kind"]]}
                return
    finally:
        bus.unsubscribe(run_id, subscriber)


async def _all_frames(
    database: Database, bus: Bus, run_id: str, subscriber: Subscriber, after: int
) -> AsyncGenerator[Frame, None]:
    """Stored frames and live ones; some come twice, none is missing."""
    seen = after
    for frame in _stored_since(database, run_id, seen):
        seen = frame["event"]["seq"]
        yield frame
    while True:
        frames = await subscriber.take(seconds=POLL_SECONDS)
        for frame in frames:
            if frame["type"] == "event" and frame["event"]["seq"] > seen + 1:
                # Another process has stored something in between.
                for stored in _stored_since(database, run_id, seen):
                    yield stored
            if frame["type"] == "event":
                seen = max(seen, frame["event"]["seq"])
            yield frame
        if not frames and not bus.is_working(run_id):
            for frame in await asyncio.to_thread(_stored_since, database, run_id, seen):
                seen = frame["event"]["seq"]
                yield frame


def _goes_on(database: Database, run_id: str, seen: int) -> bool:
    """Whether the run was tried again after this event, which says that it ended."""
    with database.glance() as db:
        return bool(events.events(db, run_id, after=seen, limit=1))


def _stored_since(database: Database, run_id: str, after: int) -> list[Frame]:
    with database.glance() as db:
        return [{"type": "event", "event": event.flat()} for event in events.events(db, run_id, after=after)]
