"""A run as JSON text for other tools: its events, or its spans with what they carried."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.records import EventRecord, RunRecord, SpanRecord

Payload = Mapping[str, Any]


def events_json(run: RunRecord, events: Iterable[EventRecord]) -> str:
    """The run and its stored events in order."""
    return _text({"run": asdict(run), "events": [event.flat() for event in events]})


def trace_json(run: RunRecord, spans: Iterable[SpanRecord], payload: Callable[[str], Payload]) -> str:
    """The run and its spans in the order they started, each with its payload."""
    return _text({"run": asdict(run), "spans": [{**asdict(span), "payload": payload(span.id)} for span in spans]})


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
