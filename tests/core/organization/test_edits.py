"""Edits give another organization, and everything that refers to a node follows it."""

from typing import get_args

import pytest

from core.errors import InvalidInputError
from core.organization.check import check, has_errors
from core.organization.edits import (
    NewNode,
    add_node,
    connect,
    delete,
    duplicate,
    move,
    rename,
    replace_link,
    replace_node,
    set_entry,
)
from core.organization.files import spec_hash
from core.organization.links import link_kinds
from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    FunctionToolSpec,
    HandoffLink,
    HttpToolSpec,
    KeywordGuardrailSpec,
    ModelSettingsSpec,
    Organization,
    Position,
    UsesLink,
)
from core.organization.wording import with_fields
from tests.core.organization.samples import desk

HERE = Position(x=10, y=20)


@pytest.mark.parametrize("kind", get_args(NewNode))
def test_every_kind_can_be_added_twice(kind: NewNode) -> None:
    org, first = add_node(desk(), kind, HERE)
    org, second = add_node(org, kind, HERE)

    assert first != second
    assert {first, second} <= set(org.node_names())
    assert org.layout[first] == HERE
    assert Organization.model_validate(org.model_dump()) == org


def test_the_first_agent_becomes_the_entry() -> None:
    org, tool = add_node(Organization(name="New"), "http", HERE)
    org, first = add_node(org, "agent", HERE)
    org, second = add_node(org, "agent", HERE)

    assert (tool, first, second) == ("http_request", "Agent", "Agent 2")
    assert org.entry == "Agent"


def test_a_new_node_takes_first_values() -> None:
    fields = {"function": "core.toolbox.billing:issue_refund", "effect": "writes"}
    org, first = add_node(desk(), "function", HERE, fields)
    org, second = add_node(org, "function", HERE, fields)

    assert (first, second) == ("issue_refund", "issue_refund_2")
    assert org.tool(second) == FunctionToolSpec(name="issue_refund_2", function=fields["function"])


def test_first_values_must_fit() -> None:
    with pytest.raises(InvalidInputError, match="function has characters or a form"):
        add_node(desk(), "function", HERE, {"function": "nonsense", "name": "x"})


def test_links_that_can_be_drawn() -> None:
    org = desk()

    assert link_kinds(org, "Desk", "Billing") == ["as_tool", "flow"]
    assert link_kinds(org, "Billing", "Writer") == ["handoff", "as_tool", "flow"]
    assert link_kinds(org, "Billing", "weather") == ["uses"]
    assert link_kinds(org, "No secrets", "Writer") == ["guards"]
    assert link_kinds(org, "weather", "Billing") == []
    assert link_kinds(org, "Desk", "Desk") == []
    assert link_kinds(org, "Desk", "Gone") == []


def test_connect_adds_a_link() -> None:
    org = connect(desk(), "handoff", "Billing", "Desk")

    assert org.links[-1] == HandoffLink(source="Billing", target="Desk")


def test_connect_refuses_with_a_reason() -> None:
    with pytest.raises(InvalidInputError, match="goes from an agent to a tool, but"):
        connect(desk(), "uses", "Desk", "Billing")
    with pytest.raises(InvalidInputError, match="linked like this already"):
        connect(desk(), "handoff", "Desk", "Billing")
    with pytest.raises(InvalidInputError, match="linked with itself"):
        connect(desk(), "as_tool", "Desk", "Desk")
    with pytest.raises(InvalidInputError, match="there is no 'Gone' here"):
        connect(desk(), "handoff", "Desk", "Gone")


def test_deleting_takes_links_and_places_along() -> None:
    org = delete(desk(), ["Billing", "No secrets"])

    assert org.node_names() == ["Desk", "Writer", "look_up", "weather"]
    assert [link.key for link in org.links] == ["as_tool:Desk→Writer", "uses:Desk→weather"]
    assert list(org.layout) == ["Desk", "look_up"]
    assert org.entry == "Desk"


def test_deleting_links_only() -> None:
    org = delete(desk(), [], ["handoff:Desk→Billing", "nothing"])

    assert org.node_names() == desk().node_names()
    assert len(org.links) == len(desk().links) - 1


def test_the_entry_moves_on_when_it_is_deleted() -> None:
    writer_first = desk().model_copy(update={"agents": [*reversed(desk().agents)]})

    assert delete(writer_first, ["Desk"]).entry == "Billing"
    assert delete(writer_first, ["Desk", "Billing"]).entry == "Writer"
    assert delete(writer_first, ["Desk", "Billing", "Writer"]).entry == ""


@pytest.mark.parametrize(
    ("choice", "nodes", "links", "left"),
    [
        ("weather", ["weather"], [], None),
        ("weather", [], ["uses:Desk→weather"], None),
        ("transfer_to_billing", ["Billing"], [], None),
        ("weather", ["Billing"], [], "weather"),
        ("required", ["weather"], [], "required"),
    ],
)
def test_nobody_must_call_a_tool_that_has_gone(
    choice: str, nodes: list[str], links: list[str], left: str | None
) -> None:
    org = delete(choosing(choice), nodes, links)

    assert tool_choice(org) == left


def test_renaming_an_agent_takes_everything_along() -> None:
    org = connect(desk(), "handoff", "Writer", "Desk")

    renamed = rename(org, "Desk", "Reception")

    assert renamed.entry == "Reception"
    assert "Reception" in renamed.layout
    assert "Desk" not in renamed.layout
    assert {link.source for link in renamed.links} == {"Reception", "Billing", "No secrets", "Writer"}
    assert not has_errors(check(renamed))
    assert rename(renamed, "Reception", "Desk") == org


