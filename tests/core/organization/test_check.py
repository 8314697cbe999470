"""What is wrong with an organization is found, on its node, with words and a hint."""

from typing import Any

import pytest

from core.organization.check import check, has_errors
from core.organization.names import handoff_tool_name
from core.organization.problems import Problem
from core.organization.spec import (
    AgentSpec,
    ApproveWhen,
    AsToolLink,
    FunctionToolSpec,
    GuardsLink,
    HandoffLink,
    HttpToolSpec,
    JudgeGuardrailSpec,
    KeywordGuardrailSpec,
    Link,
    McpHttpToolSpec,
    McpStdioToolSpec,
    ModelSettingsSpec,
    Organization,
    RegexGuardrailSpec,
    ToolSpec,
    UsesLink,
)
from tests.core.organization.samples import desk

PARAMETERS: dict[str, Any] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def test_a_sound_organization_has_no_problems() -> None:
    assert check(desk()) == []


def test_every_problem_says_what_to_do_and_errors_come_first() -> None:
    org = desk().model_copy(
        update={"agents": [*desk().agents, AgentSpec(name="Idle")], "entry": "Nobody", "tools": []}
    )

    problems = check(org)

    assert {problem.severity for problem in problems} == {"error", "warning"}
    assert [problem.severity for problem in problems] == sorted(problem.severity for problem in problems)
    assert all(problem.message.endswith(".") and problem.hint.endswith(".") for problem in problems)
    assert has_errors(problems)
    assert not has_errors([problem for problem in problems if problem.severity == "warning"])


def test_nothing_at_all() -> None:
    assert codes(Organization(name="Empty")) == {("no_agents", "")}


@pytest.mark.parametrize(("entry", "code"), [("", "entry_missing"), ("Nobody", "entry_unknown")])
def test_the_entry_must_be_an_agent(entry: str, code: str) -> None:
    found = codes(desk().model_copy(update={"entry": entry}))

    assert (code, "") in found


def test_names_are_unique_over_all_nodes() -> None:
    org = desk()
    org = org.model_copy(update={"agents": [*org.agents, AgentSpec(name="look_up", instructions="x")]})

    assert ("duplicate_name", "look_up") in codes(org)


@pytest.mark.parametrize(
    ("link", "code"),
    [
        (HandoffLink(source="Desk", target="Gone"), "link_unknown_node"),
        (UsesLink(source="Gone", target="look_up"), "link_unknown_node"),
        (HandoffLink(source="Desk", target="look_up"), "link_wrong_kinds"),
        (UsesLink(source="Desk", target="Billing"), "link_wrong_kinds"),
        (GuardsLink(source="Desk", target="No secrets"), "link_wrong_kinds"),
        (HandoffLink(source="Desk", target="Desk"), "link_to_itself"),
        (HandoffLink(source="Desk", target="Billing", description="again"), "link_duplicate"),
    ],
)
def test_links_lead_where_they_can(link: Link, code: str) -> None:
    found = [problem for problem in check(with_link(link)) if problem.severity == "error"]

    assert [(problem.code, problem.node, problem.field) for problem in found] == [(code, link.source, link.key)]


def test_a_wrong_link_says_how_to_draw_it() -> None:
    (turned,) = check(with_link(GuardsLink(source="Desk", target="No secrets")))
    (other,) = check(with_link(HandoffLink(source="Billing", target="weather")))
    (never,) = check(with_link(UsesLink(source="look_up", target="weather")))

    assert "other way round, as guards" in turned.hint
    assert "draw: uses" in other.hint
    assert "cannot be linked" in never.hint


