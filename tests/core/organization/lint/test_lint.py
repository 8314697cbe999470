"""The linter: a clean organization has no findings, each seeded fault is found, and each fix mends it."""

from collections.abc import Callable

import pytest

from core.errors import InvalidInputError
from core.organization.check import check
from core.organization.edits import connect, delete, rename, replace_node
from core.organization.lint import accept, fixes, lint
from core.organization.spec import (
    AgentSpec,
    AlwaysApprove,
    FunctionToolSpec,
    HandoffLink,
    HttpToolSpec,
    Link,
    McpStdioToolSpec,
    ModelSettingsSpec,
    Organization,
    RunSettings,
    UsesLink,
)
from core.organization.steps import BranchCase, BranchStep, CelCondition, LoopStep
from core.organization.wording import with_fields
from tests.core.organization.flows import workflow

KEY = "sk-proj-" + "a1B2" * 8
SCHEMA = {"type": "object", "properties": {"good": {"type": "boolean"}}}


def clean() -> Organization:
    """Triage hands off to billing and technical; refunds wait for a person."""
    names = ("triage", "billing", "technical")
    agents = [
        AgentSpec(name=name, instructions=f"Do {name}.", handoff_description=f"For {name}.") for name in names
    ]
    return Organization(
        name="Clean",
        entry="triage",
        agents=agents,
        tools=[_function("refund", "billing", writes=True), _function("look_up", "billing"), _http("status")],
        links=[
            HandoffLink(source="triage", target="billing"),
            HandoffLink(source="triage", target="technical"),
            UsesLink(source="billing", target="refund"),
            UsesLink(source="billing", target="look_up"),
            UsesLink(source="technical", target="status"),
        ],
    )


def _function(name: str, module: str, *, writes: bool = False) -> FunctionToolSpec:
    approval = {"approval": AlwaysApprove()} if writes else {}
    effect = "writes" if writes else "reads"
    return FunctionToolSpec.model_validate(
        {"name": name, "function": f"shop.{module}:{name}", "effect": effect, **approval}
    )


def _http(name: str, **fields: object) -> HttpToolSpec:
    return HttpToolSpec.model_validate(
        {"name": name, "url": "https://api.example.com/status", "description": "Status.", "effect": "reads"}
        | fields
    )


def _with_tools(org: Organization, agent: str, *tools: FunctionToolSpec) -> Organization:
    links: list[Link] = [UsesLink(source=agent, target=tool.name) for tool in tools]
    return org.model_copy(update={"tools": [*org.tools, *tools], "links": [*org.links, *links]})


def _god() -> Organization:
    modules = ("orders", "stock", "mail", "taxes")
    tools = [_function(f"do_{number}", modules[number % 4]) for number in range(12)]
    return _with_tools(clean(), "triage", *tools)


def _one_domain() -> Organization:
    return _with_tools(clean(), "triage", *[_function(f"do_{number}", "orders") for number in range(15)])


def _wordy() -> Organization:
    agent = clean().agents[1]
    return replace_node(clean(), "billing", with_fields(agent, instructions="word " * 601))


def _greedy() -> Organization:
    tools = [_function(f"do_{number}", "orders") for number in range(4)]
    return _with_tools(clean(), "billing", *tools)


def _everyone() -> Organization:
    names = ("a", "b", "c", "d")
    return Organization(
        name="All",
        entry="a",
        agents=[AgentSpec(name=name, instructions="Work.", handoff_description=name) for name in names],
        links=[HandoffLink(source=one, target=two) for one in names for two in names if one != two],
    )


def _many_handoffs() -> Organization:
    others = [f"agent {number}" for number in range(9)]
    return Organization(
        name="Wide",
        entry="hub",
        agents=[AgentSpec(name=name, instructions="Work.", handoff_description=name) for name in ("hub", *others)],
        links=[HandoffLink(source="hub", target=name) for name in others],
    )


