"""Runs that are over are played again for nothing, say so everywhere, and are kept as tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.records import RunRecord
from tests.support.sample_pages import address, component_data, open_page, outline_rows, texts
from tests.support.sample_pages import studio_folder as _studio_folder
from tests.support.studio import wait_for_run

QUESTION = "How long does a refund take, and where does the money go?"
NOTHING_PAID = "No model was asked, no tool called, nothing to pay."


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with _studio_folder(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def run(core: Core) -> RunRecord:
    """Two model calls and a tool call."""
    organization = core.organizations.create_from_pattern("single")
    session = core.sessions.create(organization, "Refunds")
    return wait_for_run(core, core.runs.start(organization, QUESTION, session_id=session))


def no_errors(app: AppTest) -> AppTest:
    assert not [error.message for error in app.exception]
    return app


def press(app: AppTest, label: str) -> AppTest:
    return no_errors(next(button for button in app.button if button.label == label).click().run())


def links(app: AppTest) -> dict[str, str]:
    return {each.proto.label: each.proto.query_string for each in app.get("page_link")}


def test_a_run_that_is_over_is_replayed_and_its_copy_says_so(core: Core, run: RunRecord) -> None:
    app = press(no_errors(open_page("runs", run=run.id)), "Replay for free")

    fresh = wait_for_run(core, address(app)["run"])
    assert (fresh.parent_id, fresh.output) == (run.id, run.output)
    shown = no_errors(open_page("runs", run=fresh.id))
    assert links(shown)[f"Replayed from {run.id.replace('_', chr(92) + '_')}"] == f"run={run.id}"
    said = texts(shown)
    assert NOTHING_PAID in said
    assert "nothing was paid" in said
    assert said.count(":material/fast_rewind: replayed") == 2, "of the run, and of the chosen model call"
    assert said.count(":material/science: simulated") == 2
    notes = {row["title"]: row["note"] for row in outline_rows(shown)}
    assert notes["search_knowledge_base"] == "replayed"
    assert notes["Turn 1"].endswith("· replayed · simulated")
    assert f"run={fresh.id}" in links(open_page("runs", run=run.id))["Completed: replay"]


def test_lists_mark_replays(core: Core, run: RunRecord) -> None:
    wait_for_run(core, core.replays.replay(run.id))

    rows = component_data(open_page("runs"))["rows"]
    cells = [row["cells"]["model"] for row in rows]
    assert [(cell["text"], cell["tag"]) for cell in cells] == [
        ("none asked", "replayed · simulated"),
        ("as designed", "simulated"),
    ]
    assert cells[0]["title"] == NOTHING_PAID
    assert [row["cells"]["input"]["text"] for row in rows] == [f"Replay: {QUESTION}", QUESTION]
    assert "replayed · simulated · just now" in texts(open_page("home"))


def test_the_chat_offers_both_for_its_last_run(core: Core, run: RunRecord) -> None:
    app = open_page("run", organization=run.organization_id, session=str(run.session_id))

    assert {"Replay for free", "Save"} <= {button.label for button in no_errors(app).button}


def test_a_run_that_goes_on_offers_neither(core: Core) -> None:
    organization = core.organizations.create_from_pattern("human-in-the-loop")
    asked = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
    waiting = wait_for_run(core, core.runs.start(organization, asked), "waiting")

    labels = {button.label for button in no_errors(open_page("runs", run=waiting.id)).button}

    assert "Stop" in labels
    assert not {"Replay for free", "Save"} & labels


def test_a_run_is_saved_as_a_test(core: Core, run: RunRecord) -> None:
    app = no_errors(open_page("runs", run=run.id))
    name = app.text_input(key=f"test_name_{run.id}")
    assert name.value == "How long does a refund take, and where does the money go?"
    name.set_value("Refund").run()
    app.toggle(key=f"test_strict_{run.id}").set_value(False).run()

    press(app, "Save")

    (test,) = core.replays.tests()
    assert (test.name, test.run_id, test.same_questions) == ("Refund", run.id, False)
    assert "Saved] as **Refund**" in texts(app)
    assert "Name" in {field.label for field in press(app, "Save under another name").text_input}


def test_a_test_of_the_same_name_is_replaced_only_when_asked_for(core: Core, run: RunRecord) -> None:
    old = core.replays.save(run.id, "Refund")
    app = no_errors(open_page("runs", run=run.id))
    app.text_input(key=f"test_name_{run.id}").set_value("Refund ").run()
    assert "There is a test called “Refund” already." in texts(app)
    assert app.button(key=f"test_save_{run.id}").disabled

    app.checkbox(key=f"test_replace_{run.id}").set_value(True).run()
    press(app, "Replace the test")

    (test,) = core.replays.tests()
    assert (test.name, test.id != old) == ("Refund", True)


def test_a_name_that_is_missing_is_asked_for(core: Core, run: RunRecord) -> None:
    app = no_errors(open_page("runs", run=run.id))
    app.text_input(key=f"test_name_{run.id}").set_value("  ").run()

    press(app, "Save")

    assert "The test has no name." in texts(app)


def test_what_cannot_be_a_test_says_why(core: Core, run: RunRecord) -> None:
    replay = wait_for_run(core, core.replays.replay(run.id))
    refunds = core.organizations.create_from_pattern("human-in-the-loop")
    waiting = wait_for_run(core, core.runs.start(refunds, "Please refund 189.00 for order A1010."), "waiting")
    core.runs.stop(waiting.id)

    for run_id, reason in ((replay.id, "is a replay itself"), (waiting.id, "was stopped")):
        shown = open_page("runs", run=run_id).get("popover")
        popover = next(each.proto.popover for each in shown if each.proto.popover.label == "Save as a test")
        assert popover.disabled
        assert reason in popover.help