@pytest.mark.parametrize(
    ("tool", "code", "field"),
    [
        (McpStdioToolSpec(name="t", command=" "), "mcp_command_missing", "command"),
        (McpHttpToolSpec(name="t", url=""), "url_missing", "url"),
        (McpHttpToolSpec(name="t", url="localhost:8000"), "url_invalid", "url"),
        (HttpToolSpec(name="t", url=""), "url_missing", "url"),
        (HttpToolSpec(name="t", url="ftp://example.org"), "url_invalid", "url"),
        (HttpToolSpec(name="t", url="https://"), "url_invalid", "url"),
        (HttpToolSpec(name="t", url="https://a b"), "url_invalid", "url"),
        (HttpToolSpec(name="t", url="{city}/x", parameters=PARAMETERS), "url_invalid", "url"),
        (HttpToolSpec(name="t", url="https://example.org/{city}"), "placeholder_unknown", "url"),
        (
            HttpToolSpec(name="t", url="https://example.org", headers={"X": "{city}"}),
            "placeholder_unknown",
            "headers",
        ),
        (
            HttpToolSpec(name="t", url="https://a.org", parameters={"type": "array"}),
            "parameters_invalid",
            "parameters",
        ),
        (
            HttpToolSpec(name="t", url="https://a.org", parameters={"type": "object", "properties": {"a": 3}}),
            "parameters_invalid",
            "parameters",
        ),
        (
            McpHttpToolSpec(
                name="t", url="https://a.org", approval=ApproveWhen(argument="", operator="gt", value=1)
            ),
            "approval_argument_missing",
            "approval",
        ),
        (
            FunctionToolSpec.model_construct(name="t", function="no reference", effect="reads"),
            "function_reference_invalid",
            "function",
        ),
    ],
)
def test_tools_are_complete(tool: ToolSpec, code: str, field: str) -> None:
    found = [problem for problem in check(with_tool(tool)) if problem.severity == "error"]

    assert [(problem.code, problem.node, problem.field) for problem in found] == [(code, "t", field)]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://127.0.0.1:8000/{city}?x=${KEY}",
        "${BASE}/{city}",
        "HTTPS://EXAMPLE.ORG/{city}",
    ],
)
def test_addresses_that_can_be_called(url: str) -> None:
    assert check(with_tool(HttpToolSpec(name="t", url=url, parameters=PARAMETERS))) == []


def test_a_placeholder_that_may_stay_empty_is_a_warning() -> None:
    optional = {**PARAMETERS, "required": []}

    problems = check(with_tool(HttpToolSpec(name="t", url="https://a.org/{city}", parameters=optional)))

    assert [(problem.code, problem.severity) for problem in problems] == [("placeholder_optional", "warning")]


def test_a_rule_on_an_argument_that_no_call_has_is_a_warning() -> None:
    rule = ApproveWhen(argument="amount", operator="gt", value=50)
    tool = HttpToolSpec(name="t", url="https://a.org", parameters=PARAMETERS, approval=rule)
    link = AsToolLink(source="Billing", target="Writer", approval=rule)

    assert codes(with_tool(tool)) == {("approval_argument_unknown", "t")}
    assert codes(with_link(link)) == {("approval_argument_unknown", "Billing")}


def test_functions_are_looked_up_by_who_asks() -> None:
    asked = []

    def known_function(reference: str) -> str | None:
        asked.append(reference)
        return f"There is no function '{reference}'."

    (problem,) = check(desk(), known_function=known_function)

    assert asked == ["core.toolbox.billing:look_up_invoice"]
    assert (problem.code, problem.node, problem.field) == ("function_unknown", "look_up", "function")
    assert "look_up_invoice" in problem.message
    assert check(desk(), known_function=lambda reference: None) == []


@pytest.mark.parametrize(
    ("guardrail", "code"),
    [
        (RegexGuardrailSpec(name="g", pattern="("), "regex_invalid"),
        (RegexGuardrailSpec(name="g", pattern=""), "regex_empty"),
        (KeywordGuardrailSpec(name="g", keywords=[]), "keywords_empty"),
        (KeywordGuardrailSpec(name="g", keywords=[" "]), "keywords_empty"),
        (JudgeGuardrailSpec(name="g", instructions="\n"), "judge_instructions_missing"),
    ],
)
def test_guardrails_are_complete(
    guardrail: RegexGuardrailSpec | KeywordGuardrailSpec | JudgeGuardrailSpec, code: str
) -> None:
    org = with_link(GuardsLink(source="g", target="Desk"))
    org = org.model_copy(update={"guardrails": [*org.guardrails, guardrail]})

    assert codes(org) == {(code, "g")}


@pytest.mark.parametrize(
    "schema",
    [{"type": "string"}, {}, {"type": "object", "properties": []}, {"type": "object", "required": "name"}],
)
def test_an_output_schema_describes_an_object(schema: dict[str, Any]) -> None:
    assert codes(with_agent("Desk", output_schema=schema)) == {("output_schema_invalid", "Desk")}


def test_a_good_output_schema_is_no_problem() -> None:
    assert check(with_agent("Desk", output_schema=PARAMETERS)) == []


@pytest.mark.parametrize("choice", ["auto", "none", "required", "weather", "writer", "transfer_to_billing", None])
def test_tool_choices_that_can_be(choice: str | None) -> None:
    assert check(with_agent("Desk", settings=ModelSettingsSpec(tool_choice=choice))) == []


