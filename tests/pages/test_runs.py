"""The Runs page on a real database: the list, its filters in the address, and the trace of one run."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.ids import utc_now
from tests.support.sample_pages import address, component_data, open_page, outline_rows, texts
from tests.support.sample_pages import studio_folder as _studio_folder
from tests.support.sample_stories import crashed_run, failed_run, refund_run, running_run, team_run
from tests.support.sample_trace import (
    SampleRun,
    add_pending_approval,
    begin,
    simple_organization,
    store_organization,
    store_session,
)
from tests.support.studio import until


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with _studio_folder(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def organization(core: Core) -> tuple[str, str]:
    return store_organization(core.database)


def sample(core: Core, organization: tuple[str, str], **options: object) -> SampleRun:
    start = utc_now() - timedelta(minutes=3)
    return SampleRun(core.database, *organization, start=start, **options)  # type: ignore[arg-type]


def inputs(app: AppTest) -> list[str]:
    return [row["cells"]["input"]["text"] for row in component_data(app)["rows"]]


def no_errors(app: AppTest) -> AppTest:
    assert not [error.message for error in app.exception]
    return app


# -- the list -------------------------------------------------------------------------------------


def test_without_runs_the_page_says_what_to_do(core: Core) -> None:
    app = no_errors(open_page("runs"))

    assert "No runs yet" in texts(app)


def test_the_newest_run_stands_first(core: Core, organization: tuple[str, str]) -> None:
    old, new = sample(core, organization, input="Old"), sample(core, organization, input="New")
    old.start -= timedelta(hours=1)
    refund_run(old)
    failed_run(new)

    app = no_errors(open_page("runs"))

    assert inputs(app) == ["New", "Old"]


def test_filters_come_from_the_address(core: Core, organization: tuple[str, str]) -> None:
    other = store_organization(core.database, simple_organization("Research"))
    refund_run(sample(core, organization, input="Refund my kettle"))
    failed_run(sample(core, organization, input="Where is my kettle?"))
    refund_run(sample(core, other, organization_name="Research", input="Find kettles"))

    assert inputs(open_page("runs", status="failed")) == ["Where is my kettle?"]
    assert inputs(open_page("runs", organization=other[0])) == ["Find kettles"]
    assert inputs(open_page("runs", text="refund my")) == ["Refund my kettle"]
    assert "No run fits" in texts(open_page("runs", status="failed", organization=other[0]))


def test_choosing_a_filter_changes_the_address(core: Core, organization: tuple[str, str]) -> None:
    refund_run(sample(core, organization))
    failed_run(sample(core, organization, input="Broken"))
    app = open_page("runs", page="1")

    app.text_input(key="runs_text").set_value("broken").run()

    assert address(app)["text"] == "broken"
    assert "page" not in address(app)
    assert inputs(app) == ["Broken"]

    app.button_group(key="runs_status").set_value("completed").run()

    assert address(app)["status"] == "completed"
    assert "No run fits" in texts(app)


def test_many_runs_are_paged(core: Core, organization: tuple[str, str]) -> None:
    for number in range(53):
        run = sample(core, organization, input=f"Run {number:02}")
        run.start += timedelta(seconds=number)
        run.write(status="completed", ended_at=run.at(1))

    assert len(inputs(open_page("runs"))) == 50
    assert inputs(open_page("runs", page="2")) == ["Run 02", "Run 01", "Run 00"]
    assert inputs(open_page("runs", page="9")) == inputs(open_page("runs", page="2"))
    assert len(inputs(open_page("runs", page="x"))) == 50


# -- one run --------------------------------------------------------------------------------------


def test_an_unknown_run_is_told(core: Core) -> None:
    app = no_errors(open_page("runs", run="run_nowhere"))

    assert "There is no run 'run_nowhere'" in texts(app)
    assert app.title[0].value == "Runs"


def test_a_completed_run_shows_answer_numbers_and_outline(core: Core, organization: tuple[str, str]) -> None:
    session = store_session(core.database, organization[0])
    run_id = refund_run(sample(core, organization, session_id=session))

    app = no_errors(open_page("runs", run=run_id))

    said = texts(app)
    assert app.title[0].value == "Refund order A\\-1007, please\\."
    assert "The refund of €49.90" in said
    assert "1,040 in · 114 out" in said
    assert "simulated" in said
    assert "2 agents · 4 model calls · 3 tool calls" in said
    assert [row["title"] for row in outline_rows(app)][:2] == ["triage", "Turn 1"]
    assert "Send people to whom can help." in "\n".join(code.value for code in app.code)


def test_a_failed_run_shows_what_to_do_and_where(core: Core, organization: tuple[str, str]) -> None:
    run_id = failed_run(sample(core, organization))

    app = no_errors(open_page("runs", run=run_id))

    errors = [error.value for error in app.error]
    assert any("did not accept the key" in error and "Enter a valid key" in error for error in errors)
    assert any("401" in error for error in errors), "the span that failed is chosen"


def test_a_chosen_span_shows_what_it_carried(core: Core, organization: tuple[str, str]) -> None:
    run_id = refund_run(sample(core, organization))
    span = next(span for span in core.traces.spans(run_id)[0] if span.name == "look_up_order")

    app = no_errors(open_page("runs", run=run_id, span=span.id))

    assert "Tool call look\\_up\\_order" in texts(app)
    assert component_data(app)["selected"] == span.id
    assert json.loads(app.code[0].value) == {"order": "A-1007"}


def test_an_approval_tells_who_decided(core: Core, organization: tuple[str, str]) -> None:
    run_id = refund_run(sample(core, organization))
    span = next(span for span in core.traces.spans(run_id)[0] if span.kind == "approval")

    app = no_errors(open_page("runs", run=run_id, span=span.id))

    assert json.loads(app.code[0].value) == {"verdict": "approved", "reason": "Within 30 days.", "by": "Ada"}


def test_lost_spans_are_told_honestly(core: Core, organization: tuple[str, str]) -> None:
    run_id = crashed_run(sample(core, organization))
    span = next(span for span in core.traces.spans(run_id)[0] if span.kind == "tool")

    app = no_errors(open_page("runs", run=run_id, span=span.id))

    assert "Nobody knows whether it came to an end" in texts(app)


@pytest.mark.parametrize("view", ["timeline", "graph"])
def test_the_other_views_open_by_their_address(core: Core, organization: tuple[str, str], view: str) -> None:
    run_id = team_run(sample(core, organization))

    app = no_errors(open_page("runs", run=run_id, view=view))

    assert app.button_group(key="trace_view").value == view
    if view == "timeline":
        assert len(app.get("plotly_chart")) == 1
    else:
        page = app.get("iframe")[0].proto.srcdoc
        assert "/pyvis/vis-9.1.2/vis-network.min.js" in page
        assert "cdnjs" not in page
        assert "jsdelivr" not in page


def test_changing_the_view_changes_the_address(core: Core, organization: tuple[str, str]) -> None:
    run_id = refund_run(sample(core, organization))
    app = open_page("runs", run=run_id)

    app.button_group(key="trace_view").set_value("timeline").run()

    assert address(app)["view"] == "timeline"
    assert len(app.get("plotly_chart")) == 1


def test_a_run_at_work_can_be_stopped(core: Core, organization: tuple[str, str]) -> None:
    run = sample(core, organization)
    run_id = running_run(run)
    app = no_errors(open_page("runs", run=run_id))

    app.button(key=f"stop_{run_id}").click().run()

    with core.database.read() as db:
        wanted = db.connection().exec_driver_sql("SELECT cancel_requested FROM run").scalar_one()
    assert wanted


def test_a_waiting_run_leads_to_its_approval(core: Core, organization: tuple[str, str]) -> None:
    run = sample(core, organization)
    begin(run)
    run_id = run.write(status="waiting")
    approval_id = add_pending_approval(core.database, run_id, tool="refund", arguments={"amount": 20})

    app = no_errors(open_page("runs", run=run_id))

    assert "asks to call `refund`" in texts(app)
    links = [link.proto for link in app.get("page_link")]
    assert [link.query_string for link in links if link.label == "Decide"] == [f"approval={approval_id}"]
    assert "The trace appears here" in texts(app)


def test_going_back_keeps_the_filters(core: Core, organization: tuple[str, str]) -> None:
    run_id = refund_run(sample(core, organization))
    app = open_page("runs", run=run_id, view="graph", status="completed")

    app.button(key="all_runs").click().run()

    assert address(app) == {"status": "completed"}
    assert app.title[0].value == "Runs"


def test_running_again_opens_the_new_run(core: Core, organization: tuple[str, str]) -> None:
    run_id = refund_run(sample(core, organization))
    app = open_page("runs", run=run_id)

    next(button for button in app.button if button.label == "Run").click().run()

    fresh = address(app)["run"]
    assert fresh != run_id
    assert core.runs.get(fresh).input == "Refund order A-1007, please."


def test_another_input_makes_a_run_that_knows_where_it_comes_from(
    core: Core, organization: tuple[str, str]
) -> None:
    run_id = refund_run(sample(core, organization))
    app = open_page("runs", run=run_id)
    app.text_area(key=f"again_input_{run_id}").set_value("Refund A-1008")

    next(button for button in app.button if button.label == "Run").click().run()

    fresh = address(no_errors(app))["run"]
    assert (core.runs.get(fresh).input, core.runs.get(fresh).parent_id) == ("Refund A-1008", run_id)
    assert links_to_runs(open_page("runs", run=fresh)) == {"The run it comes from": f"run={run_id}"}
    ((label, query),) = links_to_runs(open_page("runs", run=run_id)).items()
    assert label.endswith("Refund A\\-1008")
    assert query == f"run={fresh}"


def test_a_run_at_work_is_paused_and_says_so(core: Core, organization: tuple[str, str]) -> None:
    run_id = running_run(sample(core, organization))
    app = no_errors(open_page("runs", run=run_id))

    app.button(key=f"pause_{run_id}").click().run()

    button = no_errors(app).button(key=f"pause_{run_id}")
    assert (button.label, button.disabled) == ("Pausing…", True)
    assert core.runs.get(run_id).pause_requested


def test_a_paused_run_is_told_something_and_goes_on(core: Core, organization: tuple[str, str]) -> None:
    run = sample(core, organization)
    begin(run)
    run_id = run.write(status="paused")
    app = no_errors(open_page("runs", run=run_id))
    assert labels(app) >= {"Resume", "Stop"}
    app.text_area(key=f"said_{run_id}").set_value("Only half")

    next(button for button in app.button if button.label == "Send and resume").click().run()

    no_errors(app)
    assert [event.data["text"] for event in core.runs.events(run_id) if event.kind == "run_steered"] == [
        "Only half"
    ]
    assert core.runs.get(run_id).status != "paused"


def test_a_stopped_run_is_tried_again(core: Core, organization: tuple[str, str]) -> None:
    run = sample(core, organization)
    begin(run)
    run_id = run.write(status="paused")
    core.runs.stop(run_id)
    app = no_errors(open_page("runs", run=run_id))

    app.button(key=f"retry_{run_id}").click().run()

    no_errors(app)
    until(lambda: "run_resumed" in [event.kind for event in core.runs.events(run_id)])


def test_what_cannot_be_done_any_more_is_told(core: Core, organization: tuple[str, str]) -> None:
    run = sample(core, organization)
    begin(run)
    run_id = run.write(status="paused")
    app = open_page("runs", run=run_id)
    core.runs.stop(run_id)

    app.button(key=f"resume_{run_id}").click().run()

    assert "This run is cancelled, not paused." in no_errors(app).error[0].value


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def links_to_runs(app: AppTest) -> dict[str, str]:
    links = [link.proto for link in no_errors(app).get("page_link")]
    return {link.label: link.query_string for link in links if link.query_string.startswith("run=")}
