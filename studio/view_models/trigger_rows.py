"""Triggers and their events as they are listed."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from core.services.triggers import Trigger
from core.triggers.records import TriggerEventRecord, TriggerSummary
from studio.view_models.relative_time import exact, relative
from studio.view_models.run_rows import cell, one_line
from studio.view_models.trigger_words import STATUSES, counts_words, router_words, source_words, why

TRIGGER_COLUMNS = {
    "state": "State",
    "trigger": "Trigger",
    "when": "When",
    "to": "Goes to",
    "events": "Events",
    "last": "Last event",
}
DEAD_COLUMNS = {
    "state": "State",
    "event": "Event",
    "trigger": "Trigger",
    "why": "Why",
    "received": "Received",
}
EVENT_COLUMNS = {"state": "State", "event": "Event", "why": "Went to, or why not", "received": "Received"}


def trigger_rows(
    triggers: Iterable[Trigger],
    summaries: Mapping[str, TriggerSummary],
    names: Mapping[str, str],
    *,
    now: datetime,
    zone: tzinfo | None = None,
) -> list[dict[str, Any]]:
    """One mapping of texts for each trigger; `names` are those of the organizations."""
    return [_trigger_row(trigger, summaries.get(trigger.id), names, now, zone) for trigger in triggers]


def event_rows(
    events: Iterable[TriggerEventRecord],
    names: Mapping[str, str],
    *,
    now: datetime,
    zone: tzinfo | None = None,
    triggers: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """One mapping of texts for each event; `triggers` are their names, for `DEAD_COLUMNS`."""
    return [_event_row(event, names, now, zone, triggers or {}) for event in events]


def _trigger_row(
    trigger: Trigger,
    summary: TriggerSummary | None,
    names: Mapping[str, str],
    now: datetime,
    zone: tzinfo | None,
) -> dict[str, Any]:
    when, to = source_words(trigger.spec.source), router_words(trigger.spec.router, names)
    last = summary.last_at if summary else None
    on = trigger.enabled
    return {
        "id": trigger.id,
        "href": f"triggers?trigger={trigger.id}",
        "cells": {
            "state": cell("On" if on else "Off", icon="toggle_on" if on else "toggle_off"),
            "trigger": cell(trigger.spec.name),
            "when": cell(when, title=when),
            "to": cell(to, title=to),
            "events": cell(counts_words(summary)),
            "last": cell(relative(last, now), title=exact(last, zone)),
        },
    }


def _event_row(
    event: TriggerEventRecord,
    names: Mapping[str, str],
    now: datetime,
    zone: tzinfo | None,
    triggers: Mapping[str, str],
) -> dict[str, Any]:
    look, words = STATUSES[event.status], why(event, names)
    return {
        "id": event.id,
        "href": f"triggers?trigger={event.trigger_id}&event={event.id}",
        "cells": {
            "state": cell(
                look.word, icon=look.icon.removeprefix(":material/").removesuffix(":"), colour=look.colour
            ),
            "event": cell(event.key, title=event.key),
            "trigger": cell(triggers.get(event.trigger_id, "")),
            "why": cell(one_line(words), title=words, tag="simulated" if event.simulated else ""),
            "received": cell(relative(event.received_at, now), title=exact(event.received_at, zone)),
        },
    }
