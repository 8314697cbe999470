"""Traces: the spans of a run and what they carried."""

from typing import Any

from core.records import SpanRecord
from core.store import spans as store
from core.store.database import Database

MAX_SPANS = 20_000


class TraceService:
    """Read the trace of a run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spans(self, run_id: str) -> tuple[list[SpanRecord], int]:
        """The first spans (20,000 at most) in the order they started, and how many there are in all."""
        with self._database.read() as db:
            return store.spans(db, run_id, limit=MAX_SPANS), store.span_count(db, run_id)

    def payload(self, span_id: str) -> dict[str, Any]:
        """What a span carried: field name to JSON value; empty when nothing was stored."""
        with self._database.read() as db:
            return store.payload(db, span_id)