@pytest.mark.parametrize(
    ("choice", "old", "new", "expected"),
    [
        ("weather", "weather", "forecast", "forecast"),
        ("transfer_to_billing", "Billing", "Money", "transfer_to_money"),
        ("writer", "Writer", "Poet", "poet"),
        ("weather", "Writer", "weather girl", "weather"),
        ("weather", "Desk", "Front", "weather"),
        ("auto", "weather", "forecast", "auto"),
    ],
)
def test_tool_choices_follow_a_rename(choice: str, old: str, new: str, expected: str) -> None:
    renamed = rename(choosing(choice), old, new)

    assert tool_choice(renamed) == expected
    assert check(renamed) == []


def test_a_tool_name_of_its_own_survives_a_rename() -> None:
    link = AsToolLink(source="Desk", target="Writer", tool_name="letter")
    org = replace_link(choosing("letter"), "as_tool:Desk→Writer", link)

    assert tool_choice(rename(org, "Writer", "Poet")) == "letter"


def test_a_name_is_given_once() -> None:
    with pytest.raises(InvalidInputError, match="called 'look_up' already"):
        rename(desk(), "Desk", "look_up")
    with pytest.raises(InvalidInputError) as caught:
        rename(desk(), "look_up", "look up")
    with pytest.raises(InvalidInputError, match="no node 'Gone'"):
        rename(desk(), "Gone", "Here")

    assert caught.value.hint.startswith("Use the letters A to Z")
    assert rename(desk(), "Desk", "Desk") == desk()


def test_replacing_a_node_by_one_with_another_name() -> None:
    node = AgentSpec(name="Money", instructions="Count.", handoff_description="Money.")

    org = replace_node(desk(), "Billing", node)

    assert org.agents[1] == node
    assert "handoff:Desk→Money" in {link.key for link in org.links}
    assert org.layout["Money"] == desk().layout["Billing"]
    assert check(org) == []


def test_a_tool_may_become_another_kind_of_tool_but_no_agent() -> None:
    http = HttpToolSpec(name="look_up", url="https://example.org", effect="reads")

    assert replace_node(desk(), "look_up", http).tool("look_up") == http
    with pytest.raises(InvalidInputError, match="of another kind"):
        replace_node(desk(), "look_up", AgentSpec(name="look_up"))
    with pytest.raises(InvalidInputError, match="of another kind"):
        replace_node(desk(), "Desk", KeywordGuardrailSpec(name="Desk", keywords=["x"]))


def test_replacing_a_link_keeps_its_place() -> None:
    link = AsToolLink(source="Desk", target="Billing", description="Ask about money.")

    org = replace_link(desk(), "handoff:Desk→Billing", link)

    assert org.links[0] == link
    assert len(org.links) == len(desk().links)


def test_a_link_is_not_replaced_by_one_that_cannot_be() -> None:
    with pytest.raises(InvalidInputError, match="linked like this already"):
        replace_link(desk(), "handoff:Desk→Billing", AsToolLink(source="Desk", target="Writer"))
    with pytest.raises(InvalidInputError, match="goes from an agent to a tool"):
        replace_link(desk(), "handoff:Desk→Billing", UsesLink(source="Desk", target="Billing"))
    with pytest.raises(InvalidInputError, match="no link 'x'"):
        replace_link(desk(), "x", HandoffLink(source="Desk", target="Writer"))


def test_moving_changes_places_only() -> None:
    org = move(desk(), {"Desk": HERE, "Writer": HERE, "Gone": HERE})

    assert spec_hash(org) == spec_hash(desk())
    assert org.layout == {**desk().layout, "Desk": HERE, "Writer": HERE}


def test_copies_keep_their_links_and_their_tools() -> None:
    org, names = duplicate(desk(), ["Desk", "Billing"])

    assert names == {"Desk": "Desk 2", "Billing": "Billing 2"}
    assert [link.key for link in org.links[5:]] == [
        "handoff:Desk 2→Billing 2",
        "uses:Billing 2→look_up",
        "uses:Desk 2→weather",
    ]
    assert org.layout["Billing 2"] == Position(x=360, y=40)
    assert org.entry == "Desk"


def test_a_copied_tool_is_a_node_of_its_own() -> None:
    org, names = duplicate(desk(), ["look_up"])

    assert names == {"look_up": "look_up_2"}
    assert org.links == desk().links


def test_the_entry_is_an_agent() -> None:
    assert set_entry(desk(), "Writer").entry == "Writer"
    with pytest.raises(InvalidInputError, match="'look_up' is not an agent"):
        set_entry(desk(), "look_up")


def test_no_edit_changes_what_it_was_given() -> None:
    org, before = desk(), desk().model_dump()

    add_node(org, "agent", HERE)
    delete(org, ["Desk"])
    rename(org, "Desk", "Front")
    duplicate(org, org.node_names())
    move(org, {"Desk": HERE})

    assert org.model_dump() == before


def test_fields_are_checked_when_they_change() -> None:
    settings = with_fields(ModelSettingsSpec(), temperature=0.5)

    assert settings.temperature == 0.5
    with pytest.raises(InvalidInputError, match="temperature should be less than or equal to 2, not 3"):
        with_fields(settings, temperature=3)
    with pytest.raises(InvalidInputError) as caught:
        with_fields(settings, temprature=1)
    assert caught.value.hint == "Did you mean 'temperature'?"


def choosing(choice: str) -> Organization:
    """The desk, whose first agent must call `choice`."""
    org = desk()
    first = with_fields(org.agents[0], settings=ModelSettingsSpec(tool_choice=choice))
    return replace_node(org, "Desk", first)


def tool_choice(org: Organization) -> str | None:
    """What the agent that was first in the desk must call."""
    return org.agents[0].settings.tool_choice
