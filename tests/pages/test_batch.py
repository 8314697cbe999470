"""The Batch page on a real database and with the rehearsal model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from tests.support.batches import CLERK, dataset_of, wait_for_batch
from tests.support.sample_pages import address, component_data, open_page, studio_folder, texts
from tests.support.studio import until

TABLE = "id,question\n1,Where is it?\n2,When does it come?\n3,\n4,a,b\n"


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def organization(core: Core) -> str:
    return core.organizations.create(CLERK)


def no_errors(app: AppTest) -> AppTest:
    assert not [error.message for error in app.exception]
    return app


def paste(text: str) -> AppTest:
    """The form with a pasted text."""
    app = open_page("batch")
    app.segmented_control(key="batch_kind").set_value("paste").run()
    return no_errors(app.text_area(key="batch_text").set_value(text).run())


def done(core: Core, organization: str, rows: str = "input\nHello\nBye\n\n") -> str:
    """Id of a batch that is over."""
    batch_id = core.batches.start(organization, dataset_of(core, rows), name="Greetings")
    wait_for_batch(core, batch_id, "completed")
    return batch_id


def rows_of(app: AppTest) -> list[dict[str, dict[str, str]]]:
    """The cells of the table of rows."""
    return [row["cells"] for row in component_data(app, 1)["rows"]]


def test_without_organizations_the_page_says_what_to_do(core: Core) -> None:
    assert "There is nothing to run yet" in texts(no_errors(open_page("batch")))


def test_pasted_rows_are_looked_through_before_anything_starts(core: Core, organization: str) -> None:
    app = paste(TABLE)

    # One of its rows has too many cells, so it might as well be text with commas.
    assert "5 rows · lines, UTF-8" in texts(app)
    app.selectbox(key="batch_form").set_value("table").run()

    assert "3 rows · table, comma, UTF-8" in texts(no_errors(app))
    assert "**1 row is left out.**" in texts(app)
    assert "Line 5 has 3 cells, and there are 2 columns." in texts(app)
    assert [area.value for area in app.text_area][-1] == "{question}"
    assert app.code[0].value == "Where is it?"
    assert core.datasets.all() == []


def test_starting_leads_to_the_batch(core: Core, organization: str) -> None:
    app = paste("Where is it?\nWhen does it come?\n")
    app.text_area[-1].set_value("Answer politely: {input}").run()
    app.text_input(key="batch_name").set_value("Polite").run()

    app.button(key="batch_start").click().run()

    batch_id = address(no_errors(app))["batch"]
    batch = wait_for_batch(core, batch_id, "completed")
    assert (batch.name, batch.rows, batch.concurrency) == ("Polite", 2, 5)
    app = open_page("batch", batch=batch_id)
    assert [row["input"]["text"] for row in rows_of(app)] == [
        "Answer politely: Where is it?",
        "Answer politely: When does it come?",
    ]


def test_a_wrong_template_is_told_and_starts_nothing(core: Core, organization: str) -> None:
    app = paste("Hello\nBye\n")

    app.text_area[-1].set_value("{questoin}").run()

    assert "There is no column 'questoin'." in texts(no_errors(app))
    assert app.button(key="batch_start").disabled


def test_text_that_cannot_be_read_is_told(core: Core, organization: str) -> None:
    app = paste("[1, 2")

    assert "no valid JSON" in texts(app)
    assert "batch_start" not in [button.key for button in app.button]


def test_saved_datasets_and_samples_are_offered(core: Core, organization: str) -> None:
    dataset_of(core, "city\nRome\nOslo\n", name="cities.csv")
    app = open_page("batch")

    app.segmented_control(key="batch_kind").set_value("saved").run()
    assert app.text_area[-1].value == "{city}"

    app.segmented_control(key="batch_kind").set_value("samples").run()
    assert app.code[0].value == "Hello?"

    app.segmented_control(key="batch_kind").set_value("saved").run()
    app.button(key="batch_dataset_gone").click().run()
    assert core.datasets.all() == []


def test_a_batch_shows_how_far_it_is_and_what_came_out(core: Core, organization: str) -> None:
    batch_id = done(core, organization, "id,input\n1,Hello\n2,\n")

    app = no_errors(open_page("batch", batch=batch_id))

    progress = component_data(app, 0)["progress"]
    assert (progress["word"], progress["ended"], progress["total"]) == ("Done", 2, 2)
    assert [(part["count"], part["word"]) for part in progress["parts"]] == [(1, "completed"), (1, "failed")]
    assert progress["speed"].startswith("took ")
    assert [row["status"]["text"] for row in rows_of(app)] == ["Completed", "Failed"]
    assert "The input is empty." in rows_of(app)[1]["output"]["text"]
    assert "simulated" in texts(app)
    app = open_page("batch", batch=batch_id, status="failed")
    assert [row["row"]["text"] for row in rows_of(app)] == ["2"]


def test_rows_without_a_run_lead_nowhere(core: Core, organization: str) -> None:
    batch_id = done(core, organization, "id,input\n1,Hello\n2,\n")

    first, second = component_data(open_page("batch", batch=batch_id), 1)["rows"]

    assert first["href"] == f"runs?run={first['id']}"
    assert "href" not in second


def test_a_stopped_batch_is_continued_and_a_done_one_deleted(core: Core, organization: str) -> None:
    batch_id = core.batches.start(organization, dataset_of(core, "input\n" + "Hello\n" * 300), concurrency=2)
    app = open_page("batch", batch=batch_id)
    app.button(key="batch_stop").click().run()
    wait_for_batch(core, batch_id, "stopped")
    app = open_page("batch", batch=batch_id)

    app.button(key="batch_continue").click().run()

    assert core.batches.get(batch_id).status == "running"
    core.batches.cancel_at_work(batch_id)
    wait_for_batch(core, batch_id, "stopped")
    app = open_page("batch", batch=batch_id)
    app.checkbox(key=f"batch_sure_{batch_id}").check().run()
    app.button(key="batch_delete").click().run()
    assert "batch" not in address(no_errors(app))
    until(lambda: not core.runs.counts(batches=True))
    assert core.batches.page().total == 0


def test_a_batch_gets_another_name(core: Core, organization: str) -> None:
    batch_id = done(core, organization)
    app = open_page("batch", batch=batch_id)

    app.text_input(key=f"batch_rename_{batch_id}").set_value("Farewells").run()
    app.button(key="batch_apply").click().run()

    assert no_errors(app).title[0].value == "Farewells"


def test_batches_are_listed_and_their_runs_are_not(core: Core, organization: str) -> None:
    done(core, organization)

    app = no_errors(open_page("batch"))

    (row,) = component_data(app)["rows"]
    assert (row["cells"]["input"]["text"], row["cells"]["outcome"]["text"]) == ("Greetings", "2 completed")
    assert "No run fits" in texts(open_page("runs"))
    shown = component_data(open_page("runs", batches="1"))["rows"]
    assert {each["cells"]["input"]["text"] for each in shown} == {"Hello", "Bye"}


def test_batches_with_failed_rows_say_so_in_the_list(core: Core, organization: str) -> None:
    done(core, organization, "id,input\n1,Hello\n2,\n")

    (row,) = component_data(open_page("batch"))["rows"]

    assert (row["cells"]["status"]["text"], row["cells"]["status"]["colour"]) == ("1 failed", "red")


def test_a_link_chooses_organization_and_dataset(core: Core, organization: str) -> None:
    core.organizations.create(CLERK.model_copy(update={"name": "Another"}))
    dataset = dataset_of(core, "city\nRome\n")
    dataset_of(core, "city\nOslo\n")

    app = no_errors(open_page("batch", organization=organization, dataset=dataset))

    assert app.selectbox(key="batch_organization").value == organization
    assert app.code[0].value == "Rome"


def test_an_unknown_batch_is_told(core: Core, organization: str) -> None:
    app = no_errors(open_page("batch", batch="bat_nowhere"))

    assert "There is no batch 'bat_nowhere'" in texts(app)
    assert app.title[0].value == "Batch"
