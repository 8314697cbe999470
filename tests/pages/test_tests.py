"""The Tests page on a real database and with the rehearsal model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.records import RunRecord
from studio.page_files import page_file
from tests.support.sample_pages import address, component_data, open_page, texts
from tests.support.sample_pages import studio_folder as _studio_folder
from tests.support.studio import until, wait_for_run

QUESTION = "How long does a refund take, and where does the money go?"


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with _studio_folder(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def run(core: Core) -> RunRecord:
    """Two model calls and a tool call."""
    organization = core.organizations.create_from_pattern("single")
    return wait_for_run(core, core.runs.start(organization, QUESTION))


@pytest.fixture
def test_id(core: Core, run: RunRecord) -> str:
    return core.replays.save(run.id, "Refund")


def no_errors(app: AppTest) -> AppTest:
    assert not [error.message for error in app.exception]
    return app


def open_tests(**query: str) -> AppTest:
    return no_errors(open_page("tests", **query))


def rows_of(app: AppTest) -> list[dict[str, str]]:
    """The texts of the list's cells; the bar stands before it."""
    data = component_data(app, 1)
    return [{name: cell["text"] for name, cell in row["cells"].items()} for row in data["rows"]]


def links(app: AppTest) -> dict[str, str]:
    return {each.proto.label: each.proto.query_string for each in app.get("page_link")}


def change_instructions(core: Core, organization_id: str, text: str) -> None:
    draft = core.organizations.draft(organization_id)
    first = draft.spec.agents[0].model_copy(update={"instructions": text})
    spec = draft.spec.model_copy(update={"agents": [first, *draft.spec.agents[1:]]})
    core.organizations.save_draft(organization_id, spec, based_on=draft.version)
    core.organizations.save(organization_id)


def all_over(core: Core) -> None:
    until(lambda: all(each.outcome not in ("never", "running") for each in core.replays.standings()))


def test_without_tests_the_page_says_what_one_is(core: Core) -> None:
    app = open_tests()

    assert "A test is a run that went well" in texts(app)
    assert "Choose a run" in links(app)


def test_an_address_that_leads_nowhere_says_so_and_shows_the_list(core: Core, test_id: str) -> None:
    app = open_tests(test="gone")

    assert "gone" in texts(app)
    assert [row["test"] for row in rows_of(app)] == ["Refund"]


def test_all_tests_run_and_the_list_says_how_they_went(core: Core, run: RunRecord, test_id: str) -> None:
    core.replays.save(run.id, "Only the course", same_questions=False)
    change_instructions(core, run.organization_id, "Answer in Latin.")
    app = open_tests()
    assert {row["state"] for row in rows_of(app)} == {"Never run"}

    no_errors(app.button(key="run_tests").click().run())

    all_over(core)
    app = open_tests()
    assert [(row["test"], row["state"], row["differences"], row["revision"]) for row in rows_of(app)] == [
        ("Only the course", "Passed", "", "r2"),
        ("Refund", "Differs", "2 places", "r2"),
    ]
    bar = component_data(app, 0)["progress"]
    assert (bar["ended"], bar["total"], bar["noun"]) == (2, 2, "tests")
    assert [(part["word"], part["count"]) for part in bar["parts"]] == [("differs", 1), ("passed", 1)]


def test_the_list_is_filtered_and_runs_what_it_shows(core: Core, run: RunRecord, test_id: str) -> None:
    other = core.organizations.create_from_pattern("specialist")
    second = wait_for_run(core, core.runs.start(other, "Is the invoice for order A1003 paid?"))
    invoice = core.replays.save(second.id, "Invoice")

    app = open_tests(organization=other)
    assert [row["test"] for row in rows_of(app)] == ["Invoice"]
    no_errors(app.button(key="run_tests").click().run())
    wait_for_run(core, core.replays.report(invoice).run.id)  # type: ignore[union-attr]

    assert core.replays.report(test_id).outcome == "never"
    assert [row["test"] for row in rows_of(open_tests(outcome="passed"))] == ["Invoice"]
    assert [row["test"] for row in rows_of(open_tests(text="REF"))] == ["Refund"]
    nothing = open_tests(outcome="differs")
    assert "No test fits." in texts(nothing)
    assert nothing.button(key="run_tests").disabled


def test_some_tests_are_chosen_to_run(core: Core, run: RunRecord, test_id: str) -> None:
    other = core.replays.save(run.id, "Another")
    app = open_tests()
    app.multiselect(key="tests_chosen").set_value([other]).run()

    no_errors(app.button(key="run_chosen").click().run())

    assert core.replays.report(test_id).outcome == "never"
    assert core.replays.report(other).outcome != "never"


