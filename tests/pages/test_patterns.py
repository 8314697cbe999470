"""The gallery of patterns."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.patterns.catalogue import catalogue, pattern
from studio.view_models.markdown import plain
from tests.support.sample_pages import address, open_page, studio_folder, texts


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


def test_every_pattern_has_a_card(studio: Core) -> None:
    app = open_page("patterns")

    said = texts(app)
    assert not app.exception
    for each in catalogue():
        assert f"**{each.title}**" in said
        assert each.summary in said
        assert each.not_yet in said
    assert len(app.get("image")) == len(catalogue())


def test_details_and_back(studio: Core) -> None:
    app = open_page("patterns")

    app.button(key="details_parallel").click().run()

    one = pattern("parallel")
    said = texts(app)
    assert address(app) == {"pattern": "parallel"}
    assert one.explanation in said
    for line in (*one.when, *one.pros, *one.cons, *one.look_at):
        assert line in said

    app.button(key="all_patterns").click().run()

    assert address(app) == {}
    assert one.explanation not in texts(app)


def test_details_show_samples_variants_parts_and_neighbours(studio: Core) -> None:
    app = open_page("patterns", pattern="human-in-the-loop")

    said = texts(app)
    one = pattern("human-in-the-loop")
    assert all(plain(sample) in said for sample in one.organization.samples)
    assert one.variants[0].summary in said
    assert links(app) == {
        "Fan-out and fan-in": "pattern=fan-out",
        "Request and response": "pattern=request-response",
    }

    app.button(key="open_variant_approval-step").click().run()

    assert [each.name for each in studio.organizations.all()] == ["Refund line"]

    app = open_page("patterns", pattern="e-commerce")
    assert {"Specialists", "Branching workflow", "API gateway", "Kubernetes"} <= set(links(app))
    assert pattern("e-commerce").not_yet in texts(app)


@pytest.mark.parametrize(
    ("key", "query"), [("open_details", {"pattern": "hierarchical"}), ("open_hierarchical", {})]
)
def test_opening_makes_an_organization(studio: Core, key: str, query: dict[str, str]) -> None:
    app = open_page("patterns", **query)

    app.button(key=key).click().run()

    (created,) = studio.organizations.all()
    assert address(app) == {"organization": created.id}
    assert created.name == pattern("hierarchical").organization.name


def test_filters_stand_in_the_address_and_come_from_it(studio: Core) -> None:
    app = open_page("patterns", group="deployment", has="approval,handoffs")

    assert cards(app) == ["kubernetes"]
    assert "1 of 27 patterns" in texts(app)

    app.button_group(key="patterns_has").set_value([]).run()

    assert address(app) == {"group": "deployment"}
    assert cards(app) == ["serverless", "container", "kubernetes", "queue-based", "edge"]

    app.text_input(key="patterns_words").set_value("kafka").run()

    assert address(app) == {"group": "deployment", "words": "kafka"}
    assert cards(app) == []


def test_where_nothing_fits_there_is_a_way_back_to_all(studio: Core) -> None:
    app = open_page("patterns", words="zeppelin")

    assert "No pattern fits all of this." in texts(app)

    app.button(key="clear_filters").click().run()

    assert address(app) == {}
    assert cards(app) == [each.id for each in catalogue()]


def test_details_lead_back_to_the_same_choice(studio: Core) -> None:
    app = open_page("patterns", group="workflow", pattern="loop")

    app.button(key="all_patterns").click().run()

    assert address(app) == {"group": "workflow"}
    assert cards(app) == ["linear", "branching", "loop", "fan-out", "human-in-the-loop"]


def test_the_guide_answers_from_the_address(studio: Core) -> None:
    app = open_page("patterns", view="guide", domains="several", approval="person")

    said = texts(app)
    assert not app.exception
    assert "Specialists + Human in the loop" in said
    assert "2 of 7 answered" in said
    assert app.radio(key="guide_domains").value == "several"
    assert app.radio(key="guide_task").value is None
    assert links(app)["Specialists"] == "pattern=specialist"


def test_an_answer_goes_into_the_address_and_changes_the_recommendation(studio: Core) -> None:
    app = open_page("patterns", view="guide")
    assert "Single agent" in [each.value for each in app.subheader]

    app.radio(key="guide_task").set_value("improve").run()

    assert address(app) == {"view": "guide", "task": "improve"}
    assert [each.value for each in app.subheader] == ["Loop"]

    app.button(key="open_guide").click().run()

    assert [each.name for each in studio.organizations.all()] == ["Copy desk"]


def test_starting_over_forgets_the_answers(studio: Core) -> None:
    app = open_page("patterns", view="guide", task="steps", approval="person")

    app.button(key="guide_start_over").click().run()

    assert address(app) == {"view": "guide"}
    assert app.radio(key="guide_task").value is None
    assert [each.value for each in app.subheader] == ["Single agent"]


def test_what_the_guide_makes_of_several_parts_is_opened(studio: Core) -> None:
    app = open_page("patterns", view="guide", task="views", approval="person", existing="web_application")

    app.button(key="open_guide").click().run()

    (created,) = studio.organizations.all()
    draft = studio.organizations.draft(created.id)
    assert address(app) == {"organization": created.id}
    assert draft.spec.step("Approve the result") is not None
    assert draft.spec.run.timeout_seconds == 60
    assert draft.problems == []


def test_an_unknown_pattern_shows_the_gallery(studio: Core) -> None:
    app = open_page("patterns", pattern="nothing")

    assert not app.exception
    assert [button.label for button in app.button].count("Details") == len(catalogue())
    assert "When to use it" not in texts(app)


def cards(app: AppTest) -> list[str]:
    """The ids of the patterns that are shown as cards."""
    return [str(button.key).removeprefix("details_") for button in app.button if button.label == "Details"]


def links(app: AppTest) -> dict[str, str]:
    """The labels of the page's links to patterns and the query that they lead to."""
    return {
        link.proto.label: link.proto.query_string
        for link in app.get("page_link")
        if link.proto.query_string.startswith("pattern=")
    }
