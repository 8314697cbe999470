"""Steps one after the other: what agents are told, which way is taken, and how a run ends."""

import json
from pathlib import Path

import pytest
from agents.exceptions import ModelBehaviorError

from core.organization.spec import HandoffLink, Organization, RunSettings
from core.organization.steps import (
    BranchCase,
    BranchStep,
    CelCondition,
    Condition,
    EndStep,
    FieldCondition,
    JudgeCondition,
    TransformStep,
)
from core.records import RunRecord
from tests.support.cast import Cast, outline, play, steps_told
from tests.support.studio import function_call, open_studio, start, wait_for_run

TICKET = {
    "type": "object",
    "properties": {"category": {"type": "string"}, "amount": {"type": "number"}},
    "required": ["category", "amount"],
    "additionalProperties": False,
}


def test_each_output_is_the_next_input(tmp_path: Path) -> None:
    """Three agents in a row: each is told what the one before it gave, under one trace."""
    model = Cast(a=["from a"], b=["from b"], c=["from c"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, play("a → b → c"), "go"))

        assert (run.status, run.output, run.last_agent) == ("completed", "from c", "c"), run.error_message
        assert [(call.role, call.told) for call in model.calls] == [("a", "go"), ("b", "from a"), ("c", "from b")]
        assert (run.requests, run.input_tokens, run.output_tokens) == (3, 30, 15)
        assert steps_told(core, run.id) == ["+ a", "- a", "+ b", "- b", "+ c", "- c"]
        assert outline(core, run.id) == ["agent a", "  agent a", "agent b", "  agent b", "agent c", "  agent c"]
        assert len({span.trace_id for span in core.traces.spans(run.id)[0]}) == 1


def test_tasks_are_templates(tmp_path: Path) -> None:
    """A task names the value, the run's input, other steps and fields of structured outputs."""
    task = "{{ output.category }} of {{ output.amount }}, {{ steps['b'] }}, was: {{ input }}, all: {{ output }}"
    org = play("b → a → c", a={"output_schema": TICKET, "task": "Sort"}, c={"task": task})
    ticket = {"amount": 12.5, "category": "refund"}
    model = Cast(b=["hi"], a=[json.dumps(ticket)], c=["done"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "Help me"))

        assert run.status == "completed", run.error_message
        assert model.told("a") == ["Sort"]
        assert model.told("c") == [f"refund of 12.5, hi, was: Help me, all: {json.dumps(ticket)}"]


def test_an_agent_may_see_the_conversation(tmp_path: Path) -> None:
    """Only the agent that is meant to sees what the agents before it said and did."""
    model = Cast(a=["from a"], b=["from b"], c=["from c"])
    with open_studio(tmp_path, model) as core:
        wait_for_run(core, start(core, play("a → b → c", c={"sees_conversation": True, "task": "Go on"}), "go"))

    said = [(item["role"], _text(item)) for item in model.calls[2].input]
    assert said == [
        ("user", "go"),
        ("assistant", "from a"),
        ("user", "from a"),
        ("assistant", "from b"),
        ("user", "Go on"),
    ]
    assert len(_items(model.calls[1].input)) == 1


def test_a_step_may_hand_off(tmp_path: Path) -> None:
    """The output of the agent that was handed to is the step's; one not on any flow is reached all the same."""
    org = play("a → b", agents="helper", links=[HandoffLink(source="a", target="helper")])
    model = Cast(a=[function_call("transfer_to_helper", {}, call_id="h1")], helper=["helped"], b=["end"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert run.status == "completed", run.error_message
        assert model.told("b") == ["helped"]
        assert outline(core, run.id) == [
            "agent a",
            "  agent a",
            "  agent helper",
            "agent b",
            "  agent b",
        ]


ROUTES: list[tuple[Condition, str, str]] = [
    (CelCondition(expression='output.contains("money")'), "money back", "output = money back"),
    (FieldCondition(operator="contains", value="MONEY"), "my money", "value = my money, asked for contains MONEY"),
    (JudgeCondition(statement="It is about money."), "a bill", "It is."),
]


@pytest.mark.parametrize(("condition", "said", "seen"), ROUTES, ids=["cel", "field", "judge"])
def test_only_the_way_of_the_case_that_holds_is_taken(
    tmp_path: Path, condition: Condition, said: str, seen: str
) -> None:
    """One way runs and the other does not; the event tells the port and what the condition saw."""
    model = Cast(a=[said], b=["paid"], judge=[json.dumps({"reason": "It is.", "holds": True})])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, _routes(condition), "go"))

        assert (run.status, run.output) == ("completed", "paid"), run.error_message
        assert steps_told(core, run.id) == ["+ a", "- a", "+ route", "- route .money", "+ b", "- b"]
        told = [event.data["value"] for event in core.runs.events(run.id) if event.data.get("port") == "money"]
        assert told == [seen]


def test_the_default_way_is_taken_when_nothing_holds(tmp_path: Path) -> None:
    """What the conditions saw is told here, too."""
    with open_studio(tmp_path, Cast(a=["hello"], c=["general"])) as core:
        run = wait_for_run(core, start(core, _routes(ROUTES[0][0]), "go"))

        assert run.output == "general"
        told = [event.data for event in core.runs.events(run.id) if event.data.get("port") == "default"]
        assert [event["value"] for event in told] == ["output = hello"]


