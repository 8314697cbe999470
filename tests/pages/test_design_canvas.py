"""What the Design page and its canvas say to each other beside edits: addresses, orders, pictures."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.organization.spec import McpStdioToolSpec, Organization
from tests.pages.test_design import SHOP, on_canvas
from tests.support.sample_pages import component_data, open_page, studio_folder


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


@pytest.fixture
def shop(studio: Core) -> str:
    return studio.organizations.create(SHOP)


def order(app: AppTest) -> tuple[str, str]:
    """What the canvas is asked to do."""
    told = component_data(app)["order"]
    return told["kind"], told["text"]


def test_a_link_to_a_node_selects_and_shows_it(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Billing")

    assert component_data(app)["selected"] == ["Billing"]
    assert order(app) == ("show", "Billing")
    assert app.query_params["node"] == "Billing"


def test_the_same_link_leads_there_again_after_something_else_was_selected(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Billing")

    on_canvas(app, 1, op="select", node="Triage")
    assert "node" not in app.query_params

    app.query_params["node"] = "Billing"
    assert component_data(app.run())["selected"] == ["Billing"]


def test_a_link_to_a_node_that_is_gone_says_so(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Nobody")

    assert component_data(app)["selected"] == []
    assert "There is no “Nobody” here" in app.toast[0].value


def test_a_link_to_the_selected_node_is_copied(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Billing")

    app.button(key="node_link").click().run()

    assert order(app) == ("link", f"organization={shop}&node=Billing")


def test_the_menu_shows_the_keys_on_the_canvas(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, view="code")

    app.menu_button(key="design_menu").click("keys").run()

    assert order(app) == ("keys", "")
    assert "view" not in app.query_params


def test_presented_the_canvas_is_all_there_is(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, present="1", node="Billing")

    told = component_data(app)
    assert (told["presented"], told["read_only"], told["selected"]) == ("Shop", True, ["Billing"])
    assert order(app) == ("show", "Billing")
    assert not app.text_input
    assert not app.menu_button


def test_nothing_is_edited_while_presenting_whatever_a_browser_sends(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, present="1")

    on_canvas(app, 1, op="delete", nodes=["Billing"])
    on_canvas(app, 2, op="select", node="Triage")

    assert component_data(app)["selected"] == ["Triage"]
    assert studio.organizations.draft(shop).spec.agent("Billing") is not None


def test_one_begins_and_leaves_a_presentation_from_the_canvas_and_the_menu(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, view="revisions")

    app.menu_button(key="design_menu").click("present").run()
    assert component_data(app)["presented"] == "Shop"
    on_canvas(app, 1, op="present", on=False)
    assert app.session_state["design_view"] == "revisions"

    app.query_params["view"] = "canvas"
    on_canvas(app.run(), 2, op="present", on=True)
    assert app.query_params["present"] == "1"
    assert component_data(app)["presented"] == "Shop"


def exporting(app: AppTest, form: str) -> AppTest:
    """The Export dialog with that form chosen."""
    # A choice in a dialog reruns the dialog alone, which AppTest cannot: it is made beforehand.
    app.session_state["export_form"] = form
    return app.menu_button(key="design_menu").click("export").run()


def test_a_flowchart_is_exported_beside_yaml_and_json(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop)

    assert "name: Billing" in exporting(app, "yaml").code[0].value
    assert '"name": "Billing"' in exporting(app, "json").code[0].value
    assert exporting(app, "mermaid").code[0].value.startswith("flowchart LR\n")


def test_a_picture_is_drawn_without_secrets_and_has_a_name(studio: Core) -> None:
    key = "sk-proj-9fQ2xW7LbT4nR8vY3mKc6ZpA1dHs5Gj0"
    server = McpStdioToolSpec(name="files", command="npx", arguments=["server", "--token", key])
    organization_id = studio.organizations.create(Organization(name="Our Files!", tools=[server]))

    app = exporting(open_page("design", organization=organization_id), "picture")

    told = json.loads(app.get("bidi_component")[-1].proto.json)
    assert (told["title"], told["file_name"]) == ("Our Files!", "our-files")
    assert [node["subtitle"] for node in told["graph"]["nodes"]] == ["npx server --token ${FILES_TOKEN}"]
    assert "looks like a secret" in app.warning[0].value
