"""Forking a run on its page: the dialog of a model call, and where runs come from."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.records import RunRecord
from tests.support.sample_pages import address, open_page, outline_rows, texts
from tests.support.sample_pages import studio_folder as _studio_folder
from tests.support.sample_stories import refund_run
from tests.support.sample_trace import SampleRun, begin, store_organization
from tests.support.studio import wait_for_run

QUESTION = "How long does a refund take, and where does the money go?"
ARTICLE = '[{"title": "Gold", "text": "Refunds are paid in gold."}]'


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with _studio_folder(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def run(core: Core) -> RunRecord:
    """A model call, a tool call, and a second model call."""
    organization = core.organizations.create_from_pattern("single")
    return wait_for_run(core, core.runs.start(organization, QUESTION))


def calls(core: Core, run_id: str) -> list[str]:
    return [str(span.call_id) for span in core.traces.spans(run_id)[0] if span.kind == "model"]


def open_fork(core: Core, run: RunRecord, number: int) -> AppTest:
    """The dialog, opened by its address; it is about the run's model call of that number, from 0."""
    return no_errors(open_page("runs", run=run.id, fork=calls(core, run.id)[number]))


def no_errors(app: AppTest) -> AppTest:
    assert not [error.message for error in app.exception]
    return app


def field(app: AppTest, label: str) -> object:
    return next(each for each in app.text_area if each.label == label)


def press(app: AppTest, label: str) -> AppTest:
    return no_errors(next(button for button in app.button if button.label == label).click().run())


def test_the_button_of_a_model_call_opens_the_dialog(core: Core, run: RunRecord) -> None:
    app = no_errors(open_page("runs", run=run.id))

    press(app, "Fork from here")

    assert address(app)["fork"] == calls(core, run.id)[0]
    assert "before **model call 1, of Help desk**" in texts(app)
    assert "the model is asked the same once more" in texts(app)


def test_a_fork_with_another_output_leads_to_the_new_run(core: Core, run: RunRecord) -> None:
    app = open_fork(core, run, 1)
    field(app, "Output").set_value(ARTICLE)  # type: ignore[attr-defined]
    app.run()
    assert "Output of search\\_knowledge\\_base" in texts(app)

    press(app, "Fork and run")

    fresh = wait_for_run(core, address(app)["run"])
    assert fresh.id != run.id
    assert "gold" in str(fresh.output)
    assert "fork" not in address(app)
    shown = open_page("runs", run=fresh.id)
    assert "Changed\\: output of 1 tool call" in texts(shown)
    (link,) = [each.proto for each in shown.get("page_link") if "Forked before" in each.proto.label]
    assert link.label == "Forked before model call 2, of Help desk"
    left = next(span.id for span in core.traces.spans(run.id)[0] if span.call_id == calls(core, run.id)[1])
    assert link.query_string == f"run={run.id}&span={left}"
    (child,) = [
        each.proto for each in open_page("runs", run=run.id).get("page_link") if fresh.id in str(each.proto)
    ]
    assert child.label == "Completed: fork before model call 2, of Help desk \\(output of 1 tool call\\)"


def test_a_model_is_chosen_for_the_agent_or_for_all(core: Core, run: RunRecord) -> None:
    app = open_fork(core, run, 0)
    model = next(each for each in app.selectbox if each.label == "Model")
    model.set_value("rehearsal").run()
    assert "Model of Help desk" in texts(no_errors(app))
    who = next(each for each in app.button_group if each.label == "Who uses it")
    who.set_value(None).run()
    assert "Model of all agents" in texts(no_errors(app))

    press(app, "Fork and run")

    assert core.runs.get(address(app)["run"]).model == "rehearsal"


def test_where_all_agents_have_the_same_model_there_is_no_choice_of_who(core: Core, run: RunRecord) -> None:
    forced = wait_for_run(core, core.runs.start(run.organization_id, QUESTION, model="rehearsal"))

    app = open_fork(core, forced, 0)

    assert "Model of all agents" in [each.label for each in app.selectbox]


def test_an_error_is_shown_and_nothing_that_was_entered_is_lost(core: Core, run: RunRecord) -> None:
    app = open_fork(core, run, 0)
    field(app, "Input of the run").set_value("  ")  # type: ignore[attr-defined]

    press(app, "Fork and run")

    assert "empty" in app.error[0].value.lower()
    assert field(app, "Input of the run").value == "  "  # type: ignore[attr-defined]
    assert core.runs.page().total == 1


def test_a_call_that_was_never_made_is_told(core: Core, run: RunRecord) -> None:
    app = no_errors(open_page("runs", run=run.id, fork="0:/model:9"))

    assert "This run made no such model call." in texts(app)


def test_a_call_without_a_record_says_why_it_cannot_be_forked(core: Core) -> None:
    run_id = refund_run(SampleRun(core.database, *store_organization(core.database)))

    app = no_errors(open_page("runs", run=run_id))

    button = next(each for each in app.button if each.label == "Fork from here")
    assert button.disabled
    assert "recorded without its place in the run" in button.help


def test_a_tool_call_has_no_fork(core: Core, run: RunRecord) -> None:
    tool = next(span for span in core.traces.spans(run.id)[0] if span.kind == "tool")

    app = no_errors(open_page("runs", run=run.id, span=tool.id))

    assert "Fork from here" not in [each.label for each in app.button]


def test_the_call_that_a_paused_run_rests_before_is_no_place_to_fork(core: Core) -> None:
    sample = SampleRun(core.database, *store_organization(core.database))
    begin(sample)
    agent = sample.span("agent", "triage", None, 0.1, None, agent="triage")
    sample.model_call(agent, "triage", 0.1, None, call_id="0:/model:0")

    app = no_errors(open_page("runs", run=sample.write(status="paused")))

    button = next(each for each in app.button if each.label == "Fork from here")
    assert button.disabled
    assert "still to come" in button.help
    assert {row["word"] for row in outline_rows(app)} == {"Paused"}
    assert "Paused" in texts(app)
    assert "Open" not in texts(app)
