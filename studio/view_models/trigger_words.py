"""Triggers, their events and where they go, in words."""

import json
from collections.abc import Mapping
from typing import Any

from core.triggers.records import EventStatus, TriggerEventRecord, TriggerSummary
from core.triggers.schedule import schedule_words
from core.triggers.spec import (
    AgentRouter,
    AlwaysRouter,
    FolderSource,
    Router,
    RulesRouter,
    ScheduleSource,
    Source,
    WebhookSource,
)
from studio.view_models.status import StatusLook

KINDS = {
    "webhook": ":material/webhook: Webhook",
    "schedule": ":material/schedule: Schedule",
    "folder": ":material/folder_open: Folder",
}
SCHEMES = {"standard": "Standard Webhooks", "github": "GitHub"}
MISSED = {
    "last": "Run the last one",
    "all": "Run all of them",
    "skip": "Leave them out",
}
EXISTING = {"leave": "Leave them", "take": "Take them, too"}
ROUTERS = {"always": "One organization", "rules": "Rules", "agent": "An agent chooses"}
STATUSES: dict[EventStatus, StatusLook] = {
    "received": StatusLook(":material/schedule:", "Waiting", "gray"),
    "started": StatusLook(":material/progress_activity:", "Started", "blue"),
    "done": StatusLook(":material/check_circle:", "Done", "green"),
    "failed": StatusLook(":material/error:", "Run failed", "red"),
    "dead": StatusLook(":material/unsubscribe:", "Not started", "red"),
    "discarded": StatusLook(":material/delete:", "Discarded", "gray"),
}


def source_words(source: Source) -> str:
    """`Webhook (GitHub)`, `At 09:00 on Monday through Friday (Europe/Berlin)`, `/srv/inbox/*.txt`."""
    match source:
        case WebhookSource():
            return f"Webhook ({SCHEMES[source.scheme]})"
        case ScheduleSource():
            return f"{schedule_words(source)} ({source.zone})"
        case FolderSource():
            return f"{source.path.rstrip('/')}/{source.pattern}"


def router_words(router: Router, names: Mapping[str, str]) -> str:
    """Where the events go: `Event desk`, `2 rules: Refunds, Repairs`, `An agent chooses: Refunds, Repairs`."""

    def named(ids: list[str]) -> str:
        return ", ".join(dict.fromkeys(names.get(each, "a deleted organization") for each in ids))

    match router:
        case AlwaysRouter():
            return named([router.organization_id])
        case RulesRouter():
            count = len(router.rules)
            chosen = [rule.organization_id for rule in router.rules] + ([router.default] if router.default else [])
            return f"{count} rule{'' if count == 1 else 's'}: {named(chosen)}"
        case AgentRouter():
            return f"An agent chooses: {named(router.organization_ids)}"


def counts_words(summary: TriggerSummary | None) -> str:
    """`12 events, 1 waiting, 2 need you`."""
    if summary is None:
        return "No events yet"
    counts = summary.counts
    parts = [f"{summary.total:,} event{'' if summary.total == 1 else 's'}"]
    if waiting := counts.get("received", 0):
        parts.append(f"{waiting:,} waiting")
    if needed := needs_somebody(summary):
        parts.append(f"{needed:,} need{'s' if needed == 1 else ''} you")
    return ", ".join(parts)


def needs_somebody(summary: TriggerSummary | None) -> int:
    """How many events of it are dead letters."""
    return summary.counts.get("dead", 0) + summary.counts.get("failed", 0) if summary else 0


def why(event: TriggerEventRecord, names: Mapping[str, str]) -> str:
    """Where an event went, or why it did not."""
    if event.error or event.run_error:
        return event.error or event.run_error or ""
    if event.routed_to is None:
        return ""
    return f"{names.get(event.routed_to, 'a deleted organization')}: {event.reason}"


def example_payload(kind: str, samples: list[str]) -> str:
    """An example to send or to try, as JSON text: a sample of the organization, when it is an object."""
    for sample in samples:
        try:
            value = json.loads(sample)
        except json.JSONDecodeError:
            continue
        if isinstance(value, dict):
            return shown_json(value)
    match kind:
        case "schedule":
            return shown_json({"slot": "2026-11-23T09:00:00+01:00", "zone": "Europe/Berlin"})
        case "folder":
            text = samples[0] if samples else "Three desk lamps, please."
            return shown_json({"name": "order.txt", "path": "order.txt", "size": len(text.encode()), "text": text})
        case _:
            return shown_json({"type": "example", "text": samples[0] if samples else "Hello!"})


def shown_json(value: Any) -> str:
    """JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)
