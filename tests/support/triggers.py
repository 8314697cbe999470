"""Triggers for tests: organizations that answer at once, and senders who sign."""

from typing import Any

import orjson

from core.bootstrap import Core
from core.ids import new_id
from core.organization.spec import AgentSpec, Organization
from core.triggers.records import TriggerEventRecord
from core.triggers.signatures import signed_headers
from core.triggers.spec import AlwaysRouter, TriggerSpec, WebhookSource
from tests.support.studio import until


def desk(name: str = "Desk", description: str = "") -> Organization:
    """One agent, no tools."""
    return Organization(
        name=name,
        description=description,
        entry="clerk",
        agents=[AgentSpec(name="clerk", instructions="Answer in one sentence.")],
    )


def webhook(core: Core, organization_id: str = "", **changes: Any) -> tuple[str, str]:
    """Id and secret of a webhook that sends all events to an organization (a new one by default)."""
    chosen = organization_id or core.organizations.create_named(desk(), note="")
    spec = TriggerSpec(name="Hooks", source=WebhookSource(), router=AlwaysRouter(organization_id=chosen))
    return core.triggers.create(spec.model_copy(update=changes))


def posted(payload: Any, secret: str, *, key: str = "", **changes: str) -> tuple[dict[str, str], bytes]:
    """Headers and body as a sender who knows the secret makes them."""
    body = orjson.dumps(payload)
    headers = signed_headers("standard", secret, key=key or new_id("msg"), body=body)
    return headers | {"content-type": "application/json"} | changes, body


def event_reaching(core: Core, trigger_id: str, key: str, *statuses: str) -> TriggerEventRecord:
    """An event, once it has one of the statuses."""

    def reached() -> TriggerEventRecord | None:
        found = core.trigger_inbox.named(trigger_id, key)
        return found if found is not None and found.status in statuses else None

    found: TriggerEventRecord = until(reached)
    return found
