"""Teams of AutoGen Studio as organizations."""

import json
from typing import Any

import pytest

from core.organization.check import check
from core.organization.spec import FlowLink, HttpToolSpec, McpStdioToolSpec, Organization
from core.organization.steps import ApprovalStep, BranchStep, LoopStep
from core.sdk.reflect.importing import import_files
from core.sdk.reflect.report import Imported, ImportProblemError, Report
from core.sdk.reflect.sources import SourceFile
from tests.core.sdk.reflect.reading import told


def part(provider: str, family: str = "", **config: Any) -> dict[str, Any]:
    """A component as AutoGen dumps it."""
    return {"provider": f"autogen.{provider}", "component_type": family, "version": 1, "config": config}


MODEL = part("OpenAIChatCompletionClient", "model", model="gpt-4o-mini", api_key="sk-verysecret", temperature=0.4)


def assistant(name: str, **more: Any) -> dict[str, Any]:
    config = {"model_client": MODEL, "system_message": f"You are {name}.", "description": f"Does {name}."}
    return part("AssistantAgent", "agent", name=name, **(config | more))


def ending(*parts: dict[str, Any]) -> dict[str, Any]:
    return part("OrTerminationCondition", "termination", conditions=list(parts))


WORD = part("TextMentionTermination", "termination", text="TERMINATE")
LIMIT = part("MaxMessageTermination", "termination", max_messages=7)


def team(kind: str, *participants: Any, **more: Any) -> dict[str, Any]:
    return {**part(kind, "team", participants=list(participants), **more), "label": "My team"}


def imported(data: Any) -> Imported:
    found = import_files([SourceFile("team.json", json.dumps(data).encode())], Report())
    assert len(found) == 1
    assert not [problem for problem in check(found[0].organization) if problem.severity == "error"]
    return found[0]


def flows(org: Organization) -> list[str]:
    return [f"{link.source}.{link.port} > {link.target}" for link in org.links if isinstance(link, FlowLink)]


def test_round_robin_becomes_a_loop_over_all_agents() -> None:
    found = imported(
        team(
            "RoundRobinGroupChat",
            assistant("writer"),
            assistant("critic"),
            termination_condition=ending(WORD, LIMIT),
        )
    )

    org = found.organization
    assert (org.name, org.entry) == ("My team", "Rounds")
    assert flows(org) == ["Rounds.body > writer", "writer.out > critic", "critic.out > Rounds"]
    loop = org.step("Rounds")
    assert isinstance(loop, LoopStep)
    assert loop.limit == 3
    assert loop.until.model_dump()["expression"] == (
        'steps["writer"].contains("TERMINATE") || steps["critic"].contains("TERMINATE")'
    )
    writer = org.agents[0]
    assert (writer.instructions, writer.model, writer.settings.temperature) == (
        "You are writer.",
        "openai/gpt-4o-mini",
        0.4,
    )
    assert writer.sees_conversation
    assert "verysecret" not in repr(found)


def test_a_selector_becomes_an_agent_that_chooses_and_a_branch() -> None:
    found = imported(
        team(
            "SelectorGroupChat",
            assistant("planner"),
            assistant("doer"),
            model_client=MODEL,
            selector_prompt="Pick from {participants}:\n{roles}\n{history}",
            termination_condition=WORD,
            max_turns=9,
        )
    )

    org = found.organization
    selector, branch, loop = org.agent("Selector"), org.step("Next speaker"), org.step("Rounds")
    assert selector is not None
    assert "Pick from planner, doer:\n- planner: Does planner." in selector.instructions
    assert selector.output_schema is not None
    assert selector.output_schema["properties"]["speaker"]["enum"] == ["planner", "doer"]
    assert isinstance(branch, BranchStep)
    assert isinstance(loop, LoopStep)
    assert loop.limit == 9
    assert flows(org) == [
        "Rounds.body > Selector",
        "Selector.out > Next speaker",
        "Next speaker.default > Rounds",
        "Next speaker.speaker_1 > planner",
        "planner.out > Rounds",
        "Next speaker.speaker_2 > doer",
        "doer.out > Rounds",
    ]


