"""What expressions can name, by place, with samples from the schemas of what comes before."""

from typing import Any

import pytest

from core.organization.expression_scope import sample_variables, scope_fields
from core.organization.expressions import evaluate
from core.organization.samples import sample_of
from core.organization.spec import Organization
from core.organization.steps import (
    AgentJoin,
    ApprovalStep,
    BranchCase,
    BranchStep,
    JoinStep,
    ListJoin,
    LoopStep,
    MapStep,
    ParallelStep,
    Step,
    TransformStep,
)
from tests.core.organization.flows import workflow

REVIEW = {
    "type": "object",
    "properties": {
        "score": {"type": "integer"},
        "issues": {"type": "array", "items": {"type": "string"}},
        "by": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
}


def with_schema(org: Organization, agent: str) -> Organization:
    agents = [
        each.model_copy(update={"output_schema": REVIEW}) if each.name == agent else each for each in org.agents
    ]
    return org.model_copy(update={"agents": agents, "state": {"rounds": 0}, "samples": ["Hello"]})


def names(org: Organization, node: str, field: str = "") -> list[str]:
    return [field.name for field in scope_fields(sample_variables(org, node, field))]


def test_a_branch_sees_the_fields_of_the_agent_before_it() -> None:
    step = BranchStep(name="Good?", cases=[BranchCase(name="yes")])
    org = with_schema(workflow("Critic → Good?\nGood?.yes → a\nGood?.default → b", step), "Critic")

    assert names(org, "Good?") == [
        "input",
        "output",
        "output.score",
        "output.issues",
        "output.by",
        "output.by.name",
        'steps["Critic"]',
        'steps["Critic"].score',
        'steps["Critic"].issues',
        'steps["Critic"].by',
        'steps["Critic"].by.name',
        "state.rounds",
    ]
    assert sample_variables(org, "Good?")["input"] == "Hello"


def test_the_value_stays_through_branches_and_approvals() -> None:
    steps: list[Step] = [
        BranchStep(name="Good?", cases=[BranchCase(name="yes")]),
        ApprovalStep(name="Ask", question="Go?"),
    ]
    org = with_schema(workflow("Critic → Good?\nGood?.yes → Ask\nAsk.approved → a", *steps), "Critic")

    variables = sample_variables(org, "a")

    assert variables["output"]["score"] == 1
    assert set(variables["steps"]) == {"Critic", "Good?", "Ask"}
    assert variables["steps"]["Ask"]["reason"] == "text"


def test_the_entry_gets_the_input() -> None:
    org = with_schema(workflow("Critic → a"), "Critic")

    assert sample_variables(org, "Critic")["output"] == "Hello"
    assert sample_variables(org, "Critic")["steps"] == {}


def test_a_map_gives_its_body_an_item() -> None:
    steps: list[Step] = [MapStep(name="Each", items="output.issues"), JoinStep(name="Meet", by=ListJoin())]
    org = with_schema(workflow("Critic → Each\nEach.each → Fix → Meet → Last", *steps), "Critic")

    assert sample_variables(org, "Fix") | {"steps": {}} == {
        "input": "Hello",
        "output": "text",
        "steps": {},
        "state": {"rounds": 0},
        "item": "text",
        "index": 0,
    }
    assert "item" not in sample_variables(org, "Meet")
    assert sample_variables(org, "Last")["output"] == ["text"]


def test_a_loop_is_asked_of_what_its_round_gave_and_counts() -> None:
    org = with_schema(
        workflow("a → Again\nAgain.body → Critic → Again\nAgain.done → b", LoopStep(name="Again")), "a"
    )
    org = with_schema(org, "Critic")

    until = sample_variables(org, "Again", "until.expression")

    assert (until["output"]["score"], until["count"]) == (1, 1)
    assert sample_variables(org, "Critic")["count"] == 1
    assert "Critic" in sample_variables(org, "Critic")["steps"]
    assert "count" not in sample_variables(org, "b")


def test_after_an_error_edge_there_is_an_error() -> None:
    org = workflow("a → b\na.error → Mend")

    assert set(sample_variables(org, "Mend")["error"]) == {"step", "code", "message"}
    assert "error" not in sample_variables(org, "b")


def test_a_transform_gives_what_its_expression_gives() -> None:
    org = with_schema(workflow("Critic → Pick → a", TransformStep(name="Pick", expression="output.by")), "Critic")

    assert names(org, "a")[:3] == ["input", "output", "output.name"]


def test_an_agent_that_joins_gets_all_outputs() -> None:
    steps: list[Step] = [ParallelStep(name="All"), JoinStep(name="Meet", by=AgentJoin(agent="Chair"))]
    org = workflow("All.branch → Critic → Meet → a\nAll.branch → b → Meet", *steps, agents="Chair")
    org = with_schema(with_schema(org, "Chair"), "Critic")

    assert sample_variables(org, "Meet", "by.task")["output"][0]["score"] == 1
    assert sample_variables(org, "a")["output"]["score"] == 1


@pytest.mark.parametrize("text", ["a → b → a", "a → Again\nAgain.body → b\nb → Again"])
def test_broken_graphs_have_a_scope_as_well(text: str) -> None:
    org = workflow(text, LoopStep(name="Again"))

    for node in org.node_names():
        assert "output" in sample_variables(org, node)


def test_every_name_that_is_offered_can_be_evaluated() -> None:
    steps = [BranchStep(name='Say "so"', cases=[BranchCase(name="yes")])]
    org = with_schema(workflow('Critic → Say "so"\nSay "so".yes → a', *steps), "Critic")
    variables = sample_variables(org, "a")

    for field in scope_fields(variables):
        assert evaluate(field.name, variables) == field.value


@pytest.mark.parametrize(
    ("schema", "sample"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "enum": ["low", "high"]}, "low"),
        ({"const": 3}, 3),
        ({"type": "number", "examples": [9.5]}, 9.5),
        ({"type": "integer", "default": 4}, 4),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True),
        ({"type": ["string", "null"]}, "text"),
        ({"type": "array", "items": {"type": "integer"}}, [1]),
        ({"type": "object"}, {}),
        ("nonsense", None),
    ],
)
def test_samples_follow_their_schema(schema: Any, sample: Any) -> None:
    assert sample_of(schema) == sample
