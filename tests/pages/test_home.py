"""The first page: where data lies, what needs a person, and how to start."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.organization.spec import AgentSpec, Organization
from core.patterns.catalogue import catalogue
from core.store.database import Database
from studio.context import close_core
from studio.view_models.pattern_gallery import featured
from tests.support.sample_pages import address, open_page, studio_folder, texts
from tests.support.sample_trace import SampleRun, add_pending_approval, begin, store_organization


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


def links(app: AppTest) -> dict[str, str]:
    """The labels of the page's links and the query that they lead to."""
    return {link.proto.label: link.proto.query_string for link in app.get("page_link")}


def test_a_fresh_studio_names_its_folder_and_offers_the_patterns(studio: Core, tmp_path: Path) -> None:
    app = open_page("home")

    said = texts(app)
    assert not app.exception
    assert str(tmp_path) in said
    assert "**simulated**, no key needed" in said
    for pattern in featured():
        assert f"**{pattern.title}**" in said
        assert app.button(key=f"open_{pattern.id}").label == "Open"
    assert links(app)[f"All {len(catalogue())} patterns"] == ""
    assert links(app)["Find one by a few questions"] == "view=guide"
    assert "Organizations" not in said
    assert "for your approval" not in said


def test_a_pattern_opens_on_the_canvas(studio: Core) -> None:
    app = open_page("home")

    app.button(key="open_specialist").click().run()

    (created,) = studio.organizations.all()
    assert address(app) == {"organization": created.id}
    assert created.latest_revision == 1
    assert not app.exception


def test_what_needs_a_person_and_what_went_on(studio: Core) -> None:
    organization = store_organization(studio.database)
    for number in range(7):
        run = SampleRun(studio.database, *organization, input=f"Question *{number}*")
        run.write(status="failed", ended_at=run.at(1))
    waiting = SampleRun(studio.database, *organization)
    begin(waiting)
    add_pending_approval(studio.database, waiting.write(status="waiting"), tool="refund", arguments={})

    app = open_page("home")

    said = texts(app)
    assert not app.exception
    assert "**1 call waits for your approval.**" in said
    assert "Failed" in said
    shown = links(app)
    assert "Decide" in shown
    assert shown["Customer support"] == f"organization={organization[0]}"
    assert "All 8 runs" in shown
    assert any(label.startswith("Question \\*") for label in shown), "what people typed is not markup"


def test_many_organizations_are_cut_short(studio: Core) -> None:
    for number in range(8):
        spec = Organization(name=f"Org {number}", agents=[AgentSpec(name="a")])
        studio.organizations.create(spec)

    app = open_page("home")

    shown = links(app)
    assert "All 8" in shown
    assert sum(label.startswith("Org ") for label in shown) == 6
    assert "never saved" in texts(app)
    assert "None yet: open an organization and press Run." in texts(app)

    app.button(key="new_organization").click().run()

    assert len(studio.organizations.all()) == 9
    assert address(app)["organization"] == studio.organizations.all()[0].id


def test_a_default_model_that_is_not_there_does_not_break_the_page(
    studio: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_DEFAULT_MODEL", "nowhere/model")

    app = open_page("home")

    assert not app.exception
    assert "`nowhere/model`" in texts(app)


def test_a_newer_database_is_refused_in_words(studio: Core, tmp_path: Path) -> None:
    close_core()
    database = Database(tmp_path / "studio.db")
    with database.session() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    app = open_page("home")

    assert not app.exception
    assert "has version 9999" in texts(app)
    assert "newer Troupe" in texts(app)
