"""The Triggers page on a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.triggers.spec import AlwaysRouter, FolderSource, RulesRouter, ScheduleSource, TriggerSpec
from tests.support.sample_pages import address, component_data, open_page, studio_folder, texts
from tests.support.triggers import desk, event_reaching, webhook


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path / "studio", monkeypatch) as found:
        yield found


@pytest.fixture
def organization(core: Core) -> str:
    return core.organizations.create(desk())


def page(**query: str) -> AppTest:
    return sound(open_page("triggers", **query))


def sound(app: AppTest) -> AppTest:
    assert not [error.message for error in app.exception]
    return app


def press(app: AppTest, key: str) -> AppTest:
    return sound(app.button(key=key).click().run())


def expect_rows(app: AppTest, column: str) -> list[str]:
    return [row["cells"][column]["text"] for row in component_data(app)["rows"]]


def test_without_triggers_the_page_says_what_they_are(core: Core) -> None:
    assert "A trigger starts an organization when something happens" in texts(page())
    assert "A trigger needs an organization to run." in texts(page(trigger="new"))
    assert "There is no trigger 'trg_none'." in texts(page(trigger="trg_none"))


def test_a_webhook_is_made_and_its_secret_is_shown_once(core: Core, organization: str) -> None:
    app = press(page(), "new_trigger")
    assert address(app) == {"trigger": "new"}
    app.text_input(key="tf_name_new").set_value("Orders").run()

    press(app, "tf_save")

    (made,) = core.triggers.all()
    assert address(app) == {"trigger": made.id}
    shown = [code.value for code in app.code]
    assert any(f"/hooks/{made.id}" in value for value in shown)
    (secret,) = [value for value in shown if value.startswith("whsec_")]
    assert any(f"SECRET='{secret}'" in value for value in shown)

    press(app, "secret_copied")

    assert not any(secret in code.value for code in app.code)
    assert "Secret set just now" in texts(app)


def test_what_makes_no_sense_is_told_and_nothing_is_lost(core: Core, organization: str) -> None:
    app = page(trigger="new", kind="schedule")
    app.text_input(key="tf_cron_new").set_value("61 * * * *").run()
    assert "is no cron expression: bad minute" in texts(app)

    press(app, "tf_save")
    assert "The trigger needs a name." in texts(app)
    app.text_input(key="tf_name_new").set_value("Often").run()
    press(app, "tf_save")

    assert core.triggers.all() == []
    assert app.text_input(key="tf_cron_new").value == "61 * * * *"
    app.text_input(key="tf_cron_new").set_value("*/5 * * * *").run()
    assert "Every fifth minute" in texts(app)
    press(app, "tf_save")
    assert [trigger.spec.source for trigger in core.triggers.all()] == [ScheduleSource(cron="*/5 * * * *")]


def test_rules_are_tried_before_they_are_saved(core: Core, organization: str) -> None:
    other = core.organizations.create(desk("Other"))
    app = page(trigger="new", organization=organization)
    app.text_input(key="tf_name_new").set_value("Routed")
    app.button_group(key="tf_router_new").set_value("rules").run()
    app.text_input(key="tf_condition_new_0").set_value('event.payload.type == "refund"')
    press(app, "tf_add_new")
    app.text_input(key="tf_condition_new_1").set_value("true")
    app.selectbox(key="tf_to_new_1").set_value(other)
    app.text_area(key="tf_example_new_webhook").set_value('{"type": "refund"}').run()

    press(app, "tf_try_new")
    assert "It goes to **Desk**" in texts(app)
    app.text_area(key="tf_example_new_webhook").set_value("{").run()
    press(app, "tf_try_new")
    assert "The example is no JSON" in texts(app)
    press(app, "tf_remove_new_0")
    press(app, "tf_save")

    (made,) = core.triggers.all()
    assert isinstance(made.spec.router, RulesRouter)
    assert [(rule.condition, rule.organization_id) for rule in made.spec.router.rules] == [("true", other)]
    assert core.runs.page().total == 0


def test_an_agent_that_routes_is_set_up_and_tried(core: Core, organization: str) -> None:
    app = page(trigger="new")
    app.text_input(key="tf_name_new").set_value("Routed")
    app.button_group(key="tf_router_new").set_value("agent").run()
    app.text_area(key="tf_instructions_new").set_value("Everything goes to the desk.").run()

    press(app, "tf_try_new")

    assert "simulated" in texts(app)


def test_a_trigger_is_edited_switched_off_deleted_and_brought_back(core: Core, organization: str) -> None:
    trigger_id, _ = webhook(core, organization)
    app = press(page(trigger=trigger_id), "edit_trigger")
    app.text_input(key=f"tf_name_{trigger_id}").set_value("Renamed").run()
    press(app, "tf_save")
    assert address(app) == {"trigger": trigger_id}
    assert core.triggers.get(trigger_id).spec.name == "Renamed"

    sound(app.toggle(key=f"trigger_on_{trigger_id}_True").set_value(False).run())
    assert "It is switched off" in texts(app)
    assert not core.triggers.get(trigger_id).enabled

    press(app, "delete_trigger_go")
    assert core.triggers.all() == []

    press(app, "restore_trigger")
    assert expect_rows(app, "trigger") == ["Renamed"]
    assert expect_rows(app, "state") == ["Off"]


def test_the_secret_is_changed(core: Core, organization: str) -> None:
    trigger_id, first = webhook(core, organization)
    app = page(trigger=trigger_id)

    press(app, "rotate_go")

    assert any(code.value.startswith("whsec_") and code.value != first for code in app.code)
    press(app, "secret_copied")
    assert "the one before works until" in texts(app)


def test_a_watched_folder_shows_what_it_sees(core: Core, organization: str, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "old.txt").write_text("old")
    spec = TriggerSpec(
        name="Files",
        source=FolderSource(path=str(inbox), pattern="*.txt"),
        router=AlwaysRouter(organization_id=organization),
    )
    trigger_id, _ = core.triggers.create(spec)
    (inbox / "new.txt").write_text("new")

    assert "2 files there now, 1 of them from before" in texts(page(trigger=trigger_id))

    for path in inbox.iterdir():
        path.unlink()
    inbox.rmdir()
    assert "cannot be read: No such file or directory" in texts(page(trigger=trigger_id))


def test_a_test_event_of_a_schedule_goes_the_usual_way(core: Core, organization: str) -> None:
    spec = TriggerSpec(name="S", source=ScheduleSource(), router=AlwaysRouter(organization_id=organization))
    trigger_id, _ = core.triggers.create(spec)

    app = press(page(trigger=trigger_id), "send_test")

    (event,) = core.trigger_inbox.page(trigger_id).rows
    assert f"Stored as {event.key}" in texts(app)


def test_events_are_filtered_and_looked_at_and_dead_ones_replayed(core: Core, organization: str) -> None:
    trigger_id, _ = webhook(core, organization)
    core.trigger_inbox.accept(trigger_id, "good", {"order": "A1"})
    core.trigger_inbox.accept(trigger_id, "bad", {}, error="It is broken.")
    dead = event_reaching(core, trigger_id, "bad", "dead")

    assert expect_rows(page(trigger=trigger_id), "event") == ["bad", "good"]
    assert expect_rows(page(trigger=trigger_id, status="received"), "event") == ["good"]
    assert expect_rows(page(view="dead"), "trigger") == ["Hooks"]
    app = page(trigger=trigger_id, event=dead.id)
    assert "It is broken\\." in texts(app)

    press(app, "replay_event")

    assert core.trigger_inbox.get(dead.id).status == "received"
    assert "There is no event 'tev_none'." in texts(page(trigger=trigger_id, event="tev_none"))


def test_all_dead_letters_are_replayed_or_discarded(core: Core, organization: str) -> None:
    trigger_id, _ = webhook(core, organization)
    for key in ("a", "b"):
        core.trigger_inbox.accept(trigger_id, key, {}, error="It is broken.")
    app = page(view="dead")

    press(app, "discard_all_go")
    assert {event.status for event in core.trigger_inbox.page().rows} == {"discarded"}
    assert "No dead letters." in texts(app)

    core.trigger_inbox.accept(trigger_id, "c", {}, error="It is broken.")
    press(page(view="dead"), "replay_all")
    assert core.trigger_inbox.dead_count() == 0


def test_a_run_names_the_trigger_that_started_it(core: Core, organization: str) -> None:
    trigger_id, _ = webhook(core, organization)
    core.engine.start()
    core.trigger_inbox.accept(trigger_id, "a", {"order": "A1"})
    event = event_reaching(core, trigger_id, "a", "done")

    app = sound(open_page("runs", run=str(event.run_id)))

    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    assert links["Started by Hooks"] == f"trigger={trigger_id}&event={event.id}"
    shown = page(trigger=trigger_id, event=event.id)
    assert component_data(shown)["rows"][0]["id"] == event.run_id


def test_the_pattern_leads_to_a_new_trigger(core: Core) -> None:
    app = press(open_page("patterns", pattern="event-driven"), "open_with_trigger")

    (created,) = core.organizations.all()
    assert address(app) == {"trigger": "new", "organization": created.id}
    assert app.selectbox(key="tf_always_new").value == created.id
