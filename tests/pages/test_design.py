"""The Design page through the real entry script."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.organization.spec import AgentSpec, HandoffLink, HttpToolSpec, Organization, UsesLink
from studio.components.design_dialogs import DELETED
from studio.editing import desk_for
from tests.support.sample_pages import component_data, named, open_page, press_fold, studio_folder, texts

SHOP = Organization(
    name="Shop",
    entry="Triage",
    agents=[
        AgentSpec(name="Triage", instructions="Hand over."),
        AgentSpec(name="Billing", instructions="Answer.", handoff_description="Money"),
    ],
    tools=[
        HttpToolSpec(
            name="weather",
            url="https://example.com/w",
            effect="reads",
            parameters={"type": "object", "properties": {"days": {"type": "integer"}}},
        )
    ],
    links=[HandoffLink(source="Triage", target="Billing"), UsesLink(source="Billing", target="weather")],
)


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


@pytest.fixture
def shop(studio: Core) -> str:
    return studio.organizations.create(SHOP)


def on_canvas(app: AppTest, seq: int, states: WidgetStates | None = None, **change: Any) -> AppTest:
    """Runs the page as after a report of the canvas; AppTest has no words of its own for that. `states` are those
    of other widgets that the browser sends along."""
    states = states or WidgetStates()
    report = {"rev": 1, "seq": seq, "change": change}
    element = app.get("bidi_component")[0].proto
    states.widgets.add(id=element.id, json_value=json.dumps({"report": report}))
    return app._run(states)


def draft(studio: Core, organization_id: str) -> Organization:
    return studio.organizations.draft(organization_id).spec


def test_without_organizations_the_page_says_how_to_start(studio: Core) -> None:
    app = open_page("design")

    assert "No organizations yet" in texts(app)
    assert not app.exception

    named(app.button, "New organization").click().run()

    assert component_data(app)["graph"]["nodes"] == []
    assert "1 problem keeps this from running" in texts(app)


def test_an_organization_is_chosen_from_the_list(studio: Core, shop: str) -> None:
    app = open_page("design")

    named(app.button, "**Shop**").click().run()

    assert app.query_params["organization"] == shop
    assert [node["id"] for node in component_data(app)["graph"]["nodes"]] == ["Triage", "Billing", "weather"]
    assert "Saved as revision 1" in texts(app)


def test_an_unknown_organization_is_told_beside_the_list(studio: Core, shop: str) -> None:
    app = open_page("design", organization="org_x")

    assert "org_x" in app.error[0].value
    assert named(app.button, "**Shop**")


def test_the_address_names_the_selected_node(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Billing")

    assert component_data(app)["selected"] == ["Billing"]
    assert named(app.text_area, "Instructions").value == "Answer."


def test_a_field_becomes_an_edit_of_the_draft(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Billing")

    named(app.text_area, "Instructions").set_value("Answer kindly.").run()

    assert draft(studio, shop).agents[1].instructions == "Answer kindly."
    assert "Unsaved changes" in texts(app)


def test_a_renamed_agent_is_renamed_everywhere(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Billing")

    named(app.text_input, "Name").set_value("Accounts").run()

    assert [link.key for link in draft(studio, shop).links] == ["handoff:Triage→Accounts", "uses:Accounts→weather"]
    assert component_data(app)["selected"] == ["Accounts"]


def test_what_cannot_be_taken_stays_in_its_field(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="weather")

    named(app.text_area, "Parameters (JSON schema)").set_value('{"type": ').run()

    assert "not JSON yet" in texts(app)
    on_canvas(app, 1, op="select", node="Billing")
    assert "not JSON yet" not in texts(app)

    on_canvas(app, 2, op="select", node="weather")

    assert named(app.text_area, "Parameters (JSON schema)").value == '{"type": '
    assert "not JSON yet" in texts(app)
    assert draft(studio, shop) == SHOP.with_layout(draft(studio, shop).layout)


def test_a_setting_out_of_range_is_refused_with_the_reason(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Billing")
    press_fold(app, "Model settings", opens=True)

    named(app.number_input, "Temperature").set_value(7.0).run()

    assert named(app.number_input, "Temperature").value == 7.0
    assert "less than or equal to 2" in texts(app)
    assert draft(studio, shop).agents[1].settings.temperature is None


def test_folded_fields_stay_open_while_they_are_edited(studio: Core, shop: str) -> None:
    """Closed they are not drawn; the number of those that are set is told when they are closed again."""
    app = open_page("design", organization=shop, node="Billing")
    assert not app.number_input
    press_fold(app, "Model settings", opens=True)

    named(app.number_input, "Temperature").set_value(0.5).run()
    named(app.number_input, "Top p").set_value(0.9).run()

    settings = draft(studio, shop).agents[1].settings
    assert (settings.temperature, settings.top_p) == (0.5, 0.9)
    assert named(app.number_input, "Temperature").value == 0.5
    assert "Model settings · 2 set" not in [fold.label for fold in app.expander]

    press_fold(app, "Model settings", opens=False)

    assert not app.number_input
    assert "Model settings · 2 set" in [fold.label for fold in app.expander]


def test_canvas_and_inspector_share_undo(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Billing")
    named(app.text_area, "Instructions").set_value("Answer kindly.").run()
    on_canvas(app, 1, op="delete", nodes=["weather"], edges=[])
    assert draft(studio, shop).tools == []

    on_canvas(app, 2, op="undo")
    on_canvas(app, 3, op="undo")

    assert draft(studio, shop).tool("weather") is not None
    assert named(app.text_area, "Instructions").value == "Answer."
    assert "Saved as revision 1" in texts(app)


def test_what_the_browser_has_not_drawn_yet_is_no_edit(studio: Core, shop: str) -> None:
    """Right after an undo the browser sends the undone text along with what a person does next."""
    app = open_page("design", organization=shop, node="Billing")
    named(app.text_area, "Instructions").set_value("Answer kindly.").run()
    late = WidgetStates()
    late.widgets.add(id=named(app.text_area, "Instructions").proto.id, string_value="Answer kindly.")
    on_canvas(app, 1, op="undo")

    on_canvas(app, 2, late, op="select", node="Billing")

    assert draft(studio, shop).agents[1].instructions == "Answer."
    assert named(app.text_area, "Instructions").value == "Answer."


def test_text_that_was_not_left_yet_is_kept_when_the_canvas_changes(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Billing")
    late = WidgetStates()
    late.widgets.add(id=named(app.text_area, "Instructions").proto.id, string_value="Answer at once.")

    on_canvas(app, 1, late, op="delete", nodes=["weather"], edges=[])

    assert draft(studio, shop).agents[1].instructions == "Answer at once."
    assert draft(studio, shop).tools == []


def test_a_new_node_is_open_in_the_inspector(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop)

    on_canvas(app, 1, op="add", kind="mcp_stdio", position={"x": 5, "y": 6}, positions={})

    assert named(app.text_input, "Name").value == "mcp_server"
    assert "does not say how to start its server" in texts(app)


def test_an_approval_rule_compares_an_argument(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="weather")

    named(app.button_group, "Ask a person").set_value("when").run()
    named(app.selectbox, "Comparison").set_value("ge").run()
    named(app.text_input, "Value").set_value("10").run()

    rule = draft(studio, shop).tools[0].approval
    assert rule.model_dump() == {"kind": "when", "argument": "days", "operator": "ge", "value": 10}


def test_saving_with_problems_leads_to_them(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="weather")
    named(app.text_input, "URL").set_value("").run()

    named(app.button, "Save revision").click().run()

    assert studio.organizations.get(shop).latest_revision == 1
    problem = next(button for button in app.button if "has no URL" in button.label)

    problem.click().run()

    assert component_data(app)["selected"] == ["weather"]


def test_saving_makes_a_revision(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop)
    named(app.text_input, "Name of the organization").set_value("Store").run()

    named(app.button, "Save revision").click().run()

    assert studio.organizations.get(shop).latest_revision == 2
    assert "Saved as revision 2" in texts(app)


def test_run_saves_first_and_leads_to_the_run_page(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop)
    named(app.text_area, "Description").set_value("Sells.").run()

    named(app.button, "Run").click().run()

    assert studio.organizations.get(shop).latest_revision == 2
    assert app.query_params["organization"] == shop
    assert not [area for area in app.text_area if area.label == "Description"]


def test_a_broken_draft_does_not_run(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop)
    on_canvas(app, 1, op="delete", nodes=["Triage", "Billing"], edges=[])

    named(app.button, "Run").click().run()

    assert "There is no agent" in texts(app)
    assert studio.organizations.get(shop).latest_revision == 1


def test_another_tabs_edits_are_a_choice(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop)
    other = desk_for(studio.organizations, shop)
    other.change(other.organization.model_copy(update={"description": "Theirs"}))

    named(app.text_area, "Description").set_value("Mine").run()

    assert "edited in another tab" in app.warning[0].value
    assert draft(studio, shop).description == "Theirs"
    assert named(app.text_area, "Description").value == "Mine"

    named(app.button, "Load the other edits").click().run()

    assert not app.warning
    assert named(app.text_area, "Description").value == "Theirs"


def test_deleting_asks_first(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop)

    app.menu_button(key="design_menu").click("delete").run()

    assert "Its runs and their traces stay" in texts(app)
    assert studio.organizations.all() != []


def test_a_deleted_organization_can_be_brought_back(studio: Core, shop: str) -> None:
    studio.organizations.delete(shop)
    app = open_page("design")
    # A dialog is gone when AppTest runs the page, so its button cannot be pressed.
    app.session_state[DELETED] = (shop, "Shop")
    app.run()
    assert "was deleted" in texts(app)

    named(app.button, "Undo").click().run()

    assert [record.id for record in studio.organizations.all()] == [shop]
    assert app.query_params["organization"] == shop


def test_samples_are_added_changed_and_removed(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop)
    named(app.text_input, "Add a sample input").set_value("First").run()
    named(app.text_input, "Add a sample input").set_value("Second").run()
    named(app.text_area, "Sample input 1").set_value("First!\nIn two lines").run()
    assert draft(studio, shop).samples == ["First!\nIn two lines", "Second"]

    app.button(key=next(b.key for b in app.button if b.key and b.key.endswith("sample_delete_0"))).click().run()

    assert draft(studio, shop).samples == ["Second"]


def test_a_late_word_of_a_deleted_parts_field_changes_nothing(studio: Core, shop: str) -> None:
    """A browser that has not drawn the deletion yet may still send the fields of what is gone."""
    app = open_page("design", organization=shop, node="Billing")
    late = WidgetStates()
    late.widgets.add(id=named(app.toggle, "Starts the run").proto.id, bool_value=True)

    on_canvas(app, 1, op="delete", nodes=["Billing"], edges=[])
    on_canvas(app, 2, late, op="select", node="Triage", edge=None)

    assert not app.exception
    assert "Something went wrong" not in texts(app)
    assert draft(studio, shop).entry == "Triage"
