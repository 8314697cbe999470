"""Accepted events become runs, each exactly once, or dead letters that say why."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from agents.exceptions import ModelBehaviorError
from sqlalchemy import delete, update
from sqlmodel import col

from core.bootstrap import Core
from core.errors import InvalidInputError
from core.services import trigger_dispatch
from core.services.trigger_dispatch import TriggerDispatch
from core.store.tables import RevisionRow, SettingRow
from core.triggers.records import TriggerEventRecord
from core.triggers.spec import AgentRouter, AlwaysRouter, Rule, RulesRouter
from tests.support.studio import assistant_message, open_studio, scripted, until, wait_for_run
from tests.support.triggers import desk, event_reaching, webhook

BILL = {"type": "bill", "text": "The invoice was paid twice."}


@pytest.fixture
def studio(tmp_path: Path, each_database: str) -> Iterator[Core]:
    with open_studio(tmp_path) as core:
        core.engine.start()
        yield core


def dead(core: Core, trigger_id: str, key: str = "a") -> TriggerEventRecord:
    return event_reaching(core, trigger_id, key, "dead")


def test_an_event_becomes_a_run_with_the_event_as_its_input(studio: Core) -> None:
    trigger_id, _ = webhook(studio, template="{{ event.payload.text }} ({{ event.id }})")

    studio.trigger_inbox.accept(trigger_id, "a", BILL)

    event = event_reaching(studio, trigger_id, "a", "done")
    run = wait_for_run(studio, str(event.run_id))
    assert (run.input, run.trigger_event_id) == ("The invoice was paid twice. (a)", event.id)
    assert (event.routed_to, event.reason) == (run.organization_id, "All events of this trigger go there.")
    assert not event.simulated


def test_events_start_in_the_order_in_which_they_came(studio: Core) -> None:
    trigger_id, _ = webhook(studio)
    studio.triggers.set_enabled(trigger_id, False)
    for number in range(25):
        studio.trigger_inbox.accept(trigger_id, str(number), {"n": number})
    assert studio.trigger_inbox.page(trigger_id, statuses=["received"]).total == 25

    studio.triggers.set_enabled(trigger_id, True)

    until(lambda: studio.triggers.summaries()[trigger_id].counts == {"done": 25})
    runs = sorted(studio.runs.page().rows, key=lambda run: run.created_at)
    assert [run.input for run in runs] == [f'{{"n": {number}}}' for number in range(25)]


def test_two_dispatchers_start_each_event_once(studio: Core) -> None:
    trigger_id, _ = webhook(studio)
    studio.triggers.set_enabled(trigger_id, False)
    for number in range(30):
        studio.trigger_inbox.accept(trigger_id, str(number), {})
    other = Core(studio.settings)
    other.engine.start()
    studio.triggers.set_enabled(trigger_id, True)
    dispatchers = [TriggerDispatch(core.database, core.engine, core.runs) for core in (studio, other)]

    threads = [threading.Thread(target=each.tend) for each in dispatchers * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    until(lambda: studio.triggers.summaries()[trigger_id].counts == {"done": 30})
    assert studio.runs.page().total == 30
    other.close()


def test_a_claim_that_was_lost_starts_nothing(studio: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody discards the event while its run is being prepared: neither stays behind."""
    trigger_id, _ = webhook(studio)
    prepare = studio.runs.prepare

    def slow(*arguments: str) -> object:
        (event,) = studio.trigger_inbox.page(trigger_id).rows
        studio.trigger_inbox.discard(event.id)
        return prepare(*arguments)

    monkeypatch.setattr(studio.runs, "prepare", slow)
    studio.trigger_inbox.accept(trigger_id, "a", {})

    event_reaching(studio, trigger_id, "a", "discarded")
    TriggerDispatch(studio.database, studio.engine, studio.runs).tend()
    assert studio.runs.page().total == 0


