"""What one working run writes: numbered events, spans and journal rows, in batches of at most 50 ms."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from core.engine.events import Event, TextDelta
from core.engine.live import Bus
from core.errors import DatabaseUnavailableError
from core.ids import utc_now
from core.records import EventRecord
from core.store.database import Database, FastConnection
from core.store.run_writes import RunBatch, end_segment, write_batch

BATCH_SECONDS = 0.05
SHARED_BATCH_SECONDS = 0.03
"""Where pages of other processes wait for what is stored."""


@dataclass(slots=True)
class _OpenText:
    first: TextDelta
    parts: list[str] = field(default_factory=list)


class RunWriter:
    """Numbers events, tells watchers at once, and stores everything soon after. Thread-safe."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        run_id: str,
        epoch: int,
        *,
        next_seq: int,
        on_lost: Callable[[Exception], None],
    ) -> None:
        self._database = database
        self._batch_seconds = SHARED_BATCH_SECONDS if database.is_shared else BATCH_SECONDS
        self._bus = bus
        self.run_id = run_id
        self._epoch = epoch
        self._seq = next_seq - 1
        self._on_lost = on_lost
        self._batch = RunBatch()
        self._text: dict[str, _OpenText] = {}
        self._repeats: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._timer: asyncio.TimerHandle | None = None
        self._together = False
        self._lost: DatabaseUnavailableError | None = None

    def refuse_if_lost(self) -> None:
        """Raises DatabaseUnavailableError when something could not be stored because the database was gone: what
        came after it must not be stored either."""
        if self._lost is not None:
            raise self._lost

    def expect_repeats(self, events: Iterable[EventRecord]) -> None:
        """Events that a replay will tell again: each is then left out once."""
        self._repeats.update(_identity(event.kind, event.data) for event in events)

    def emit(self, event: Event) -> None:
        """Append a fact."""
        data = event.data()
        with self._lock:
            if self._repeats and self._is_repeat(event.kind, data):
                return
            self._close_texts()
            self._append(event.kind, data)

    def text(self, delta: TextDelta) -> None:
        """Show a piece of text at once; it is stored together with its neighbours."""
        with self._lock:
            self._bus.publish(self.run_id, {"type": "text", "text": {"kind": delta.kind, **delta.data()}})
            opened = self._text.setdefault(delta.call, _OpenText(delta))
            opened.parts.append(delta.text)
            self._schedule()

    def span_started(self, span_id: str, values: dict[str, Any]) -> None:
        """A new span; `values` are the columns."""
        with self._lock:
            self._batch.spans[span_id] = values
            self._schedule()

    def span_ended(self, span_id: str, values: dict[str, Any]) -> None:
        """The span's last columns; a span that is not stored yet is stored complete."""
        with self._lock:
            fresh = self._batch.spans.get(span_id)
            if fresh is not None:
                fresh.update(values)
            else:
                self._batch.ended_spans[span_id] = {
                    "span_id": span_id,
                    **{f"new_{name}": value for name, value in values.items()},
                }
            self._schedule()

    def payload(self, row: dict[str, Any], blobs: dict[str, bytes]) -> None:
        """A field of a span, and the blobs that it refers to."""
        with self._lock:
            self._batch.payloads.append(row)
            self._batch.blobs.update(blobs)
            self._schedule()

    def keep_together(self) -> None:
        """The spans so far are stored together with what is written next."""
        with self._lock:
            self._together = True

    def journal(self, row: dict[str, Any], *, at_once: bool) -> None:
        """A journal row; with `at_once` it is stored when this returns."""
        with self._lock:
            self._batch.journal.append({"run_id": self.run_id, **row})
            if at_once:
                self._flush_facts()
            else:
                self._schedule()

    def result(self, key: str, fingerprint: str, data: dict[str, Any] | None) -> None:
        """The result of a journal row that stands already; it is stored when this returns."""
        row = {"journal_run": self.run_id, "journal_key": key, "new_fingerprint": fingerprint, "new_data": data}
        with self._lock:
            self._batch.results.append(row)
            self._flush_facts()

    def approvals(self, rows: list[dict[str, Any]]) -> None:
        """Questions to a person; they are stored, and can be decided, when this returns."""
        with self._lock:
            self._batch.approvals += rows
            self._flush_facts()

    def withdraw_approvals(self, approval_ids: list[str]) -> None:
        """Nobody needs to decide these any more."""
        with self._lock:
            change = {"before": "pending", "after": "expired"}
            self._batch.withdrawn += [{"approval": approval_id, **change} for approval_id in approval_ids]
            self._flush_facts()

    def flush(self) -> None:
        """Store what has gathered. Raises ConflictError when another process took the run over."""
        with self._lock:
            self._close_texts()
            if self._batch:
                self._store(self._take_all())

    def finish(self, event: Event, values: dict[str, Any], *, also: Callable[[Any], None] | None = None) -> None:
        """Append the last fact of a segment and set the run's columns, in one transaction with the rest; `also`
        may write more on the same connection."""
        with self._lock:
            self._repeats.clear()
            self.refuse_if_lost()
            self._close_texts()
            record = self._next(event.kind, event.data())
            batch = self._take_all()
            told = self._bus.mark(self.run_id)
            if also is None:
                with self._database.fast() as fast:
                    self._end(fast, batch, values)
            else:
                with self._database.batch() as connection:
                    self._end(FastConnection.of(connection), batch, values)
                    also(connection)
            self._bus.stored_up_to(self.run_id, told)
            # Told only now: whoever hears that a run has ended will find it so.
            self._bus.publish(self.run_id, {"type": "event", "event": record.flat()}, stored=True)

    def _end(self, connection: FastConnection, batch: RunBatch, values: dict[str, Any]) -> None:
        write_batch(connection, self.run_id, self._epoch, batch)
        end_segment(connection, self.run_id, self._epoch, values)

    def _flush_facts(self) -> None:
        self._close_texts()
        self._store(self._take_all() if self._together else self._batch.take_facts())

    def _take_all(self) -> RunBatch:
        batch, self._batch = self._batch, RunBatch()
        self._together = False
        return batch

    def _store(self, batch: RunBatch) -> None:
        self.refuse_if_lost()
        told = self._bus.mark(self.run_id)
        try:
            with self._database.fast() as connection:
                write_batch(connection, self.run_id, self._epoch, batch)
        except DatabaseUnavailableError as error:
            self._lost = error
            raise
        self._bus.stored_up_to(self.run_id, told)

    def close(self) -> None:
        """No more batches."""
        if self._timer is not None:
            self._timer.cancel()

    def _append(self, kind: str, data: dict[str, Any]) -> None:
        record = self._next(kind, data)
        self._bus.publish(self.run_id, {"type": "event", "event": record.flat()})
        self._schedule()

    def _next(self, kind: str, data: dict[str, Any]) -> EventRecord:
        self._seq += 1
        record = EventRecord(self.run_id, self._seq, kind, utc_now(), data)
        self._batch.events.append(
            {"run_id": self.run_id, "seq": record.seq, "kind": kind, "at": record.at, "data": data}
        )
        return record

    def _close_texts(self) -> None:
        for opened in self._text.values():
            delta = opened.first
            self._append(delta.kind, {**delta.data(), "text": "".join(opened.parts)})
        self._text.clear()

    def _is_repeat(self, kind: str, data: dict[str, Any]) -> bool:
        identity = _identity(kind, data)
        if not identity or self._repeats[identity] <= 0:
            return False
        self._repeats[identity] -= 1
        return True

    def _schedule(self) -> None:
        if self._timer is None:
            self._timer = _NO_TIMER
            if threading.get_ident() == self._thread:
                self._start_timer()
            else:
                self._loop.call_soon_threadsafe(self._start_timer)

    def _start_timer(self) -> None:
        self._timer = self._loop.call_later(self._batch_seconds, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        try:
            self.flush()
        except Exception as error:  # noqa: BLE001
            # A timer has no caller to raise to: whatever keeps the run from being stored must end it.
            self._on_lost(error)


_NO_TIMER: Any = type("_Pending", (), {"cancel": lambda self: None})()
_REPEATABLE = {
    "agent_started": ("agent", "path"),
    "tool_called": ("call_id",),
    "tool_completed": ("call_id",),
    "tool_failed": ("call_id",),
    "handoff_occurred": ("source", "target", "path"),
    "guardrail_checked": ("guardrail", "agent", "stage", "path"),
}


def _identity(kind: str, data: dict[str, Any]) -> str:
    names = _REPEATABLE.get(kind)
    return "" if names is None else f"{kind}:{[data.get(name, '') for name in names]}"
