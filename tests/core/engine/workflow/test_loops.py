"""Loops: round by round, counted, until it is enough or too much."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.organization.spec import Organization
from core.organization.steps import CelCondition, EndStep, JudgeCondition, LoopStep, TransformStep
from tests.support.cast import Cast, outline, play, steps_told
from tests.support.studio import open_studio, start, wait_for_run

ENOUGH = CelCondition(expression='output.endsWith("!!")')


def refining(**loop: Any) -> Organization:
    """Refines until there are two exclamation marks."""
    step = LoopStep(name="again", **{"until": ENOUGH, **loop})
    return play("a → again\nagain.body → refine → again\nagain.done → z", step)


def marking(call: Any) -> str:
    return f"{call.told}!"


def test_a_loop_ends_when_its_condition_holds(tmp_path: Path) -> None:
    """Each round is told with its number; the value of a round is what the one before gave."""
    model = Cast(a=["x"], refine=marking, z=["end"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, refining(), "go"))

        assert run.status == "completed", run.error_message
        assert model.told("refine") == ["x", "x!"]
        assert model.told("z") == ["x!!"]
        assert steps_told(core, run.id)[2:-2] == [
            "+ again",
            "+ again#1",
            "+ again#1/refine",
            "- again#1/refine",
            "- again#1",
            "+ again#2",
            "+ again#2/refine",
            "- again#2/refine",
            "- again#2",
            "- again .done",
        ]
        assert outline(core, run.id)[2:-2] == [
            "loop again",
            "  round Round 1",
            "    agent refine",
            "      agent refine",
            "  round Round 2",
            "    agent refine",
            "      agent refine",
        ]
        told = [
            e.data for e in core.runs.events(run.id) if e.kind == "step_finished" and e.data["step"] == "again"
        ]
        assert [(each["iteration"], each["value"]) for each in told] == [
            (1, "output = x!"),
            (2, "output = x!!"),
            (None, "2 rounds, output = x!!"),
        ]


def test_a_loop_goes_on_when_its_limit_is_reached(tmp_path: Path) -> None:
    model = Cast(a=["x"], refine=marking, z=["end"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, refining(until=CelCondition(expression="false"), limit=3), "go"))

        assert run.status == "completed", run.error_message
        assert model.told("z") == ["x!!!"]
        assert "- again .done limit" in steps_told(core, run.id)


def test_a_loop_may_fail_at_its_limit(tmp_path: Path) -> None:
    loop = {"until": CelCondition(expression="false"), "limit": 2, "on_limit": "fail"}
    with open_studio(tmp_path, Cast(a=["x"], refine=marking, z=[])) as core:
        run = wait_for_run(core, start(core, refining(**loop), "go"))

        assert (run.status, run.error_code) == ("failed", "loop_limit")
        assert run.error_message == "The loop 'again' was not done after 2 rounds, which is its limit."


@pytest.mark.parametrize(("first", "rounds"), [(True, 0), (False, 1)])
def test_a_loop_may_ask_before_the_first_round(tmp_path: Path, first: bool, rounds: int) -> None:
    model = Cast(a=["done!!"], refine=marking, z=["end"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, refining(check_first=first), "go"))

        assert run.status == "completed", run.error_message
        assert len(model.told("refine")) == rounds


def test_a_judge_may_end_a_loop(tmp_path: Path) -> None:
    """It is asked once a round, of the value that the round gave."""
    findings = [json.dumps({"reason": "Not yet.", "holds": False}), json.dumps({"reason": "Fine.", "holds": True})]
    model = Cast(a=["x"], refine=marking, z=["end"], judge=findings)
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, refining(until=JudgeCondition(statement="It is loud.")), "go"))

        assert run.status == "completed", run.error_message
        assert [json.loads(told)["text"] for told in model.told("judge")] == ["x!", "x!!"]
        told = [event.data for event in core.runs.events(run.id) if event.kind == "step_finished"]
        assert [each["value"] for each in told if each["path"] == "again#1"] == ["Not yet."]


def test_expressions_see_the_round(tmp_path: Path) -> None:
    """`count` is the round of the innermost loop, and is gone after it."""
    org = play(
        "outer.body → inner\ninner.body → note → inner\ninner.done → outer\nouter.done → z",
        LoopStep(name="outer", until=CelCondition(expression="count == 2")),
        LoopStep(name="inner", until=CelCondition(expression="count == 2")),
        TransformStep(name="note", assign={"counts": "state.counts + [count]"}),
        state={"counts": []},
        z={"task": "{{ state.counts }}"},
    )
    model = Cast(z=["end"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert run.status == "completed", run.error_message
        assert model.told("z") == ["[1, 2, 1, 2]"]


def test_a_run_may_end_inside_a_loop(tmp_path: Path) -> None:
    org = play(
        "again.body → a → out",
        LoopStep(name="again", until=CelCondition(expression="false"), limit=2),
        EndStep(name="out", output="Out of round {{ count }}."),
    )
    with open_studio(tmp_path, Cast(a=["x"])) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.output) == ("completed", "Out of round 1."), run.error_message
        assert steps_told(core, run.id)[-3:] == ["- again#1/out", "- again#1", "- again"]