def test_a_swarm_becomes_handoffs() -> None:
    triage = assistant("triage", handoffs=["refunds", {"target": "user", "description": "Ask."}])
    refunds = assistant("refunds", handoffs=[{"target": "triage", "description": "Back to the start."}])

    found = imported(team("Swarm", triage, refunds, max_turns=12))

    org = found.organization
    assert org.entry == "triage"
    assert [(link.source, link.target) for link in org.links] == [("triage", "refunds"), ("refunds", "triage")]
    assert org.run.max_turns == 12
    assert not org.has_workflow
    assert told(found, "not_carried", "handoff from 'triage' to 'user'")


def test_tools_and_workbenches_are_carried_as_far_as_they_go() -> None:
    calculator = part(
        "FunctionTool", "tool", name="calculator", description="Adds.", source_code="def calculator(): ..."
    )
    fetch = part(
        "HttpTool", "tool", name="weather", scheme="https", host="api.x.org", port=443, path="/v1", method="GET",
        json_schema={"type": "object", "properties": {"city": {"type": "string"}}},
        headers={"Authorization": "Bearer sk-verysecret"},
    )  # fmt: skip
    files = part(
        "McpWorkbench", "workbench",
        server_params={"type": "StdioServerParams", "command": "npx", "args": ["-y", "server-files"], "env": None},
    )  # fmt: skip
    bench = part("StaticWorkbench", "workbench", tools=[calculator, fetch])

    found = imported(team("RoundRobinGroupChat", assistant("a", workbench=[bench, files]), max_turns=1))

    org = found.organization
    weather, server = org.tool("weather"), org.tool("server-files")
    assert isinstance(weather, HttpToolSpec)
    assert (weather.method, weather.url) == ("GET", "https://api.x.org/v1")
    assert weather.headers == {"Authorization": "${AUTHORIZATION}"}
    assert isinstance(server, McpStdioToolSpec)
    assert [link.target for link in org.links if link.kind == "uses"] == ["calculator", "weather", "server-files"]
    assert told(found, "approximated", "tool 'calculator'", "autogen_tools.py")


def test_a_person_in_the_team_becomes_an_approval() -> None:
    person = part("UserProxyAgent", "agent", name="boss", description="Decides.")

    found = imported(team("RoundRobinGroupChat", assistant("a"), person, termination_condition=WORD))

    assert isinstance(found.organization.step("boss"), ApprovalStep)
    assert flows(found.organization)[-2:] == ["boss.approved > Rounds", "boss.rejected > Rounds"]


@pytest.mark.parametrize(
    "around",
    [
        lambda data: {"component": data},
        lambda data: {"config": {"components": {"teams": [data]}}},
        lambda data: [data],
    ],
)
def test_teams_are_found_in_galleries_and_exports(around: Any) -> None:
    assert imported(around(team("Swarm", assistant("a")))).organization.agents


def test_a_folder_of_teams_gives_an_organization_for_each() -> None:
    files = [
        SourceFile(f"{name}.json", json.dumps(team("Swarm", assistant(name))).encode()) for name in ("one", "two")
    ]

    found = import_files([*files, SourceFile("broken.json", b"{")], Report())

    assert [each.organization.entry for each in found] == ["one", "two"]
    assert told(found[0], "not_carried", "file", "broken.json")


ODD = [
    team("Swarm", {"provider": "x"}, {"provider": 7}, 3, None),
    team("Odd", assistant("a" * 500, handoffs="user", tools=[{"provider": "FunctionTool"}], model_client=7)),
    team("RoundRobinGroupChat", assistant("a", workbench=part("McpWorkbench")), max_turns=-4),
]


@pytest.mark.parametrize("data", ODD)
def test_odd_teams_are_read_as_far_as_they_go(data: Any) -> None:
    found = import_files([SourceFile("team.json", json.dumps(data).encode())], Report())

    assert found[0].organization.model_dump_json()
    assert found[0].of_fate("not_carried") or found[0].of_fate("approximated")


@pytest.mark.parametrize("data", [team("RoundRobinGroupChat"), {**part("Swarm", "team"), "config": 7}])
def test_a_team_without_agents_is_refused(data: Any) -> None:
    with pytest.raises(ImportProblemError, match="has no agents"):
        import_files([SourceFile("team.json", json.dumps(data).encode())], Report())