def test_ways_that_meet_go_on_together(tmp_path: Path) -> None:
    """After a branch both ways lead to the same step, which runs once."""
    org = play(
        "a → route\nroute.money → b → z\nroute.default → z",
        BranchStep(name="route", cases=[BranchCase(name="money", condition=ROUTES[0][0])]),
    )
    model = Cast(a=["nothing"], z=["end"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert run.output == "end"
        assert model.told("z") == ["nothing"]


def test_a_transform_makes_a_value_and_keeps_variables(tmp_path: Path) -> None:
    """Variables start with the values of the organization and are seen by the steps after."""
    org = play(
        "a → shout → count → b",
        TransformStep(
            name="shout", expression='output + "!"', assign={"seen": "state.seen + 1", "last": "output"}
        ),
        TransformStep(name="count", assign={"seen": "state.seen + 10"}),
        b={"task": "{{ output }} {{ state.seen }} {{ state.last }}"},
        state={"seen": 1},
    )
    model = Cast(a=["hey"], b=["end"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert run.status == "completed", run.error_message
        assert model.told("b") == ["hey! 12 hey"]


def test_an_end_gives_the_output(tmp_path: Path) -> None:
    """The template of an end step is the run's final output, whatever comes after it in the drawing."""
    org = play("a → done", EndStep(name="done", output="Answer: {{ output }} ({{ input }})"))
    with open_studio(tmp_path, Cast(a=["yes"])) as core:
        run = wait_for_run(core, start(core, org, "really?"))

        assert (run.status, run.output, run.last_agent) == ("completed", "Answer: yes (really?)", "a")


def test_an_end_may_mean_failure(tmp_path: Path) -> None:
    """The run has failed, with the output as what is said about it."""
    org = play("a → no", EndStep(name="no", output="Not possible: {{ output }}", outcome="failed"))
    with open_studio(tmp_path, Cast(a=["closed"])) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.error_code) == ("failed", "ended_as_failed")
        assert (run.error_message, run.output) == ("Not possible: closed", "Not possible: closed")


def test_an_error_edge_takes_the_place_of_what_follows(tmp_path: Path) -> None:
    """The agent on it is told what went wrong; the way that would have been taken is not."""
    task = "{{ error.step }}: {{ error.code }}: {{ error.message }} ({{ output }})"
    org = play("a → b → z\nb.error → fix → z", fix={"task": task})
    model = Cast(a=["draft"], b=[ModelBehaviorError("no such thing")], fix=["mended"], z=["end"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.output) == ("completed", "end"), run.error_message
        told = model.told("fix")[0]
        assert told.startswith("b: model_behavior: ")
        assert told.endswith("(draft)")
        assert model.told("z") == ["mended"]
        assert [line for line in steps_told(core, run.id) if line[0] == "!"] == ["! b model_behavior"]
        assert "agent b (error)" in outline(core, run.id)


def test_an_error_edge_may_end_the_run(tmp_path: Path) -> None:
    """An error way that leads nowhere ends the run though other ways meet further on."""
    org = play(
        "route.money → b → z\nroute.default → c → z\nb.error → fix",
        BranchStep(name="route", cases=[BranchCase(name="money", condition=CelCondition(expression="true"))]),
    )
    model = Cast(b=[ModelBehaviorError("no")], fix=["sorry"], z=[])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.output) == ("completed", "sorry"), run.error_message
        assert model.told("z") == []


def test_without_an_error_edge_the_run_fails_and_says_where(tmp_path: Path) -> None:
    """The sentence names the step."""
    org = play("a → b → c", run=RunSettings(max_turns=1))
    loop = function_call("nothing_there", {}, call_id="t1")
    with open_studio(tmp_path, Cast(a=["x"], b=[loop, loop], c=[])) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.error_code) == ("failed", "max_turns")
        assert str(run.error_message).startswith("'b': ")


def test_an_expression_without_a_value_is_an_error_of_its_step(tmp_path: Path) -> None:
    """It names the step and the expression."""
    org = play("a → t", TransformStep(name="t", expression="output.missing"))
    with open_studio(tmp_path, Cast(a=["text"])) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.error_code) == ("failed", "expression")
        assert "'t'" in str(run.error_message)
        assert "output.missing" in str(run.error_message)


def test_the_input_goes_straight_to_a_step_that_is_first(tmp_path: Path) -> None:
    """A workflow need not begin with an agent."""
    org = play("t → a", TransformStep(name="t", expression='"Say: " + output'))
    model = Cast(a=["said"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "hi"))

        assert run.status == "completed", run.error_message
        assert model.told("a") == ["Say: hi"]


def test_a_session_keeps_input_and_output(tmp_path: Path) -> None:
    """The next run of the conversation shows both to agents that see the conversation."""
    model = Cast(a=["one", "two"], b=["ONE", "TWO"])
    with open_studio(tmp_path, model) as core:
        organization = core.organizations.create(play("a → b", a={"sees_conversation": True}))
        session = core.sessions.create(organization, "Talk")
        for words in ("first", "second"):
            run: RunRecord = wait_for_run(core, core.runs.start(organization, words, session_id=session))
            assert run.status == "completed", run.error_message

    said = [(item["role"], _text(item)) for item in model.calls[2].input]
    assert said == [("user", "first"), ("assistant", "ONE"), ("user", "second")]


def _routes(condition: Condition) -> Organization:
    return play(
        "a → route\nroute.money → b\nroute.default → c",
        BranchStep(name="route", cases=[BranchCase(name="money", condition=condition)]),
    )


def _items(given: object) -> list[object]:
    return given if isinstance(given, list) else [given]


def _text(item: dict[str, object]) -> object:
    content = item["content"]
    return content[0]["text"] if isinstance(content, list) else content
