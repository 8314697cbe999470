"""What the Design page says and offers: states, problems, functions, servers, and single fields of a spec."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import InvalidInputError
from core.organization.problems import Problem
from core.organization.spec import (
    AgentSpec,
    FunctionToolSpec,
    HandoffLink,
    KeywordGuardrailSpec,
    McpStdioToolSpec,
    Organization,
    UsesLink,
)
from core.services.tools import ToolFacts, ToolService
from studio.view_models.design_functions import parameter_lines, picked
from studio.view_models.design_parts import part_kind, part_of, value_at, with_value
from studio.view_models.design_state import (
    ago,
    broken_words,
    design_state,
    file_name,
    problem_target,
    problems_of_part,
)
from studio.view_models.design_text import markdown_safe
from studio.view_models.design_tools import offered_lines, other_guardrail, other_names, other_transport

ENTRIES = ToolService().toolbox()
REFUND = "core.toolbox.billing:issue_refund"
TRACK = "core.toolbox.shipping:track_shipment"
ORG = Organization(
    name="Shop",
    entry="Triage",
    agents=[AgentSpec(name="Triage"), AgentSpec(name="Billing")],
    tools=[
        FunctionToolSpec(name="issue_refund", function=REFUND, description="Mine"),
        McpStdioToolSpec(name="clock", command="python", effect="reads", blocked_tools=["wait"]),
    ],
    guardrails=[KeywordGuardrailSpec(name="No law", keywords=["sue"], stage="output", message="No.")],
    links=[
        HandoffLink(source="Triage", target="Billing"),
        UsesLink(source="Billing", target="issue_refund"),
    ],
)


@pytest.mark.parametrize(
    ("errors", "changed", "saved", "conflict", "words"),
    [
        (0, False, 3, False, "Saved as revision 3"),
        (0, True, 3, False, "Unsaved changes"),
        (0, True, None, False, "Not saved yet"),
        (2, True, 3, False, "2 problems keep this from running"),
        (2, True, 3, True, "Edited in another tab"),
    ],
)
def test_the_state_says_what_matters_most(
    errors: int, changed: bool, saved: int | None, conflict: bool, words: str
) -> None:
    assert design_state(errors=errors, changed=changed, saved=saved, conflict=conflict).words == words


def test_one_problem_is_one() -> None:
    assert broken_words(1) == "1 problem keeps this from running"


def test_each_problem_stands_where_it_can_be_mended() -> None:
    link = "handoff:Triage→Billing"
    of_field = Problem("a", "error", "Triage", "instructions", "", "")
    of_node = Problem("b", "warning", "Triage", "", "", "")
    of_link = Problem("c", "warning", "Triage", link, "", "")
    problems = [of_field, of_node, of_link]

    assert list(problems_of_part(problems, "Triage", ["instructions"])) == [of_node, of_link]
    assert list(problems_of_part(problems, link, [])) == [of_link]
    assert [problem_target(problem, [link]) for problem in problems] == ["Triage", "Triage", link]


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(seconds=-5), "just now"),
    ],
)
def test_times_are_relative(passed: timedelta, words: str) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    assert ago(now - passed, now) == words


def test_file_names_are_plain() -> None:
    assert file_name("Kunden & Co. / EU") == "kunden-co-eu.yaml"
    assert file_name("!!") == "organization.yaml"


def test_markdown_in_names_stays_text() -> None:
    assert markdown_safe("*a* [b](c) `x_y` $z$ :red[d]") == r"\*a\* \[b\](c) `x_y` \$z\$ \:red\[d\]"


def test_parts_are_found_by_name_and_by_link() -> None:
    kinds = {
        owner: part_kind(part)
        for owner in ("", "Triage", "issue_refund", "clock", "No law", "handoff:Triage→Billing")
        if (part := part_of(ORG, owner))
    }

    assert list(kinds.values()) == ["organization", "agent", "function", "mcp", "guardrail", "link"]
    assert part_of(ORG, "Nobody") is None


def test_one_field_changes_and_the_rest_stays() -> None:
    warmer = with_value(ORG, "Triage", "settings.temperature", 0.5)
    described = with_value(warmer, "handoff:Triage→Billing", "description", "Money")
    longer = with_value(described, "", "run.max_turns", 30)

    triage = part_of(longer, "Triage")
    assert isinstance(triage, AgentSpec)
    assert value_at(triage, "settings.temperature") == 0.5
    assert longer.links[0] == HandoffLink(source="Triage", target="Billing", description="Money")
    assert longer.run.max_turns == 30
    assert longer.tools == ORG.tools


@pytest.mark.parametrize(
    ("owner", "path", "value"),
    [
        ("Triage", "settings.temperature", 3),
        ("Triage", "name", "Billing"),
        ("Nobody", "name", "x"),
        ("", "name", ""),
    ],
)
def test_a_value_that_cannot_stand_is_refused(owner: str, path: str, value: object) -> None:
    with pytest.raises(InvalidInputError):
        with_value(ORG, owner, path, value)


def test_another_function_brings_its_name_and_effect() -> None:
    tool = picked(ORG, "issue_refund", TRACK, ENTRIES).tools[0]

    assert tool == FunctionToolSpec(name="track_shipment", function=TRACK, effect="reads")


def test_a_name_of_ones_own_stays_when_the_function_changes() -> None:
    named = with_value(ORG, "issue_refund", "name", "money_back")

    tool = picked(named, "money_back", "my.module:track", ENTRIES).tools[0]

    assert (tool.name, tool.description) == ("money_back", "Mine")


def test_parameters_are_told_in_words() -> None:
    schema = {
        "type": "object",
        "properties": {
            "order_id": {"type": "string", "description": "The order."},
            "kind": {"enum": ["a", "b"]},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["order_id"],
    }

    assert parameter_lines(schema) == [
        r"**order\_id** (string) The order.",
        "**kind** (`a` or `b`, optional)",
        "**note** (string or nothing, optional)",
    ]


def test_a_server_keeps_what_both_transports_have() -> None:
    by_http = other_transport(ORG, "clock", "mcp_http")
    back = other_transport(by_http, "clock", "mcp_stdio")

    assert by_http.tools[1].kind == "mcp_http"
    assert by_http.tools[1].effect == "reads"
    assert back.tools[1] == McpStdioToolSpec(name="clock", command="", effect="reads", blocked_tools=["wait"])


def test_a_guardrail_of_another_kind_keeps_stage_and_message() -> None:
    judge = other_guardrail(ORG, "No law", "judge").guardrails[0]

    assert (judge.kind, judge.stage, judge.message) == ("judge", "output", "No.")


def test_what_the_filter_holds_back_is_marked() -> None:
    offered = [ToolFacts("look_up", "Look\n  up", {}, read_only=True), ToolFacts("wait", "", {})]
    server = ORG.tools[1]
    assert isinstance(server, McpStdioToolSpec)

    assert offered_lines(offered, server, {"look_up": "called clock_look_up by Triage"}) == [
        r":material/check: **look\_up** (reads only, called clock\_look\_up by Triage) Look up",
        ":material/block: **wait** (left out) ",
    ]


def test_agents_that_call_a_tool_of_a_server_by_another_name_are_told() -> None:
    twin = McpStdioToolSpec(name="twin", command="python", allowed_tools=["look_up"])
    uses = [("Triage", "clock"), ("Triage", "twin"), ("Billing", "clock")]
    links = [*ORG.links, *(UsesLink(source=agent, target=tool) for agent, tool in uses)]
    org = ORG.model_copy(update={"tools": [*ORG.tools, twin], "links": links})
    tools = [ToolFacts(name, "", {}) for name in ("look_up", "issue_refund", "ask", "wait")]

    assert other_names(org, "clock", {"clock": tools}) == {"issue_refund": "called clock_issue_refund by Billing"}
    assert other_names(org, "clock", {"clock": tools, "twin": tools}) == {
        "look_up": "called clock_look_up by Triage",
        "issue_refund": "called clock_issue_refund by Billing",
    }
    assert other_names(org, "twin", {"clock": tools, "twin": tools}) == {
        "look_up": "called twin_look_up by Triage"
    }