def test_one_test_shows_what_was_recorded_and_what_is_different(core: Core, run: RunRecord, test_id: str) -> None:
    change_instructions(core, run.organization_id, "Answer in <b>Latin</b>.")
    app = open_tests(test=test_id)
    assert "It was not run yet." in texts(app)

    no_errors(app.button(key="run_test").click().run())

    all_over(core)
    app = open_tests(test=test_id)
    said = texts(app)
    assert "**Help desk\\: instructions, in 2 model calls**" in said
    assert '<span class="unseen">as it is now: </span>Answer in &lt;b&gt;Latin&lt;/b&gt;.' in said
    assert "<dt>Answers of models</dt><dd>2</dd>" in said
    assert "<dt>Results of tools</dt><dd>1</dd>" in said
    played = core.replays.report(test_id).run
    assert played is not None
    assert links(app)["The run that it was recorded from"] == f"run={run.id}"
    assert links(app)["The run with r2, and its trace"] == f"run={played.id}"
    shown = open_page("runs", run=played.id)
    assert links(shown)["Test\\: Refund"] == f"test={test_id}"


def test_a_test_runs_with_a_chosen_revision(core: Core, run: RunRecord, test_id: str) -> None:
    change_instructions(core, run.organization_id, "Answer in Latin.")
    app = open_tests(test=test_id)
    app.selectbox(key=f"test_revision_{test_id}").set_value(run.revision_id).run()

    no_errors(app.button(key="run_with_go").click().run())

    all_over(core)
    assert "Nothing is different" in texts(open_tests(test=test_id))


def test_strictness_is_switched(core: Core, test_id: str) -> None:
    app = open_tests(test=test_id)

    no_errors(app.toggle(key=f"test_strict_{test_id}_True").set_value(False).run())

    assert not core.replays.test(test_id).same_questions


def test_a_test_is_renamed_and_deleted(core: Core, run: RunRecord, test_id: str) -> None:
    core.replays.save(run.id, "Taken")
    app = open_tests(test=test_id)
    app.text_input(key=f"rename_to_{test_id}").set_value("Taken")
    rename = next(button for button in app.button if button.label == "Rename")
    assert "a test called 'Taken' already" in texts(rename.click().run())
    app.text_input(key=f"rename_to_{test_id}").set_value("Money back")
    no_errors(next(button for button in app.button if button.label == "Rename").click().run())
    assert core.replays.test(test_id).name == "Money back"

    app = open_tests(test=test_id)
    no_errors(app.button(key="delete_test_go").click().run())

    assert [test.name for test in core.replays.tests()] == ["Taken"]
    assert "test" not in address(app)


def test_recording_again_starts_a_run_that_offers_the_same_name(core: Core, run: RunRecord, test_id: str) -> None:
    change_instructions(core, run.organization_id, "Answer in Latin.")
    app = open_tests(test=test_id)

    no_errors(app.button(key="record_again_go").click().run())

    fresh = wait_for_run(core, address(app)["run"])
    assert (fresh.input, fresh.revision_number, fresh.cassette_id) == (QUESTION, 2, None)
    app.switch_page(str(page_file("runs")))
    app.query_params["run"] = fresh.id
    app.run()
    assert app.text_input(key=f"test_name_{fresh.id}").value == "Refund"


def test_a_file_is_imported(core: Core, run: RunRecord, test_id: str) -> None:
    text = core.replays.export(test_id)
    core.replays.change(test_id, name="Kept")
    app = open_tests()
    app.file_uploader(key="test_file_0").set_value(("refund.json", text.encode(), "application/json")).run()
    assert app.selectbox(key="test_owner_0").value == run.organization_id

    no_errors(app.button(key="test_import_go_0").click().run())

    assert [test.name for test in core.replays.tests()] == ["Kept", "Refund"]
    assert address(app)["test"] in [test.id for test in core.replays.tests()]


def test_another_file_is_refused_in_words(core: Core, test_id: str) -> None:
    app = open_tests()

    app.file_uploader(key="test_file_0").set_value(("other.json", b"{}", "application/json")).run()

    assert "not a test that Troupe exported" in texts(no_errors(app))


def test_revisions_tell_how_tests_went(core: Core, run: RunRecord, test_id: str) -> None:
    wait_for_run(core, core.replays.run_test(test_id))

    app = no_errors(open_page("design", organization=run.organization_id, view="revisions"))

    assert links(app)["1 test: 1 passed"] == f"organization={run.organization_id}"
