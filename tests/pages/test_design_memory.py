"""The form of an organization's memory of conversations, on the Design page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.organization.memory import Memory, RecentMemory, SummaryMemory, WholeMemory
from core.organization.spec import AgentSpec, Organization
from tests.support.sample_pages import named, open_page, press_fold, studio_folder

FIELD = "Memory of a conversation"


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


@pytest.fixture
def desk(studio: Core) -> str:
    return studio.organizations.create(Organization(name="Desk", entry="a", agents=[AgentSpec(name="a")]))


def choose(app: AppTest, label: str, choice: str) -> AppTest:
    """Another choice of a switch, by its value."""
    return no_errors(named(app.button_group, label).set_value(choice).run())


def open_form(organization_id: str) -> AppTest:
    return no_errors(press_fold(open_page("design", organization=organization_id), "Limits of a run", opens=True))


def numbers(app: AppTest) -> dict[str, Any]:
    """The values of the number fields that belong to the memory."""
    known = ("Turns", "When longer than", "Newest turns kept as they are")
    return {each.label: each.value for each in app.number_input if each.label in known}


def no_errors(app: AppTest) -> AppTest:
    assert not [error.message for error in app.exception]
    return app


def memory(studio: Core, organization_id: str) -> Memory:
    return studio.organizations.draft(organization_id).spec.run.memory


def test_all_is_remembered_at_first_and_there_is_nothing_to_set(studio: Core, desk: str) -> None:
    app = open_form(desk)

    assert named(app.button_group, FIELD).value == "all"
    assert numbers(app) == {}


def test_the_newest_turns_are_counted(studio: Core, desk: str) -> None:
    app = choose(open_form(desk), FIELD, "recent")
    assert memory(studio, desk) == RecentMemory()
    assert numbers(app) == {"Turns": 10}

    no_errors(named(app.number_input, "Turns").set_value(3).run())

    assert memory(studio, desk) == RecentMemory(turns=3)


def test_a_summary_has_a_limit_in_tokens_or_items_and_a_model(studio: Core, desk: str) -> None:
    app = choose(open_form(desk), FIELD, "summary")
    assert numbers(app) == {"When longer than": 20_000, "Newest turns kept as they are": 4}

    choose(app, "Counted in", "items")
    no_errors(named(app.number_input, "When longer than").set_value(40).run())
    no_errors(named(app.number_input, "Newest turns kept as they are").set_value(2).run())
    model = next(each for each in app.selectbox if each.label == "Model")
    no_errors(model.set_value("rehearsal").run())

    assert memory(studio, desk) == SummaryMemory(limit=40, unit="items", keep_turns=2, model="rehearsal")


def test_a_number_that_is_too_small_is_told_and_nothing_is_changed(studio: Core, desk: str) -> None:
    app = choose(open_form(desk), FIELD, "recent")

    no_errors(named(app.number_input, "Turns").set_value(0).run())

    assert memory(studio, desk) == RecentMemory()
    assert "greater than or equal to 1" in " ".join(
        each.value for each in (*app.error, *app.markdown, *app.caption)
    )


def test_back_to_all_forgets_the_settings(studio: Core, desk: str) -> None:
    app = choose(open_form(desk), FIELD, "summary")

    app = choose(app, FIELD, "all")

    assert memory(studio, desk) == WholeMemory()
    assert numbers(app) == {}
