"""The Compare page on a real database and with real runs of the rehearsal model."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.ids import utc_now
from core.organization.spec import AgentSpec, Organization
from tests.support.sample_pages import address, component_data, open_page, studio_folder, texts
from tests.support.sample_stories import failed_run, refund_run, running_run
from tests.support.sample_trace import SampleRun, store_comparison
from tests.support.studio import wait_for_run


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def organization(core: Core) -> str:
    spec = Organization(
        name="Greeters",
        entry="Greeter",
        agents=[AgentSpec(name="Greeter", instructions="Greet.")],
        samples=["Hello!"],
    )
    return core.organizations.create(spec)


def stored_comparison(core: Core, organization: str, *stories: str) -> str:
    """A comparison of sample runs: `refund`, `failed` or `running`."""
    revision = core.organizations.revisions(organization)[0].id
    comparison_id = store_comparison(core.database, input="Refund order A-1007, please.")
    tell = {"refund": refund_run, "failed": failed_run, "running": running_run}
    for position, story in enumerate(stories):
        run = SampleRun(
            core.database,
            organization,
            revision,
            start=utc_now() - timedelta(minutes=3),
            comparison_id=comparison_id,
            variant=f"{story} variant",
            position=position,
        )
        tell[story](run)
    return comparison_id


def no_errors(app: AppTest) -> AppTest:
    assert not [error.message for error in app.exception]
    return app


def test_without_organizations_the_page_says_what_to_do(core: Core) -> None:
    app = no_errors(open_page("compare"))

    assert "There is nothing to compare yet" in texts(app)


def test_the_form_begins_with_two_equal_variants(core: Core, organization: str) -> None:
    app = no_errors(open_page("compare"))

    assert [box.value for box in app.selectbox if box.label == "Organization"] == [organization] * 2
    assert "only chance can make a difference" in texts(app)


def test_variants_are_added_as_copies_and_removed(core: Core, organization: str) -> None:
    app = open_page("compare")
    app.number_input(key="compare_temperature_1").set_value(0.5).run()

    app.button(key="compare_add").click().run()

    assert app.number_input(key="compare_temperature_2").value == 0.5
    assert "compare_add" in [button.key for button in app.button]

    app.button(key="compare_add").click().run()

    assert "compare_add" not in [button.key for button in app.button], "four are the most"

    app.button(key="compare_remove_0").click().run()

    assert "**Variant C**" in texts(app)
    assert "**Variant D**" not in texts(app)


def test_an_empty_input_is_refused_in_words(core: Core, organization: str) -> None:
    app = open_page("compare")

    app.button(key="compare_start").click().run()

    assert "The input is empty." in texts(app)
    assert not core.comparisons.recent()


def test_a_started_comparison_shows_its_variants(core: Core, organization: str) -> None:
    app = open_page("compare")
    app.text_area(key="compare_input").set_value("Hello there")
    app.number_input(key="compare_temperature_1").set_value(0.2)

    app.button(key="compare_start").click().run()

    no_errors(app)
    comparison = core.comparisons.get(address(app)["comparison"])
    assert [run.variant for run in comparison.runs] == ["Greeters · r1", "Greeters · r1 · temperature 0.2"]
    assert [run.overrides for run in comparison.runs] == [{}, {"temperature": 0.2}]
    chats = [component_data(app, number)["runs"][0]["id"] for number in range(2)]
    assert chats == [run.id for run in comparison.runs]

    for run in comparison.runs:
        wait_for_run(core, run.id)
    said = texts(no_errors(open_page("compare", comparison=comparison.id)))
    assert "Both answers are the same, letter by letter." in said
    assert "Both took the same way." in said


def test_numbers_ways_and_differences(core: Core, organization: str) -> None:
    comparison_id = stored_comparison(core, organization, "refund", "failed")

    said = texts(no_errors(open_page("compare", comparison=comparison_id)))

    assert "A · refund variant" in said
    assert "triage → billing → look_up_order → search_articles → approval of refund → refund" in said
    assert "B has no final output." in said
    assert "They part after triage." in said


def test_answers_are_compared_word_by_word(core: Core, organization: str) -> None:
    comparison_id = stored_comparison(core, organization, "refund", "refund")
    runs = core.comparisons.get(comparison_id).runs
    with core.database.session() as db:
        db.connection().exec_driver_sql(
            "UPDATE run SET output = replace(output, 'on its way', 'done') WHERE id = ?", (runs[1].id,)
        )
    app = no_errors(open_page("compare", comparison=comparison_id))

    assert '<del><span class="unseen">removed: </span>on its way</del>' in texts(app)
    assert '<ins><span class="unseen">added: </span>done</ins>' in texts(app)

    app.button_group(key="diff_view").set_value("Side by side").run()

    assert 'class="sides"' in texts(app)


def test_of_three_variants_two_are_chosen(core: Core, organization: str) -> None:
    comparison_id = stored_comparison(core, organization, "refund", "refund", "failed")
    app = open_page("compare", comparison=comparison_id)

    app.selectbox(key="diff_right").set_value(2).run()

    assert "C has no final output." in texts(no_errors(app))

    app.selectbox(key="diff_right").set_value(0).run()

    assert "Choose two different variants." in texts(app)


def test_all_are_stopped_at_once(core: Core, organization: str) -> None:
    comparison_id = stored_comparison(core, organization, "running", "running")
    app = no_errors(open_page("compare", comparison=comparison_id))

    app.button(key="compare_stop").click().run()

    with core.database.read() as db:
        wanted = db.connection().exec_driver_sql("SELECT sum(cancel_requested) FROM run").scalar_one()
    assert wanted == 2


def test_running_again_makes_a_new_comparison_of_the_same_variants(core: Core, organization: str) -> None:
    comparison_id = stored_comparison(core, organization, "refund", "failed")
    app = open_page("compare", comparison=comparison_id)

    app.button(key="compare_again").click().run()

    fresh = core.comparisons.get(address(app)["comparison"])
    assert fresh.id != comparison_id
    assert [run.variant for run in fresh.runs] == ["refund variant", "failed variant"]


def test_an_earlier_comparison_can_be_changed(core: Core, organization: str) -> None:
    comparison_id = stored_comparison(core, organization, "refund", "failed", "refund")
    app = open_page("compare", comparison=comparison_id)

    app.button(key="compare_change").click().run()

    no_errors(app)
    assert "comparison" not in address(app)
    assert app.text_area(key="compare_input").value == "Refund order A-1007, please."
    assert "**Variant C**" in texts(app)


def test_earlier_comparisons_are_listed(core: Core, organization: str) -> None:
    stored_comparison(core, organization, "refund", "failed")

    rows = component_data(open_page("compare"))["rows"]

    assert [row["cells"]["outcome"]["text"] for row in rows] == ["1 completed, 1 failed"]


def test_an_unknown_comparison_is_told(core: Core, organization: str) -> None:
    app = no_errors(open_page("compare", comparison="cmp_nowhere"))

    assert "There is no comparison 'cmp_nowhere'" in texts(app)
    assert app.title[0].value == "Compare"
