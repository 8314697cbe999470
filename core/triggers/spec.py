"""Triggers as data: frozen, tagged unions, JSON both ways.

Expressions are CEL and templates have CEL in double braces, as in workflows; here they see one variable, `event`:

* `event.id`: what the sender calls it; the same id never runs twice
* `event.trigger`: the trigger's name
* `event.received_at`: when it was accepted, ISO 8601 in UTC
* `event.payload`: the body of a webhook; of a schedule `{slot, zone}`; of a file `{name, path, size, modified_at,
  text}`
* `event.headers`: of a webhook those that hold no secrets, in small letters: `event.headers["x-github-event"]`
"""

from typing import Annotated, Literal

from pydantic import Field

from core.organization.base import Name, Spec

# -- where events come from ---------------------------------------------------------------------------


class WebhookSource(Spec):
    """Somebody posts JSON to the studio, signed with a secret that both know."""

    kind: Literal["webhook"] = "webhook"
    scheme: Literal["standard", "github"] = "standard"
    """`standard`: Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`); `github`: GitHub's
    `X-Hub-Signature-256` and `X-GitHub-Delivery`."""


class ScheduleSource(Spec):
    """The clock says so."""

    kind: Literal["schedule"] = "schedule"
    cron: str = "0 9 * * 1-5"
    """Minute, hour, day of the month, month, day of the week."""
    zone: str = "UTC"
    """IANA name, such as `Europe/Berlin`."""
    missed: Literal["skip", "last", "all"] = "last"
    """What becomes of the times at which the studio was down."""


class FolderSource(Spec):
    """Files appear in a folder of the machine that the studio runs on."""

    kind: Literal["folder"] = "folder"
    path: str = ""
    pattern: str = "*"
    """Which files, as in a shell; `**/*.txt` looks into the folders below, too."""
    settle_seconds: float = Field(default=2.0, ge=0, le=3600)
    """A file is taken when it has not changed for so long."""
    existing: Literal["leave", "take"] = "leave"
    """What becomes of files that are there when the trigger is made."""


Source = Annotated[WebhookSource | ScheduleSource | FolderSource, Field(discriminator="kind")]

# -- where they go ------------------------------------------------------------------------------------


class AlwaysRouter(Spec):
    """All events go to one organization."""

    kind: Literal["always"] = "always"
    organization_id: str = ""


class Rule(Spec):
    """One line of a router."""

    condition: str = ""
    """A CEL expression over `event`."""
    organization_id: str = ""


class RulesRouter(Spec):
    """The first rule that holds decides."""

    kind: Literal["rules"] = "rules"
    rules: list[Rule] = Field(default_factory=list)
    default: str | None = None
    """The organization of events that no rule fits; None puts them among the dead letters."""


class AgentRouter(Spec):
    """A model chooses one of the organizations, or none."""

    kind: Literal["agent"] = "agent"
    instructions: str = ""
    organization_ids: list[str] = Field(default_factory=list)
    model: str | None = None
    """`provider/model`, or None for the studio's default model."""


Router = Annotated[AlwaysRouter | RulesRouter | AgentRouter, Field(discriminator="kind")]


class TriggerSpec(Spec):
    """A whole trigger."""

    name: Name
    source: Source
    router: Router
    template: str = "{{ event.payload }}"
    """What the organization is told."""


def organizations_of(router: AlwaysRouter | RulesRouter | AgentRouter) -> list[str]:
    """Ids of all organizations that the router may choose, in its order, each once."""
    match router:
        case AlwaysRouter():
            chosen = [router.organization_id]
        case RulesRouter():
            chosen = [rule.organization_id for rule in router.rules] + ([router.default] if router.default else [])
        case AgentRouter():
            chosen = list(router.organization_ids)
    return list(dict.fromkeys(chosen))


def usual_template(kind: Literal["webhook", "schedule", "folder"]) -> str:
    """What a new trigger of that kind tells its organization."""
    match kind:
        case "webhook":
            return "{{ event.payload }}"
        case "schedule":
            return "It is {{ event.payload.slot }}. Please do what is due."
        case "folder":
            return "File {{ event.payload.name }}:\n\n{{ event.payload.text }}"
