"""Packages that the studio wrote, read back: spec to code to spec is the identity."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from core.organization.check import check
from core.organization.memory import Memory, RecentMemory, SummaryMemory, WholeMemory
from core.organization.names import as_tool_name
from core.organization.spec import (
    AgentSpec,
    ApproveWhen,
    AsToolLink,
    FlowLink,
    HandoffLink,
    Link,
    Organization,
    Position,
    RunSettings,
    UsesLink,
)
from core.organization.steps import BranchCase, BranchStep, CelCondition, LoopStep
from core.patterns.catalogue import catalogue, pattern
from core.sdk.codegen import generate_package
from core.sdk.reflect.package_files import package_files
from core.sdk.reflect.package_reader import import_package
from core.sdk.reflect.report import Imported, Report
from core.sdk.reflect.sources import SourceFile
from tests.core.sdk.codegen.organizations import organizations, workflows
from tests.core.sdk.reflect.reading import told

# Shrinking a workflow takes minutes, and tells little more than the first that fails.
few = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def read_back(files: dict[str, str]) -> Imported:
    sources = [SourceFile(path, text.encode()) for path, text in files.items()]
    report = Report()
    found = package_files(sources, report)
    assert found is not None
    return import_package(found, report)


def is_sound(org: Organization) -> bool:
    return not any(problem.severity == "error" for problem in check(org))


def edited(files: dict[str, str], module: str, old: str, new: str) -> dict[str, str]:
    """The files after a person has changed one place."""
    path = next(path for path in files if path.endswith(f"/{module}.py"))
    assert files[path].count(old) == 1
    return {**files, path: files[path].replace(old, new)}


@few
@given(organizations())
def test_agents_tools_guardrails_and_links_come_back_as_they_were(org: Organization) -> None:
    if is_sound(org):
        assert read_back(generate_package(org)).organization == org


@few
@given(workflows())
def test_workflows_come_back_as_they_were(org: Organization) -> None:
    if is_sound(org):
        assert read_back(generate_package(org)).organization == org


@few
@given(organizations() | workflows())
def test_the_meaning_is_in_the_code_and_not_in_what_is_stored_beside_it(org: Organization) -> None:
    if not is_sound(org):
        return
    files = generate_package(org)
    stored = json.loads(files["studio.json"])
    kept = {"schema_version", "name", "description", "samples", "layout", "lint", "notes", "groups"}
    stored["spec"] = {key: value for key, value in stored["spec"].items() if key in kept}

    found = read_back({**files, "studio.json": json.dumps(stored)}).organization

    assert _apart(found) == _apart(org)


@pytest.mark.parametrize("each", catalogue(), ids=lambda each: each.id)
def test_every_pattern_comes_back_from_its_code(each: object) -> None:
    org = each.organization  # type: ignore[attr-defined]

    found = read_back(generate_package(org))

    assert found.organization == org
    assert not told(found, "not_carried")


@pytest.mark.parametrize(
    "memory", [WholeMemory(), RecentMemory(turns=3), SummaryMemory(unit="items", model="local/m")]
)
def test_the_memory_comes_back(memory: Memory) -> None:
    agents = [AgentSpec(name="Chat", instructions="Be kind.")]
    org = Organization(name="Chat", entry="Chat", agents=agents, run=RunSettings(memory=memory))

    files = generate_package(org)

    assert read_back(files).organization == org
    if memory.kind == "recent":
        changed = edited(files, "settings", '"turns": 3', '"turns": 5')
        assert read_back(changed).organization.run.memory == RecentMemory(turns=5)


def test_layout_description_and_samples_come_from_beside_the_code() -> None:
    org = Organization(
        name="Desk",
        description="All about it.",
        entry="A",
        agents=[AgentSpec(name="A", instructions="x")],
        samples=["Hello"],
        layout={"A": Position(x=1, y=2)},
    )

    assert read_back(generate_package(org)).organization == org


def test_code_without_what_was_stored_beside_it_is_read_all_the_same() -> None:
    org = pattern("hierarchical").organization
    files = generate_package(org)
    del files["studio.json"]

    found = read_back(files).organization

    assert found.agents == org.agents
    assert {link.key for link in found.links} == {link.key for link in org.links}
    assert found.name == org.name


def test_what_a_person_changes_in_the_code_counts() -> None:
    org = pattern("human-in-the-loop").organization
    files = generate_package(org)
    files = edited(files, "tools", 'when("amount", "gt", 50)', 'when("amount", "gt", 75)')
    files = edited(files, "agents", "tools.look_up_payment, ", "")
    files = edited(
        files, "agents", "from typing import Any", 'from typing import Any\n\nMODEL = "openai/" + "gpt-5"'
    )
    files = edited(
        files, "agents", "model_settings=ModelSettings(),", "model=MODEL, model_settings=ModelSettings(top_p=0.5),"
    )

    found = read_back(files)

    agent = found.organization.agents[0]
    tool = found.organization.tool("grant_goodwill")
    assert tool is not None
    assert tool.approval == ApproveWhen(argument="amount", operator="gt", value=75)
    assert not [
        link for link in found.organization.links if isinstance(link, UsesLink) and "payment" in link.target
    ]
    assert (agent.model, agent.settings.top_p) == ("openai/gpt-5", 0.5)
    assert agent.instructions == org.agents[0].instructions
    assert found.organization.layout == org.layout


FLOW = Organization(
    name="Flow",
    entry="Writer",
    agents=[AgentSpec(name="Writer", instructions="x"), AgentSpec(name="Critic", task="Rate: {{ output }}")],
    steps=[
        BranchStep(
            name="Route", cases=[BranchCase(name="good", condition=CelCondition(expression="output.score > 7"))]
        ),
        LoopStep(name="Again", until=CelCondition(expression="output.done"), limit=3),
    ],
    links=[
        FlowLink(source="Writer", target="Route"),
        FlowLink(source="Route", target="Again", port="default"),
        FlowLink(source="Again", target="Critic", port="body"),
        FlowLink(source="Critic", target="Again"),
    ],
)


def test_a_changed_condition_is_translated_back() -> None:
    files = edited(
        generate_package(FLOW),
        "workflow",
        'if output["score"] > 7:',
        'if output["score"] >= 9 and here.state["x"] == "a":',
    )

    route = read_back(files).organization.step("Route")

    assert isinstance(route, BranchStep)
    assert route.cases[0].condition == CelCondition(expression='output.score >= 9 && state.x == "a"')


def test_a_changed_text_limit_and_place_of_an_agent_are_read() -> None:
    files = generate_package(FLOW)
    files = edited(files, "workflow", "range(1, 4)", "range(1, 9)")
    path = next(path for path in files if path.endswith("/workflow.py"))
    line = next(line for line in files[path].splitlines() if "agents.critic" in line)
    indent = line[: len(line) - len(line.lstrip())]
    new = f'{indent}output = await here.run(agents.critic, words("Rate ", text(here.input), "!"))'
    files[path] = files[path].replace(line, new)

    found = read_back(files).organization

    critic, again = found.agent("Critic"), found.step("Again")
    assert critic is not None
    assert isinstance(again, LoopStep)
    assert critic.task == "Rate {{ input }}!"
    assert again.limit == 8


def test_code_that_the_studio_would_not_write_is_reported_with_its_line() -> None:
    line = 'here.left("Again", output)'
    files = edited(generate_package(FLOW), "workflow", line, f"await audit(output)\n        {line}")

    found = read_back(files)

    assert found.organization == FLOW
    assert told(found, "not_carried", "code `await audit(output)`", "workflow.py:")


def test_an_agent_that_a_person_adds_is_carried() -> None:
    org = pattern("specialist").organization
    first = org.agents[0].name
    files = generate_package(org)
    path = next(path for path in files if path.endswith("/agents.py"))
    variable = files[path].partition(" = Agent[Any]")[0].rpartition("\n")[2]
    files[path] += f'\nhelper = Agent(name="Helper", instructions="Help.")\n{variable}.handoffs += [helper]\n'

    found = read_back(files).organization

    assert [agent.name for agent in found.agents] == [*(agent.name for agent in org.agents), "Helper"]
    assert HandoffLink(source=first, target="Helper") in found.links


@pytest.mark.parametrize("stored", ["{", "[]", '{"spec": 3}', '{"spec": {"agents": 7}}', "[" * 100_000])
def test_a_damaged_studio_file_is_an_entry_in_the_report(stored: str) -> None:
    org = pattern("single").organization

    found = read_back({**generate_package(org), "studio.json": stored})

    assert found.organization.agents == org.agents
    assert told(found, "not_carried", "layout, description and samples", "studio.json")


def _apart(org: Organization) -> Organization:
    """Without the order of links and steps, without what can be said in two ways that mean the same, and without
    what has no meaning: tasks of agents that are no step, state without a workflow."""
    steps = {name for link in org.flows() for name in (link.source, link.target)}
    steps |= {org.entry} if org.has_workflow else set()
    idle = {"task": "", "sees_conversation": False}
    return org.model_copy(
        update={
            "agents": [each if each.name in steps else each.model_copy(update=idle) for each in org.agents],
            "state": org.state if org.has_workflow else {},
            "links": sorted((_plain(org, link) for link in org.links), key=lambda link: link.key),
            "steps": sorted(org.steps, key=lambda step: step.name),
        }
    )


def _plain(org: Organization, link: Link) -> Link:
    if not isinstance(link, AsToolLink | HandoffLink):
        return link
    target = org.agent(link.target)
    usual = {"", target.handoff_description if target else "", f"Ask {link.target}."}
    plain = link.model_copy(update={"description": ""}) if link.description in usual else link
    if isinstance(plain, AsToolLink) and plain.tool_name == as_tool_name(
        plain.model_copy(update={"tool_name": None})
    ):
        return plain.model_copy(update={"tool_name": None})
    return plain