def _circle() -> Organization:
    must = ModelSettingsSpec(tool_choice="required")
    return Organization(
        name="Circle",
        entry="a",
        agents=[
            AgentSpec(name=name, instructions="Work.", handoff_description=name, settings=must) for name in "ab"
        ],
        links=[HandoffLink(source="a", target="b"), HandoffLink(source="b", target="a")],
    )


def _named() -> Organization:
    agent = clean().agents[1]
    return replace_node(
        clean(), "billing", with_fields(agent, instructions="Ask the technical agent when in doubt.")
    )


def _unapproved() -> Organization:
    tool = clean().tools[0]
    return replace_node(
        clean(), "refund", type(tool).model_validate(tool.model_dump() | {"approval": {"kind": "never"}})
    )


def _no_default() -> Organization:
    branch = BranchStep(name="if", cases=[BranchCase(name="yes", condition=CelCondition(expression="true"))])
    return workflow("a → if\nif.yes → b", branch)


def _endless_loop() -> Organization:
    return workflow(
        "l.body → a → l\nl.done → b", LoopStep(name="l", limit=900, until=CelCondition(expression="true"))
    )


def _unread() -> Organization:
    org = workflow("a → b")
    return replace_node(org, "a", with_fields(org.agents[0], output_schema=SCHEMA))


def _run(**fields: object) -> Callable[[], Organization]:
    return lambda: clean().model_copy(update={"run": RunSettings.model_validate(fields)})


def _tool(**fields: object) -> Callable[[], Organization]:
    return lambda: replace_node(clean(), "status", _http("status", **fields))


def _instructions(text: str) -> Callable[[], Organization]:
    return lambda: replace_node(clean(), "billing", with_fields(clean().agents[1], instructions=text))


def _same_models() -> Organization:
    org = _with_agent(clean(), "shipping")
    agents = [agent.model_copy(update={"model": "openai/gpt-5"}) for agent in org.agents]
    return org.model_copy(update={"agents": agents})


def _with_agent(org: Organization, name: str) -> Organization:
    agent = AgentSpec(name=name, instructions="Work.", handoff_description="Ships.")
    return connect(org.model_copy(update={"agents": [*org.agents, agent]}), "handoff", org.entry, name)


def _stdio() -> Organization:
    server = McpStdioToolSpec(
        name="mail", command="mail-server", effect="reads", environment={"MAIL_TOKEN": "s3cr3t"}
    )
    org = clean().model_copy(update={"tools": [*clean().tools, server]})
    return connect(org, "uses", "technical", "mail")


SEEDED: list[tuple[str, str, Callable[[], Organization], bool]] = [
    ("too_many_tools", "triage", _god, True),
    ("too_many_tools", "triage", _one_domain, True),
    ("instructions_too_long", "billing", _wordy, False),
    ("everyone_hands_off", "", _everyone, True),
    ("too_many_handoffs", "hub", _many_handoffs, False),
    ("circle_without_exit", "a", _circle, True),
    ("names_unlinked_agent", "billing", _named, True),
    ("effect_without_approval", "refund", _unapproved, True),
    ("branch_without_default", "if", _no_default, True),
    ("loop_limit_slack", "l", _endless_loop, True),
    ("max_turns_slack", "", _run(max_turns=500), True),
    ("timeout_slack", "status", _tool(timeout_seconds=3000), True),
    ("secret_in_spec", "billing", _instructions(f"Use the key {KEY} for calls."), True),
    ("secret_in_spec", "status", _tool(headers={"Authorization": f"Bearer {KEY}"}), True),
    ("secret_in_spec", "status", _tool(headers={"X-Api-Key": "12345"}), True),
    ("secret_in_spec", "mail", _stdio, True),
    ("private_place", "status", _tool(url="http://localhost:8000/status"), True),
    ("model_repeated", "", _same_models, True),
    ("payloads_not_kept", "", _run(store_payloads=False), True),
    (
        "sensitive_kept",
        "status",
        _tool(parameters={"type": "object", "properties": {"card_number": {"type": "string"}}}),
        True,
    ),
    ("tool_undescribed", "status", _tool(description=""), False),
    ("output_schema_unused", "a", _unread, True),
]


