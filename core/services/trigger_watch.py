"""The chore that looks at the clock and into folders, and accepts what is due."""

import logging
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from core.engine.host import Engine
from core.errors import InvalidInputError
from core.ids import utc_now
from core.services.trigger_inbox import TriggerInbox, new_event
from core.services.triggers import spec_of
from core.store import trigger_events as event_store
from core.store import triggers as store
from core.store.database import Database
from core.store.fast_rows import FastConnection
from core.triggers.folder import Watch, list_files, read_file
from core.triggers.records import TriggerRecord
from core.triggers.schedule import due_times
from core.triggers.spec import FolderSource, ScheduleSource

MOST_AT_ONCE = 50
"""So many files are read before others get a turn."""
SHARE = 10
"""A folder is looked into for at most one part in so many of the time."""

log = logging.getLogger(__name__)


class TriggerWatch:
    """Turns times and files into events. What it keeps in memory only saves work: keys keep an event from coming
    twice, also from several processes."""

    def __init__(self, database: Database, engine: Engine, inbox: TriggerInbox) -> None:
        self._database = database
        self._engine = engine
        self._inbox = inbox
        self._folders: dict[tuple[str, str], Watch] = {}
        self._not_before: dict[str, float] = {}
        self._told: dict[str, str] = {}

    def tend(self) -> None:
        """Accept what is due now."""
        if not self._engine.recovers:
            # A process that ends with its one run, such as a command.
            return
        with self._database.read() as db:
            found = store.triggers(db, kinds=("schedule", "folder"), working=True)
        for record in found:
            source = spec_of(record).source
            if isinstance(source, ScheduleSource):
                self._look_at_clock(record, source, utc_now())
            elif isinstance(source, FolderSource):
                self._look_into_folder(record, source)

    def _look_at_clock(self, record: TriggerRecord, source: ScheduleSource, now: datetime) -> None:
        # A clock that was set back: what ran before is known by its key.
        since = min(record.watched_until or now, now)
        due = due_times(source, watched_until=since, now=now)
        if not due and record.watched_until is not None and record.watched_until <= now:
            return
        with self._database.session() as db:
            # Only one process gets to move the hand, so that only one says what was due.
            if not store.move_watch(db, record.id, before=record.watched_until, now=now):
                return
            for at in due:
                payload = {"slot": at.astimezone(ZoneInfo(source.zone)).isoformat(), "zone": source.zone}
                key = at.strftime("%Y-%m-%dT%H:%M:%SZ")
                event_store.add_event(FastConnection.within(db), record.id, new_event(key, payload))

    def _look_into_folder(self, record: TriggerRecord, source: FolderSource) -> None:
        began = time.monotonic()
        if began < self._not_before.get(record.id, 0):
            return
        watch = self._folders.setdefault((record.id, source.model_dump_json()), Watch())
        try:
            files = list_files(source)
        except InvalidInputError as error:
            # The page says so, too; here once, not every second.
            if self._told.get(record.id) != error.message:
                log.warning("Trigger %s: %s", record.id, error.message)
            self._told[record.id] = error.message
            return
        self._told.pop(record.id, None)
        ready = watch.settled(files, record.left, settle=source.settle_seconds, now=began)
        for seen in ready[:MOST_AT_ONCE]:
            found = read_file(source, seen)
            if found is not None:
                self._inbox.accept(record.id, found.key, found.payload, error=found.problem)
                watch.done(seen)
        self._not_before[record.id] = time.monotonic() + (time.monotonic() - began) * SHARE
