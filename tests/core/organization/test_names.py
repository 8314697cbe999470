"""Names that a model can call."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.organization.names import as_tool_name, fresh_name, handoff_tool_name, offered_tools
from core.organization.spec import AsToolLink, McpStdioToolSpec, UsesLink
from tests.core.organization.samples import desk


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Billing", "billing"),
        ("Billing & Refunds", "billing_refunds"),
        ("look-up", "look-up"),
        ("Zürich Büro", "zurich_buro"),
        ("Ｆｕｌｌ", "full"),
        ("Writer — drafts", "writer_drafts"),
    ],
)
def test_names_are_kept_as_far_as_a_model_can_say_them(name: str, expected: str) -> None:
    assert as_tool_name(AsToolLink(source="a", target=name)) == expected
    assert handoff_tool_name(name) == f"transfer_to_{expected}"


def test_names_without_latin_letters_are_told_apart() -> None:
    names = ["🦊", "🦉", "日本", "中国", "Straße", "Strase", "Bot 🦊", "Bot 🦉", "Ω"]

    found = [handoff_tool_name(name) for name in names]

    assert len(set(found)) == len(names)
    assert re.fullmatch(r"transfer_to_agent_[0-9a-f]{6}", found[0])


def test_long_names_stay_apart() -> None:
    first, second = (handoff_tool_name("x" * 79 + ending) for ending in "ab")

    assert first != second
    assert len(first) == len(second) == 64


@given(st.text(min_size=1, max_size=80))
def test_every_name_can_be_called(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", handoff_tool_name(name))
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", as_tool_name(AsToolLink.model_construct(source="a", target=name)))


def test_a_tool_name_of_its_own_comes_first() -> None:
    assert as_tool_name(AsToolLink(source="a", target="Writer", tool_name="write_letter")) == "write_letter"


def test_what_an_agent_can_call() -> None:
    org = desk()
    org = org.model_copy(
        update={
            "tools": [*org.tools, McpStdioToolSpec(name="server", command="uvx")],
            "links": [*org.links, UsesLink(source="Desk", target="server")],
        }
    )

    assert [(tool.name, tool.node) for tool in offered_tools(org, "Desk")] == [
        ("transfer_to_billing", "Billing"),
        ("writer", "Writer"),
        ("weather", "weather"),
    ]


@pytest.mark.parametrize(
    ("wanted", "taken", "expected"),
    [
        ("Agent", [], "Agent"),
        ("Agent", ["Agent"], "Agent 2"),
        ("Agent 2", ["Agent", "Agent 2"], "Agent 3"),
        ("Agent", ["Agent", "Agent 3"], "Agent 2"),
        ("x" * 80, ["x" * 80], "x" * 78 + " 2"),
    ],
)
def test_fresh_names(wanted: str, taken: list[str], expected: str) -> None:
    assert fresh_name(wanted, taken) == expected
