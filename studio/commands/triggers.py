"""`studio triggers`."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from core.errors import InvalidInputError
from core.services.triggers import Trigger
from core.triggers.records import EventStatus, TriggerEventRecord
from studio.commands.opened import opened
from studio.commands.output import one_line, print_json, print_table, say, tell
from studio.view_models.trigger_words import counts_words, router_words, source_words, why


def list_triggers(*, data_dir: Path | None, as_json: bool) -> None:
    """Print all triggers."""
    with opened(data_dir) as core:
        triggers, summaries = core.triggers.all(), core.triggers.summaries()
        names = {record.id: record.name for record in core.organizations.all()}
    if as_json:
        for trigger in triggers:
            summary = summaries.get(trigger.id)
            print_json(_trigger_data(trigger) | {"events": summary.counts if summary else {}})
        return
    if not triggers:
        say("There are no triggers.")
        return
    rows = (
        (
            trigger.id,
            "on" if trigger.enabled else "off",
            one_line(trigger.spec.name, 24),
            one_line(source_words(trigger.spec.source), 40),
            one_line(router_words(trigger.spec.router, names), 30),
            counts_words(summaries.get(trigger.id)),
        )
        for trigger in triggers
    )
    print_table(("ID", "STATE", "NAME", "WHEN", "GOES TO", "EVENTS"), rows)


def list_events(
    trigger_id: str | None, *, status: str | None, page: int, data_dir: Path | None, as_json: bool
) -> None:
    """Print a page of events, newest first."""
    known: tuple[EventStatus, ...] = get_args(EventStatus)
    if status is not None and status not in known:
        raise InvalidInputError(f"There is no status '{status}'.", hint=f"One of: {', '.join(known)}.")
    wanted = [each for each in known if each == status]
    with opened(data_dir) as core:
        if trigger_id is not None:
            core.triggers.get(trigger_id)
        found = core.trigger_inbox.page(trigger_id, statuses=wanted, number=page)
        names = {record.id: record.name for record in core.organizations.all()}
    if as_json:
        for event in found.rows:
            print_json(asdict(event))
        return
    print_table(
        ("ID", "STATUS", "EVENT", "RUN", "RECEIVED", "WHERE OR WHY"), (_row(event, names) for event in found.rows)
    )
    if found.pages > 1:
        tell(f"Page {found.number} of {found.pages}, {found.total} events.")


def replay(event_id: str | None, *, everything: bool, data_dir: Path | None) -> None:
    """Make an event, or all that need somebody, due again."""
    if (event_id is None) == (not everything):
        raise InvalidInputError("It is not clear what to replay.", hint="Name one event, or say --all.")
    with opened(data_dir) as core:
        if event_id is not None:
            core.trigger_inbox.replay(event_id)
        count = 1 if event_id is not None else core.trigger_inbox.replay_all()
    say(f"{count} event{'' if count == 1 else 's'} will be started by the studio that serves this data.")


def _trigger_data(trigger: Trigger) -> dict[str, Any]:
    return {
        "id": trigger.id,
        "enabled": trigger.enabled,
        **trigger.spec.model_dump(mode="json"),
        "created_at": trigger.created_at,
        "updated_at": trigger.updated_at,
    }


def _row(event: TriggerEventRecord, names: dict[str, str]) -> tuple[str, ...]:
    return (
        event.id,
        event.status,
        one_line(event.key, 28),
        event.run_id or "-",
        f"{event.received_at:%Y-%m-%d %H:%M}",
        one_line(why(event, names), 50),
    )
