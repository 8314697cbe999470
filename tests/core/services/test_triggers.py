"""Triggers are made, changed and tried; what makes no sense is refused in words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.bootstrap import Core
from core.errors import InvalidInputError, NotFoundError, ProviderError
from core.services.triggers import SecretLostError
from core.triggers.routing import NotRoutedError
from core.triggers.signatures import SignatureError
from core.triggers.spec import (
    AgentRouter,
    AlwaysRouter,
    FolderSource,
    Rule,
    RulesRouter,
    ScheduleSource,
    TriggerSpec,
    WebhookSource,
)
from tests.support.studio import open_studio
from tests.support.triggers import desk, posted, webhook


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Core]:
    with open_studio(tmp_path / "studio") as core:
        yield core


def spec(organization_id: str, **changes: Any) -> TriggerSpec:
    made = TriggerSpec(name="T", source=ScheduleSource(), router=AlwaysRouter(organization_id=organization_id))
    return made.model_copy(update=changes)


def test_a_trigger_is_kept_changed_switched_and_brought_back(studio: Core) -> None:
    organization = studio.organizations.create(desk())
    trigger_id, secret = studio.triggers.create(spec(organization))
    assert secret == ""

    changed = spec(organization, name="Mornings", source=ScheduleSource(cron="0 7 * * *", zone="Europe/Berlin"))
    studio.triggers.save(trigger_id, changed)
    studio.triggers.set_enabled(trigger_id, False)

    found = studio.triggers.get(trigger_id)
    assert (found.spec, found.enabled) == (changed, False)
    studio.triggers.delete(trigger_id)
    assert studio.triggers.all() == []
    with pytest.raises(NotFoundError):
        studio.triggers.get(trigger_id)
    studio.triggers.restore(trigger_id)
    assert [each.spec.name for each in studio.triggers.all()] == ["Mornings"]


def test_what_makes_no_sense_is_refused(studio: Core, tmp_path: Path) -> None:
    organization = studio.organizations.create(desk())
    gone = studio.organizations.create(desk("Gone"))
    studio.organizations.delete(gone)
    rule = Rule(condition="event.payload.ok", organization_id=organization)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"router": AlwaysRouter()}, "No organization is chosen"),
        ({"router": AlwaysRouter(organization_id=gone)}, "does not exist any more"),
        ({"router": RulesRouter()}, "no rules"),
        (
            {"router": RulesRouter(rules=[rule.model_copy(update={"condition": "event.("})])},
            "Rule 1: .*cannot be read",
        ),
        (
            {"router": RulesRouter(rules=[rule.model_copy(update={"condition": "output.ok"})])},
            "'output' is no variable",
        ),
        ({"router": RulesRouter(rules=[rule], default=gone)}, "does not exist"),
        ({"router": AgentRouter(organization_ids=[organization])}, "no instructions"),
        ({"router": AgentRouter(instructions="Choose.")}, "no organizations"),
        ({"template": " "}, "template is empty"),
        ({"template": "{{ event. }}"}, "template has a mistake"),
        ({"template": "{{ input }}"}, "'input' is no variable; there is event"),
        ({"source": ScheduleSource(cron="often")}, "1 fields, not 5"),
        ({"source": FolderSource(path=str(tmp_path / "nowhere"))}, "cannot be read"),
        ({"name": "half \ud800"}, "not valid Unicode"),
    ]

    for changes, message in wrong:
        with pytest.raises(InvalidInputError, match=message):
            studio.triggers.create(spec(organization, **changes))
    asks = AgentRouter(instructions="Choose.", organization_ids=[organization], model="nowhere/llama")
    with pytest.raises(ProviderError):
        studio.triggers.create(spec(organization, router=asks))
    assert studio.triggers.all() == []


def test_a_trigger_stays_of_its_kind(studio: Core, tmp_path: Path) -> None:
    organization = studio.organizations.create(desk())
    trigger_id, _ = studio.triggers.create(spec(organization))

    hook, _ = webhook(studio, organization)
    github = studio.triggers.get(hook).spec.model_copy(update={"source": WebhookSource(scheme="github")})
    with pytest.raises(InvalidInputError, match="another secret"):
        studio.triggers.save(hook, github)
    with pytest.raises(InvalidInputError, match="kind"):
        studio.triggers.save(trigger_id, spec(organization, source=FolderSource(path=str(tmp_path))))


def test_secrets_are_stored_encrypted_and_changed_without_a_gap(studio: Core, tmp_path: Path) -> None:
    trigger_id, first = webhook(studio)
    inbox = studio.trigger_inbox

    assert first.encode() not in (tmp_path / "studio" / "studio.db").read_bytes()
    second = studio.triggers.rotate_secret(trigger_id)
    assert inbox.receive_hook(trigger_id, *posted({}, first)) is not None
    assert inbox.receive_hook(trigger_id, *posted({}, second)) is not None
    assert studio.triggers.get(trigger_id).old_secret_until is not None

    third = studio.triggers.rotate_secret(trigger_id, keep_old=False)
    for old in (first, second):
        with pytest.raises(SignatureError):
            inbox.receive_hook(trigger_id, *posted({}, old))
    assert inbox.receive_hook(trigger_id, *posted({}, third)) is not None
    assert studio.triggers.get(trigger_id).old_secret_until is None


def test_a_senders_own_secret_is_taken(studio: Core) -> None:
    own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    trigger_id, _ = webhook(studio)

    assert studio.triggers.rotate_secret(trigger_id, secret=f" {own} ") == own
    assert studio.trigger_inbox.receive_hook(trigger_id, *posted({}, own)) is not None
    with pytest.raises(InvalidInputError):
        studio.triggers.rotate_secret(trigger_id, secret="short")


def test_a_secret_that_cannot_be_read_any_more_is_told(studio: Core, tmp_path: Path) -> None:
    trigger_id, secret = webhook(studio)
    headers, body = posted({}, secret)
    studio.close()
    (tmp_path / "studio" / "secret.key").unlink()

    with open_studio(tmp_path / "studio") as again, pytest.raises(SecretLostError, match="cannot be decrypted"):
        again.trigger_inbox.receive_hook(trigger_id, headers, body)


def test_a_router_is_tried_before_it_is_stored(studio: Core) -> None:
    refunds, rest = (studio.organizations.create(desk(name)) for name in ("Refunds", "Rest"))
    rules = [Rule(condition='event.payload.type == "refund"', organization_id=refunds)]
    asked = spec(refunds, router=RulesRouter(rules=rules, default=rest), template="Do: {{ event.payload.text }}")

    trial = studio.triggers.try_out(asked, {"type": "refund", "text": "A1"})

    assert (trial.organization, trial.input) == ("Refunds", "Do: A1")
    assert studio.triggers.try_out(asked, {"type": "other", "text": ""}).organization == "Rest"
    strict = asked.model_copy(update={"router": RulesRouter(rules=rules)})
    with pytest.raises(NotRoutedError):
        studio.triggers.try_out(strict, {})
    assert studio.runs.page().total == 0


def test_an_agent_chooses_as_in_rehearsal_and_says_that_it_is_simulated(studio: Core) -> None:
    bills = studio.organizations.create(desk("Billing", "Invoices, payments and refunds."))
    repairs = studio.organizations.create(desk("Repairs", "Broken devices and services that are down."))
    router = AgentRouter(instructions="Choose who knows about it.", organization_ids=[bills, repairs])

    trial = studio.triggers.try_out(spec(bills, router=router), {"text": "The invoice was paid twice."})

    assert trial.choice.simulated
    assert trial.organization in {"Billing", "Repairs"}
    assert trial.choice.reason