def test_a_tool_choice_names_a_tool_of_the_agent() -> None:
    unknown = check(with_agent("Desk", settings=ModelSettingsSpec(tool_choice="look_up")))
    none = check(with_agent("Writer", settings=ModelSettingsSpec(tool_choice="required")))

    assert [(problem.code, problem.node) for problem in unknown] == [("tool_choice_unknown", "Desk")]
    assert "weather" in unknown[0].hint
    assert [problem.node for problem in none] == ["Writer"]
    assert "it has none" in none[0].message


@pytest.mark.parametrize(("allowed", "expected"), [(None, 0), (["fetch"], 0), (["other"], 1)])
def test_a_tool_choice_may_name_a_tool_of_a_server(allowed: list[str] | None, expected: int) -> None:
    server = McpStdioToolSpec(name="t", command="uvx", allowed_tools=allowed)
    org = with_tool(server)
    agents = [
        agent.model_copy(update={"settings": ModelSettingsSpec(tool_choice="fetch")})
        if agent.name == "Desk"
        else agent
        for agent in org.agents
    ]

    assert len(check(org.model_copy(update={"agents": agents}))) == expected


def test_an_agent_calls_nothing_by_the_same_name_twice() -> None:
    spaced = AgentSpec(name="look up", instructions="x", handoff_description="x")
    org = with_link(AsToolLink(source="Billing", target="look up"))
    org = org.model_copy(update={"agents": [*org.agents, spaced]})

    (problem,) = check(org)

    assert (problem.code, problem.node) == ("tool_name_collision", "Billing")
    assert "'look_up'" in problem.message


def test_a_tool_name_of_its_own_ends_the_collision() -> None:
    spaced = AgentSpec(name="look up", instructions="x", handoff_description="x")
    org = with_link(AsToolLink(source="Billing", target="look up", tool_name="ask_finder"))

    assert check(org.model_copy(update={"agents": [*org.agents, spaced]})) == []


def test_handoffs_that_would_be_called_alike() -> None:
    org = with_link(HandoffLink(source="Desk", target="billing"))
    twin = AgentSpec(name="billing", instructions="x", handoff_description="x")

    assert handoff_tool_name("billing") == handoff_tool_name("Billing")
    assert codes(org.model_copy(update={"agents": [*org.agents, twin]})) == {("tool_name_collision", "Desk")}


def test_warnings_of_what_takes_no_part() -> None:
    org = desk()
    org = org.model_copy(update={"links": []})

    assert {(problem.code, problem.node) for problem in check(org)} == {
        ("agent_unreachable", "Billing"),
        ("agent_unreachable", "Writer"),
        ("tool_unused", "look_up"),
        ("tool_unused", "weather"),
        ("guardrail_unused", "No secrets"),
    }
    assert not has_errors(check(org))


def test_warnings_of_what_a_model_is_not_told() -> None:
    assert codes(with_agent("Billing", instructions=" ")) == {("instructions_missing", "Billing")}
    assert codes(with_agent("Billing", handoff_description="")) == {("handoff_undescribed", "Desk")}
    assert codes(with_agent("Writer", handoff_description="")) == {("as_tool_undescribed", "Desk")}


def test_agents_that_call_each_other_as_tools() -> None:
    assert codes(with_link(AsToolLink(source="Writer", target="Desk", description="x"))) == {
        ("as_tool_circle", "Desk"),
        ("as_tool_circle", "Writer"),
    }


def test_an_input_guardrail_where_no_run_starts() -> None:
    assert codes(with_link(GuardsLink(source="No secrets", target="Billing"))) == {
        ("guardrail_never_asked", "No secrets")
    }
    assert check(with_link(GuardsLink(source="No secrets", target="Writer"))) == []


def test_handoffs_back_and_forth_are_fine() -> None:
    assert check(with_link(HandoffLink(source="Billing", target="Desk", description="Back."))) == []


def codes(org: Organization) -> set[tuple[str, str]]:
    problems: list[Problem] = check(org)
    assert all(problem.message and problem.hint for problem in problems)
    return {(problem.code, problem.node) for problem in problems}


def with_link(link: Link) -> Organization:
    org = desk()
    return org.model_copy(update={"links": [*org.links, link]})


def with_tool(tool: ToolSpec) -> Organization:
    org = with_link(UsesLink(source="Desk", target=tool.name))
    return org.model_copy(update={"tools": [*org.tools, tool]})


def with_agent(name: str, **fields: Any) -> Organization:
    org = desk()
    agents = [agent.model_copy(update=fields) if agent.name == name else agent for agent in org.agents]
    return org.model_copy(update={"agents": agents})
