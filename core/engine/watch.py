"""Following a run: what is stored, then what happens, wherever it is being worked on."""

import asyncio
from collections.abc import AsyncGenerator

from core.engine.live import LOOK, Bus, Frame, Subscriber
from core.store import events
from core.store.database import Database
from core.store.news import News

POLL_SECONDS = 1.0
"""How long a watcher of another process's run waits when nobody tells it to look."""
_LAST = {"run_completed": "completed", "run_failed": "failed", "run_cancelled": "cancelled"}


async def follow(
    database: Database, bus: Bus, news: News, run_id: str, *, after: int
) -> AsyncGenerator[Frame, None]:
    """Event frames without gap or doubling from `after` on, text frames as they come, and at last an end frame."""
    subscriber = Subscriber()
    bus.subscribe(run_id, subscriber)
    seen = after
    hurry = _Hurry(news)
    try:
        async for frame in _all_frames(database, bus, run_id, subscriber, after, hurry):
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
        hurry.set(wanted=False)
        bus.unsubscribe(run_id, subscriber)


class _Hurry:
    """Whether one watcher wants to hear at once of what other processes store."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._wanted = False

    def set(self, *, wanted: bool) -> None:
        if wanted != self._wanted:
            self._wanted = wanted
            self._news.hurry(1 if wanted else -1)


async def _all_frames(
    database: Database, bus: Bus, run_id: str, subscriber: Subscriber, after: int, hurry: _Hurry
) -> AsyncGenerator[Frame, None]:
    """Stored frames and live ones; some come twice, none is missing."""
    seen = after
    for frame in _stored_since(database, run_id, seen):
        seen = frame["event"]["seq"]
        yield frame
    while True:
        hurry.set(wanted=not bus.is_working(run_id))
        taken = await subscriber.take(seconds=POLL_SECONDS)
        frames = [frame for frame in taken if frame is not LOOK]
        for frame in frames:
            if frame["type"] == "event" and frame["event"]["seq"] > seen + 1:
                # Another process has stored something in between.
                for stored in _stored_since(database, run_id, seen):
                    yield stored
            if frame["type"] == "event":
                seen = max(seen, frame["event"]["seq"])
            yield frame
        if (len(frames) == len(taken) and frames) or bus.is_working(run_id):
            continue
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
