"""The Revisions view of the Design page: the list, the canvas with marks, the differences in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.organization.edits import connect, delete, replace_node
from core.organization.spec import AgentSpec, AlwaysApprove, HandoffLink, HttpToolSpec, Organization, UsesLink
from core.organization.wording import with_fields
from tests.support.sample_pages import address, component_data, open_page, studio_folder, texts

WEATHER = HttpToolSpec(name="book", url="https://example.com/book", approval=AlwaysApprove(), description="Book.")
LONG = "Hand the customer over to whom they need, and say in a sentence why you do so. Never guess."
SHOP = Organization(
    name="Shop",
    entry="Triage",
    agents=[
        AgentSpec(name="Triage", instructions=LONG),
        AgentSpec(name="Billing", instructions="Answer.", handoff_description="Money"),
        AgentSpec(name="Travel", instructions="Book trips.", handoff_description="Trips"),
    ],
    tools=[WEATHER],
    links=[
        HandoffLink(source="Triage", target="Billing"),
        UsesLink(source="Travel", target="book"),
        HandoffLink(source="Triage", target="Travel"),
    ],
)


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


@pytest.fixture
def shop(studio: Core) -> str:
    """Three revisions: Billing goes, then booking needs no approval and the instructions change."""
    organizations = studio.organizations
    shop = organizations.create(SHOP, note="First")
    second = connect(delete(SHOP, ["Billing"]), "handoff", "Travel", "Triage")
    keep(studio, shop, second)
    third = replace_node(second, "book", with_fields(WEATHER, approval={"kind": "never"}))
    triage = third.agent("Triage")
    assert triage is not None
    third = replace_node(third, "Triage", with_fields(triage, instructions=LONG.replace("customer", "client")))
    keep(studio, shop, third, name="Open *door*")
    return shop


def keep(studio: Core, shop: str, spec: Organization, *, name: str = "") -> None:
    studio.organizations.save_draft(shop, spec, based_on=studio.organizations.draft(shop).version)
    studio.organizations.save(shop, name=name)


def choose(app: AppTest, studio: Core, shop: str, number: int) -> AppTest:
    revision = next(each for each in studio.organizations.revisions(shop) if each.number == number)
    return app.button(key=f"revision_{revision.id}").click().run()


def test_the_address_opens_the_view_and_follows_it(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, view="revisions")
    assert app.button(key="revision_draft")

    app.button_group(key="design_view").set_value("canvas").run()

    assert address(app) == {"organization": shop}
    assert not component_data(app)["read_only"]

    app.button_group(key="design_view").set_value("revisions").run()

    assert address(app) == {"organization": shop, "view": "revisions"}
    assert component_data(app)["read_only"]


def test_an_unknown_view_is_the_canvas(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, view="colours")

    assert not app.exception
    assert not component_data(app)["read_only"]


def test_the_newest_is_compared_with_the_one_before(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, view="revisions")

    said = texts(app)
    assert app.button(key=f"revision_{studio.organizations.revisions(shop)[0].id}").label == (
        "**Revision 3 · Open \\*door\\***"
    )
    assert "'Travel' may now call 'book' without approval." in said
    assert said.index("Approvals") < said.index("Texts and names")
    assert "The instructions of 'Triage' changed (+1 −1 words)." in [each.label for each in app.expander]
    assert "<del>" in said
    assert "client" in said
    assert component_data(app)["status"] == {"book": "changed", "Triage": "changed"}


def test_what_is_gone_stays_on_the_picture(studio: Core, shop: str) -> None:
    app = choose(open_page("design", organization=shop, view="revisions"), studio, shop, 2)

    data = component_data(app)
    assert data["status"] == {
        "Billing": "removed",
        "handoff:Triage→Billing": "removed",
        "handoff:Travel→Triage": "added",
    }
    assert "Billing" in [node["id"] for node in data["graph"]["nodes"]]
    assert "handoff:Triage→Billing" in [edge["id"] for edge in data["graph"]["edges"]]
    assert "The agent 'Billing' was removed." in texts(app)


def test_any_two_can_be_compared(studio: Core, shop: str) -> None:
    app = choose(open_page("design", organization=shop, view="revisions"), studio, shop, 1)
    assert app.selectbox[0].value == "nothing"
    assert component_data(app)["status"] == {}

    app.selectbox[0].set_value("3").run()

    said = texts(app)
    assert "Calls of 'book' by 'Travel' are checked more strictly" in said
    assert "The agent 'Billing' was added." in said


def test_the_address_says_which_revision_is_looked_at_and_with_which_it_is_compared(
    studio: Core, shop: str
) -> None:
    place = {"organization": shop, "view": "revisions"}
    app = open_page("design", **place, revision="2", compared="3")

    assert app.selectbox[0].value == "3"
    assert "Calls of 'book' by 'Travel' are checked more strictly" in texts(app)

    choose(app, studio, shop, 3)

    assert address(app) == place | {"revision": "3"}
    assert app.selectbox[0].value == "2"

    app.selectbox[0].set_value("1").run()

    assert address(app) == place | {"revision": "3", "compared": "1"}
    assert "The agent 'Billing' was removed." in texts(app)

    app.selectbox[0].set_value("2").run()
    choose_draft(app)

    assert address(app) == place | {"revision": "draft"}


def test_a_revision_that_does_not_exist_is_told(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, view="revisions", revision="9*")

    assert [each.value for each in app.warning] == [r"There is no revision “9\*” of this organization."]
    assert component_data(app)["status"] == {"book": "changed", "Triage": "changed"}


def test_a_draft_that_was_only_moved_differs_in_nothing(studio: Core, shop: str) -> None:
    app = choose_draft(open_page("design", organization=shop, view="revisions"))

    assert "No difference in meaning" in texts(app)
    assert component_data(app)["status"] == {}


def choose_draft(app: AppTest) -> AppTest:
    return app.button(key="revision_draft").click().run()


def test_before_the_first_save_it_says_what_to_do(studio: Core) -> None:
    empty = studio.organizations.create_empty()

    app = open_page("design", organization=empty, view="revisions")

    assert "Nothing was saved yet." in texts(app)


def test_restoring_says_what_it_replaces(studio: Core, shop: str) -> None:
    app = choose(open_page("design", organization=shop, view="revisions"), studio, shop, 1)

    app.button(key="revision_restore").click().run()

    said = texts(app)
    assert "**Revision 1** becomes the draft." in said
    assert "The agent 'Billing' was added." in said
    assert "Undo brings the canvas back" in said