def findings(org: Organization) -> set[tuple[str, str]]:
    """Codes and nodes of everything that is wrong or could be better."""
    return {(problem.code, problem.node) for problem in [*check(org), *lint(org)]}


def test_a_clean_organization_has_no_findings() -> None:
    assert findings(clean()) == set()


@pytest.mark.parametrize(("code", "node", "seeded", "_fixable"), SEEDED)
def test_a_seeded_fault_is_found_and_nothing_else(
    code: str, node: str, seeded: Callable[[], Organization], _fixable: bool
) -> None:
    found = {(problem.code, problem.node) for problem in lint(seeded())}

    assert found == {(code, node)}


@pytest.mark.parametrize(("code", "node", "seeded", "fixable"), SEEDED)
def test_a_fix_makes_the_finding_go_away_and_nothing_else_worse(
    code: str, node: str, seeded: Callable[[], Organization], fixable: bool
) -> None:
    org = seeded()
    problem = next(found for found in lint(org) if (found.code, found.node) == (code, node))

    proposed = fixes(org, problem)

    assert bool(proposed) == fixable
    for fix in proposed:
        assert findings(fix.organization) < findings(org)


def test_a_split_moves_the_tools_to_specialists_that_the_agent_hands_off_to() -> None:
    org = _god()

    (fix,) = fixes(org, lint(org)[0])

    split = fix.organization
    handed = [link.target for link in split.links if isinstance(link, HandoffLink) and link.source == "triage"]
    assert handed[2:] == ["Orders specialist", "Stock specialist", "Mail specialist", "Taxes specialist"]
    users = {link.source for link in split.links if link.kind == "uses" and link.target.startswith("do_")}
    assert users == set(handed[2:])
    assert all(name in split.layout for name in handed[2:])


def test_one_agent_with_most_tools_of_several_domains_is_told() -> None:
    org = _with_tools(_greedy(), "billing", _function("mail_it", "mail"))

    assert ("too_large_share", "billing") in {(problem.code, problem.node) for problem in lint(org)}


def test_secrets_of_the_environment_are_fine() -> None:
    org = _tool(headers={"Authorization": "Bearer ${STATUS_KEY}"}, url="${STATUS_URL}/status")()

    assert lint(org) == []


def test_the_key_of_a_header_is_read_from_the_environment_after_the_fix() -> None:
    org = _tool(headers={"Authorization": f"Bearer {KEY}"})()

    tool = fixes(org, lint(org)[0])[0].organization.tool("status")

    assert isinstance(tool, HttpToolSpec)
    assert tool.headers == {"Authorization": "Bearer ${STATUS_AUTHORIZATION}"}


def test_an_accepted_finding_is_not_told_again_and_follows_its_node() -> None:
    org = _unapproved()

    accepted = rename(accept(org, lint(org)[0], "Small sums only."), "refund", "pay_back")

    assert lint(accepted) == []
    assert [(finding.node, finding.reason) for finding in accepted.lint.accepted] == [
        ("pay_back", "Small sums only.")
    ]
    assert delete(accepted, ["pay_back"]).lint.accepted == []


def test_nothing_is_accepted_without_a_reason() -> None:
    org = _unapproved()

    with pytest.raises(InvalidInputError, match="with a reason"):
        accept(org, lint(org)[0], " ")


def test_what_is_plainly_wrong_cannot_be_accepted() -> None:
    org = clean().model_copy(update={"entry": "gone"})

    with pytest.raises(InvalidInputError, match="cannot be accepted"):
        accept(org, check(org)[0], "Never mind.")


def test_thresholds_are_settings() -> None:
    org = _wordy()
    patient = org.model_copy(update={"lint": org.lint.model_copy(update={"max_words": 1000})})

    assert lint(patient) == []