def test_rules_choose_and_what_fits_none_is_a_dead_letter(studio: Core) -> None:
    bills = studio.organizations.create(desk("Bills"))
    rules = RulesRouter(rules=[Rule(condition='event.payload.type == "bill"', organization_id=bills)])
    trigger_id, _ = webhook(studio, router=rules)

    studio.trigger_inbox.accept(trigger_id, "a", BILL)
    studio.trigger_inbox.accept(trigger_id, "b", {"type": "snow"})

    assert event_reaching(studio, trigger_id, "a", "done").routed_to == bills
    assert dead(studio, trigger_id, "b").error.startswith("No rule fits.")


def _deleted(core: Core, organization: str) -> None:
    core.organizations.delete(organization)


def _never_saved(core: Core, organization: str) -> None:
    with core.database.session() as db:
        db.execute(delete(RevisionRow).where(col(RevisionRow.organization_id) == organization))


def _no_provider(core: Core, organization: str) -> None:
    with core.database.session() as db:
        db.execute(update(SettingRow).values(value="nowhere/llama"))


@pytest.mark.parametrize(
    ("happens", "why"),
    [(_deleted, "There is no organization"), (_never_saved, "never saved"), (_no_provider, "'nowhere'")],
)
def test_an_event_that_cannot_be_started_is_dead_and_is_replayed_when_that_is_mended(
    studio: Core, happens: Callable[[Core, str], None], why: str
) -> None:
    organization = studio.organizations.create(desk())
    studio.providers.set_default_model("rehearsal")
    trigger_id, _ = webhook(studio, organization)
    happens(studio, organization)

    studio.trigger_inbox.accept(trigger_id, "a", {})

    event = dead(studio, trigger_id)
    assert why in event.error
    assert studio.runs.page().total == 0
    other = studio.organizations.create(desk("Other"))
    studio.providers.set_default_model("rehearsal")
    spec = studio.triggers.get(trigger_id).spec
    studio.triggers.save(trigger_id, spec.model_copy(update={"router": AlwaysRouter(organization_id=other)}))
    studio.trigger_inbox.replay(event.id)
    assert event_reaching(studio, trigger_id, "a", "done").error == ""


@pytest.mark.parametrize("template", ["{{ event.payload.missing }}", "{{ event.payload.empty }}"])
def test_a_template_that_has_no_value_for_this_event(studio: Core, template: str) -> None:
    trigger_id, _ = webhook(studio, template=template)

    studio.trigger_inbox.accept(trigger_id, "a", {"empty": " "})

    assert dead(studio, trigger_id).error


