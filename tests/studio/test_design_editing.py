"""One tab's work on an organization: steps, the stored draft, and another tab in between."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import BrokenOrganizationError, ConflictError
from core.organization.spec import (
    AgentSpec,
    FunctionToolSpec,
    HandoffLink,
    Organization,
    Position,
    UsesLink,
)
from core.services.organizations import OrganizationService
from core.store.database import Database
from studio.canvas.changes import (
    AddNode,
    AddNote,
    Align,
    ChangeGroup,
    ChangeNote,
    Connect,
    Copy,
    Delete,
    Duplicate,
    GroupNodes,
    Layout,
    Move,
    Paste,
    Redo,
    Select,
    Undo,
)
from studio.canvas_edits import apply_canvas_change
from studio.editing import Desk, desk_for
from studio.view_models.design_parts import with_value

SHOP = Organization(
    name="Shop",
    entry="Triage",
    agents=[
        AgentSpec(name="Triage", instructions="Hand over."),
        AgentSpec(name="Billing", instructions="Answer.", handoff_description="Money"),
    ],
    tools=[FunctionToolSpec(name="refund", function="core.toolbox.billing:issue_refund")],
    links=[HandoffLink(source="Triage", target="Billing"), UsesLink(source="Billing", target="refund")],
)
HERE = Position(x=10, y=20)


@pytest.fixture
def organizations(tmp_path: Path) -> Iterator[OrganizationService]:
    database = Database(tmp_path / "studio.db")
    yield OrganizationService(database)
    database.close()


@pytest.fixture
def desk(organizations: OrganizationService) -> Desk:
    return desk_for(organizations, organizations.create(SHOP))


def stored(desk: Desk) -> Organization:
    return desk.organizations.draft(desk.organization_id).spec


def rename(desk: Desk, old: str, new: str) -> None:
    desk.change(with_value(desk.organization, old, "name", new))


def test_every_node_has_a_place_from_the_start(desk: Desk) -> None:
    assert set(desk.organization.layout) == {"Triage", "Billing", "refund"}
    assert not desk.changed


def test_an_edit_is_kept_as_the_draft_at_once(desk: Desk) -> None:
    drawn = desk.drawn

    apply_canvas_change(desk, AddNode(kind="agent", position=HERE))

    assert stored(desk) == desk.organization
    assert [agent.name for agent in stored(desk).agents] == ["Triage", "Billing", "Agent"]
    assert desk.selected == "Agent"
    assert desk.changed
    assert desk.drawn > drawn


def test_the_palettes_guardrail_starts_with_keywords(desk: Desk) -> None:
    apply_canvas_change(desk, AddNode(kind="guardrail", position=HERE, positions={"Triage": Position(x=1, y=2)}))

    assert desk.organization.guardrails[0].kind == "keyword"
    assert desk.organization.layout["Triage"] == Position(x=1, y=2)


def test_a_broken_draft_is_kept_and_not_saved(desk: Desk) -> None:
    apply_canvas_change(desk, Delete(nodes=["Triage", "Billing"]))

    assert stored(desk).agents == []
    assert desk.errors
    with pytest.raises(BrokenOrganizationError):
        desk.save()


def test_undo_and_redo_are_stored_too(desk: Desk) -> None:
    apply_canvas_change(desk, Delete(nodes=["refund"]))
    apply_canvas_change(desk, Undo())
    assert stored(desk).tool("refund") is not None
    assert not desk.changed

    apply_canvas_change(desk, Redo())

    assert stored(desk).tool("refund") is None


def test_moving_is_stored_and_no_change_of_meaning(desk: Desk) -> None:
    apply_canvas_change(desk, Move(positions={"Triage": HERE}))
    apply_canvas_change(desk, Layout(positions={"Billing": HERE}))

    assert stored(desk).layout["Triage"] == stored(desk).layout["Billing"] == HERE
    assert not desk.changed


def test_a_new_link_is_selected(desk: Desk) -> None:
    apply_canvas_change(desk, Connect(kind="as_tool", source="Billing", target="Triage"))

    assert desk.selected == "as_tool:Billing→Triage"


def test_a_refused_change_says_why_and_draws_the_canvas_anew(desk: Desk) -> None:
    drawn = desk.drawn

    apply_canvas_change(desk, Connect(kind="uses", source="refund", target="Billing"))

    assert desk.refused is not None
    assert "refund" in desk.refused.message
    assert desk.drawn > drawn

    apply_canvas_change(desk, Select(node="Billing"))

    assert desk.refused is None


def test_a_single_copy_is_selected(desk: Desk) -> None:
    apply_canvas_change(desk, Duplicate(nodes=["refund"]))

    assert desk.selected == "refund_2"
    assert desk.organization.tool("refund_2") is not None


def test_selection_and_fields_follow_a_renamed_node(desk: Desk) -> None:
    desk.select("Billing")
    token = desk.token("Billing")

    rename(desk, "Billing", "Accounts")

    assert desk.selected == "Accounts"
    assert desk.token("Accounts") == token
    assert desk.owner_of(token) == "Accounts"

    desk.undo()

    assert desk.selected == "Billing"
    assert desk.owner_of(token) == "Billing"


def test_what_is_deleted_is_not_selected_any_more(desk: Desk) -> None:
    desk.select("refund")
    token = desk.token("refund")

    apply_canvas_change(desk, Delete(nodes=["refund"]))

    assert desk.selected == ""
    assert desk.owner_of(token) is None


def test_saving_makes_a_revision_once(desk: Desk) -> None:
    rename(desk, "Billing", "Accounts")

    revision = desk.save("New name")

    assert (revision.number, revision.note) == (2, "New name")
    assert not desk.changed
    assert desk.save().number == 2

    rename(desk, "Accounts", "Money")

    assert desk.changed
    assert desk.conflict is None


def test_edits_of_two_tabs_never_overwrite_each_other(desk: Desk) -> None:
    other = desk_for(desk.organizations, desk.organization_id)
    rename(other, "Billing", "Theirs")

    rename(desk, "Billing", "Mine")
    rename(desk, "Mine", "Mine too")

    assert desk.conflict is not None
    assert stored(desk).agent("Theirs") is not None
    assert desk.organization.agent("Mine too") is not None
    with pytest.raises(ConflictError):
        desk.save()


def test_loading_the_other_edits_can_be_undone(desk: Desk) -> None:
    rename(desk_for(desk.organizations, desk.organization_id), "Billing", "Theirs")
    rename(desk, "Billing", "Mine")

    desk.load_theirs()

    assert desk.conflict is None
    assert desk.organization.agent("Theirs") is not None

    desk.undo()

    assert stored(desk).agent("Mine") is not None


def test_ones_own_edits_can_be_kept_as_a_copy(desk: Desk) -> None:
    rename(desk_for(desk.organizations, desk.organization_id), "Billing", "Theirs")
    rename(desk, "Billing", "Mine")

    copy = desk.organizations.draft(desk.keep_as_copy()).spec

    assert (copy.name, copy.agents[1].name) == ("Shop copy", "Mine")
    assert desk.organization.agent("Theirs") is not None
    assert stored(desk).agent("Theirs") is not None


def test_another_tabs_edits_are_loaded_when_nothing_is_lost(desk: Desk) -> None:
    rename(desk_for(desk.organizations, desk.organization_id), "Billing", "Theirs")

    assert desk.catch_up()

    assert desk.organization.agent("Theirs") is not None
    assert not desk.catch_up()


def test_saving_never_saves_unseen_edits_of_another_tab(desk: Desk) -> None:
    rename(desk_for(desk.organizations, desk.organization_id), "Billing", "Theirs")

    with pytest.raises(ConflictError):
        desk.save()

    assert len(desk.organizations.revisions(desk.organization_id)) == 1
    assert desk.organization.agent("Theirs") is not None


def test_discarding_goes_back_to_the_revision_and_can_be_undone(desk: Desk) -> None:
    rename(desk, "Billing", "Mine")

    desk.discard()

    assert desk.organization.agent("Billing") is not None
    assert not desk.changed

    desk.undo()

    assert stored(desk).agent("Mine") is not None


def test_ones_own_edits_can_take_the_place_of_the_others(desk: Desk) -> None:
    rename(desk_for(desk.organizations, desk.organization_id), "Billing", "Theirs")
    rename(desk, "Billing", "Mine")
    assert desk.theirs().agent("Theirs") is not None
    assert desk.base.agent("Billing") is not None

    desk.keep_mine()

    assert desk.conflict is None
    assert stored(desk).agent("Mine") is not None

    desk.undo()

    assert stored(desk).agent("Theirs") is not None


def test_both_can_be_kept_theirs_as_a_revision(desk: Desk) -> None:
    rename(desk_for(desk.organizations, desk.organization_id), "Billing", "Theirs")
    rename(desk, "Billing", "Mine")

    kept = desk.keep_both()

    assert (kept.number, kept.spec["agents"][1]["name"]) == (2, "Theirs")
    assert stored(desk).agent("Mine") is not None
    assert (desk.conflict, desk.changed) == (None, True)
    assert desk.save().number == 3


def test_broken_edits_of_another_tab_cannot_become_a_revision(desk: Desk) -> None:
    other = desk_for(desk.organizations, desk.organization_id)
    apply_canvas_change(other, Delete(nodes=["Triage", "Billing"]))
    rename(desk, "Billing", "Mine")

    with pytest.raises(BrokenOrganizationError):
        desk.keep_both()

    assert desk.conflict is not None
    assert stored(desk).agents == []


def test_a_third_edit_in_between_is_a_conflict_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rename(desk_for(desk.organizations, desk.organization_id), "Billing", "Theirs")
    rename(desk, "Billing", "Mine")
    load = Desk.load_theirs

    def load_and_lose(each: Desk) -> None:
        load(each)
        rename(desk_for(desk.organizations, desk.organization_id), "Theirs", "Third")

    monkeypatch.setattr(Desk, "load_theirs", load_and_lose)
    desk.keep_mine()

    assert desk.conflict is not None
    assert stored(desk).agent("Third") is not None
    assert desk.organization.agent("Mine") is not None


def test_discarding_never_takes_another_tabs_edits(desk: Desk) -> None:
    rename(desk, "Billing", "Mine")
    other = desk_for(desk.organizations, desk.organization_id)
    rename(other, "Mine", "Theirs")

    with pytest.raises(ConflictError):
        desk.discard()

    assert stored(desk).agent("Theirs") is not None


def test_a_restored_revision_is_the_draft_and_can_be_undone(desk: Desk) -> None:
    first = desk.saved
    assert first is not None
    rename(desk, "Billing", "Accounts")
    second = desk.save("Renamed", name="Accounts")
    assert (second.name, second.note) == ("Accounts", "Renamed")

    desk.restore(first)

    assert stored(desk).agent("Billing") is not None
    assert desk.changed

    desk.undo()

    assert not desk.changed
    desk.redo()
    assert desk.save().number == 3


def test_copied_nodes_go_to_the_clipboard_and_into_another_organization(
    desk: Desk, organizations: OrganizationService
) -> None:
    other = desk_for(organizations, organizations.create(SHOP.model_copy(update={"name": "Other"})))

    apply_canvas_change(desk, Copy(nodes=["Billing", "refund"]))
    order = desk.order
    assert order is not None
    apply_canvas_change(other, Paste(text=order.text, position=HERE))

    assert (order.kind, desk.drawn) == ("copy", 1)
    assert [agent.name for agent in other.organization.agents] == ["Triage", "Billing", "Billing 2"]
    assert other.organization.links[-1] == UsesLink(source="Billing 2", target="refund_2")
    assert set(other.organization.layout) == set(other.organization.node_names())


def test_each_copy_is_an_order_of_its_own(desk: Desk) -> None:
    apply_canvas_change(desk, Copy(nodes=["Billing"]))
    first = desk.order
    apply_canvas_change(desk, Copy(nodes=["Billing"]))

    assert first is not None
    assert desk.order is not None
    assert desk.order.number > first.number


def test_a_text_that_is_no_organization_is_not_pasted(desk: Desk) -> None:
    before = desk.organization

    apply_canvas_change(desk, Paste(text="Dear all, the meeting is at five.", position=HERE))

    assert desk.organization == before
    assert desk.refused is not None
    assert "clipboard" in desk.refused.message


def test_a_pasted_node_is_selected_and_goes_with_undo(desk: Desk) -> None:
    apply_canvas_change(desk, Copy(nodes=["Billing"]))
    assert desk.order is not None
    apply_canvas_change(desk, Paste(text=desk.order.text, position=HERE, positions={"Triage": HERE}))

    assert desk.selected == "Billing 2"
    assert desk.organization.layout["Billing 2"] == desk.organization.layout["Triage"] == HERE
    apply_canvas_change(desk, Undo())
    assert desk.organization.agent("Billing 2") is None


def test_several_copies_are_selected_together_until_something_else_is(desk: Desk) -> None:
    apply_canvas_change(desk, Duplicate(nodes=["Billing", "refund"]))
    assert (desk.selected, desk.several) == ("", ["Billing 2", "refund_2"])

    apply_canvas_change(desk, Copy(nodes=["Billing", "refund"]))
    assert desk.order is not None
    apply_canvas_change(desk, Paste(text=desk.order.text, position=HERE))
    assert desk.several == ["Billing 3", "refund_3"]
    apply_canvas_change(desk, GroupNodes(nodes=desk.several))
    assert desk.several == ["Billing 3", "refund_3"]

    apply_canvas_change(desk, Select(node="Triage"))
    assert (desk.selected, desk.several) == ("Triage", [])


def test_a_secret_does_not_go_to_the_clipboard_and_comes_back_in_the_same_studio(desk: Desk) -> None:
    key = "sk-proj-9fQ2xW7LbT4nR8vY3mKc6ZpA1dHs5Gj0"
    agent = AgentSpec(name="Leaky", instructions=f"Use the key {key}")
    desk.change(desk.organization.model_copy(update={"agents": [*desk.organization.agents, agent]}))

    apply_canvas_change(desk, Copy(nodes=["Leaky"]))
    order = desk.order
    assert order is not None
    text = order.text.replace("\n", "\r\n")
    apply_canvas_change(desk, Paste(text=text, position=HERE))
    apply_canvas_change(desk, Paste(text=text.replace("Use the", "Take the"), position=HERE))

    assert key not in order.text
    assert "Secrets are left out" in order.note
    same, changed = desk.organization.agents[-2:]
    assert same.instructions == agent.instructions
    assert changed.instructions == "Take the key ${LEAKY_SECRET}"


def test_notes_come_move_change_and_go(desk: Desk) -> None:
    apply_canvas_change(desk, AddNote(position=HERE))
    apply_canvas_change(desk, ChangeNote(id="note-1", text="Why?", x=10, y=20, width=300, height=90))
    apply_canvas_change(desk, Move(positions={"Triage": HERE}, notes={"note-1": Position(x=7, y=8)}))

    note = stored(desk).notes[0]
    assert (note.text, note.x, note.y, note.width) == ("Why?", 7, 8, 300)
    assert not desk.changed
    apply_canvas_change(desk, Delete(notes=["note-1"]))
    assert stored(desk).notes == []
    apply_canvas_change(desk, Undo())
    assert stored(desk).notes == [note]


def test_groups_are_made_renamed_collapsed_and_dissolved(desk: Desk) -> None:
    apply_canvas_change(desk, GroupNodes(nodes=["Billing", "refund"]))
    apply_canvas_change(desk, ChangeGroup(group="Group", name="Money", collapsed=True))

    assert [(each.name, each.collapsed) for each in stored(desk).groups] == [("Money", True)]
    apply_canvas_change(desk, Delete(groups=["Money"]))
    assert stored(desk).groups == []
    assert stored(desk).agent("Billing") is not None
    apply_canvas_change(desk, Undo())
    assert [each.name for each in stored(desk).groups] == ["Money"]


def test_nodes_are_aligned_with_the_sizes_that_are_drawn(desk: Desk) -> None:
    apply_canvas_change(desk, Move(positions={"Triage": Position(x=0, y=0), "refund": Position(x=90, y=200)}))

    sizes = {"Triage": (200.0, 60.0), "refund": (100.0, 40.0)}
    apply_canvas_change(desk, Align(nodes=["Triage", "refund"], how="right", sizes=sizes))

    assert stored(desk).layout["Triage"] == Position(x=0, y=0)
    assert stored(desk).layout["refund"] == Position(x=100, y=200)