def test_an_unexpected_fault_is_tried_again_with_growing_waits(
    studio: Core, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And does not keep other events from being started."""
    trigger_id, _ = webhook(studio)
    prepare = studio.runs.prepare
    monkeypatch.setattr(trigger_dispatch, "WAITS", (0, 0.1))

    def broken(organization_id: str, input: str) -> object:
        if "bad" in input:
            raise ZeroDivisionError
        return prepare(organization_id, input)

    monkeypatch.setattr(studio.runs, "prepare", broken)
    studio.trigger_inbox.accept(trigger_id, "a", "bad")
    studio.trigger_inbox.accept(trigger_id, "b", "good")

    event_reaching(studio, trigger_id, "b", "done")
    assert dead(studio, trigger_id).attempts == 3
    assert "could not be started" in caplog.text


def test_few_runs_wait_at_a_time(studio: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who starts a run does not queue behind a thousand events."""
    trigger_id, _ = webhook(studio)
    monkeypatch.setattr(studio.engine, "_take_up", lambda: None)
    for number in range(90):
        studio.trigger_inbox.accept(trigger_id, str(number), {})

    dispatch = TriggerDispatch(studio.database, studio.engine, studio.runs)
    for _ in range(10):
        dispatch.tend()

    # The engine's own dispatcher is at work, too.
    most = studio.engine.settings.max_concurrent_runs
    assert most <= studio.runs.counts()["queued"] <= most + 2 * trigger_dispatch.AT_ONCE


def test_a_command_that_ends_soon_starts_nothing(tmp_path: Path) -> None:
    with open_studio(tmp_path) as core:
        trigger_id, _ = webhook(core)
        core.trigger_inbox.accept(trigger_id, "a", {})
        organization = core.organizations.all()[0].id

        wait_for_run(core, core.runs.start(organization, "Hello"))

        TriggerDispatch(core.database, core.engine, core.runs).tend()
        assert core.trigger_inbox.page().rows[0].status == "received"


# -- agents that route --------------------------------------------------------------------------------


def asking(core: Core) -> tuple[str, str, str]:
    """A trigger whose router is an agent, and its two organizations."""
    bills = core.organizations.create(desk("Billing", "Invoices, payments and refunds."))
    repairs = core.organizations.create(desk("Repairs", "Broken devices."))
    router = AgentRouter(instructions="Choose who knows about it.", organization_ids=[bills, repairs])
    return webhook(core, router=router)[0], bills, repairs


def test_an_agent_chooses_and_its_reason_is_kept(tmp_path: Path) -> None:
    model = scripted(
        assistant_message('{"reason": "It is about money.", "organization": "Billing"}'),
        assistant_message("Done."),
    )
    with open_studio(tmp_path, model) as core:
        trigger_id, bills, _ = asking(core)
        core.engine.start()

        core.trigger_inbox.accept(trigger_id, "a", BILL)

        event = event_reaching(core, trigger_id, "a", "done")
        assert (event.routed_to, event.reason) == (bills, "It is about money.")


def test_a_rehearsed_choice_is_labelled(studio: Core) -> None:
    trigger_id, bills, repairs = asking(studio)

    studio.trigger_inbox.accept(trigger_id, "a", BILL)

    event = event_reaching(studio, trigger_id, "a", "done", "dead")
    assert event.status == "done", event.error
    assert event.simulated
    assert event.routed_to in {bills, repairs}


def test_an_agent_that_wants_none_makes_a_dead_letter(tmp_path: Path) -> None:
    model = scripted(assistant_message('{"reason": "It is spam.", "organization": "none of them"}'))
    with open_studio(tmp_path, model) as core:
        trigger_id, _, _ = asking(core)
        core.engine.start()

        core.trigger_inbox.accept(trigger_id, "a", BILL)

        assert "It is spam." in dead(core, trigger_id).error


def test_an_agent_that_names_something_unknown_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trigger_dispatch, "WAITS", (0, 0))
    unknown = '{"reason": "Why not?", "organization": "Moon base"}'
    model = scripted(
        assistant_message(unknown),
        assistant_message("Billing, I think."),
        assistant_message('{"reason": "Money.", "organization": "Billing"}'),
        assistant_message("Done."),
    )
    with open_studio(tmp_path, model) as core:
        trigger_id, _, _ = asking(core)
        core.engine.start()

        core.trigger_inbox.accept(trigger_id, "a", BILL)

        event = event_reaching(core, trigger_id, "a", "done", "dead")
        assert (event.status, event.reason) == ("done", "Money.")


def test_an_agent_that_never_answers_well_makes_a_dead_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trigger_dispatch, "WAITS", (0,))
    model = scripted(ModelBehaviorError("No."), assistant_message("{}"))
    with open_studio(tmp_path, model) as core:
        trigger_id, _, _ = asking(core)
        core.engine.start()

        core.trigger_inbox.accept(trigger_id, "a", BILL)

        event = dead(core, trigger_id)
        assert event.attempts == 2
        assert "output schema" in event.error


def test_an_agent_whose_organizations_are_gone(studio: Core) -> None:
    trigger_id, bills, repairs = asking(studio)
    for organization in (bills, repairs):
        studio.organizations.delete(organization)

    studio.trigger_inbox.accept(trigger_id, "a", BILL)

    assert "exists any more" in dead(studio, trigger_id).error
    with pytest.raises(InvalidInputError, match="does not exist any more"):
        studio.triggers.try_out(studio.triggers.get(trigger_id).spec, BILL)
