"""Workflows played by the rehearsal model: loops end after a round or two, conditions go by the words."""

from pathlib import Path
from typing import Any

import pytest

from core.organization.spec import Organization
from core.organization.steps import BranchCase, BranchStep, CelCondition, Condition, JudgeCondition, LoopStep
from core.records import RunRecord
from tests.core.organization.flows import workflow
from tests.support.cast import steps_told
from tests.support.studio import open_studio, start, wait_for_run

REVIEWER = "You are a reviewer. Check the draft and say what must change."
REFINER = "You refine texts. Improve the draft by the remarks you are given."


def refining(schema: dict[str, Any], until: str) -> Organization:
    """A draft that is revised until its reviewer is satisfied."""
    schema = {"type": "object", "properties": schema, "required": list(schema), "additionalProperties": False}
    org = workflow(
        "writer → again\nagain.body → refiner → reviewer → again\nagain.done → printer",
        LoopStep(name="again", until=CelCondition(expression=until), limit=5, on_limit="fail"),
    )
    return _told(
        org,
        writer={"instructions": "You are a writer. Write a short article."},
        refiner={"instructions": REFINER, "task": "{{ 'reviewer' in steps ? steps['refiner'] : output }}"},
        reviewer={"instructions": REVIEWER, "output_schema": schema},
    )


@pytest.mark.parametrize(
    ("schema", "until"),
    [
        ({"approved": {"type": "boolean"}, "feedback": {"type": "string"}}, "output.approved"),
        ({"score": {"type": "integer", "minimum": 1, "maximum": 10}}, "output.score >= 9"),
        ({"score": {"type": "number", "minimum": 0, "maximum": 1}}, "output.score > 0.9"),
    ],
)
def test_a_reviewer_is_satisfied_after_a_round_or_two(tmp_path: Path, schema: dict[str, Any], until: str) -> None:
    run, lines = _played(tmp_path, refining(schema, until), "Write an article about cargo bikes.")

    assert run.status == "completed", run.error_message
    assert 1 <= sum(line.startswith("- again#") and "/" not in line for line in lines) <= 2


def test_a_judge_of_quality_wants_one_revision(tmp_path: Path) -> None:
    """Not at once, and not never."""
    until = JudgeCondition(statement="The article is clear and ready to be published.")
    org = _told(
        workflow(
            "writer → again\nagain.body → refiner → again\nagain.done → printer",
            LoopStep(name="again", until=until, check_first=True, on_limit="fail"),
        ),
        writer={"instructions": "You are a writer. Write a short article."},
        refiner={"instructions": REFINER},
    )

    run, lines = _played(tmp_path, org, "Write an article about cargo bikes.")

    assert run.status == "completed", run.error_message
    assert sum(line.startswith("- again#") and "/" not in line for line in lines) == 1


KINDS = {"type": "string", "enum": ["refund", "delivery", "login"]}
CLASSIFIER = {
    "instructions": "You sort messages of customers. Choose the category.",
    "output_schema": {
        "type": "object",
        "properties": {"category": KINDS},
        "required": ["category"],
        "additionalProperties": False,
    },
}


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("I want my money back for order A1001.", "refund"),
        ("Where is my parcel?", "delivery"),
        ("I forgot my password.", "login"),
    ],
)
def test_a_classifier_chooses_what_fits_the_words(tmp_path: Path, words: str, way: str) -> None:
    cases = {name: CelCondition(expression=f"output.category == '{name}'") for name in KINDS["enum"]}

    run, lines = _played(tmp_path, _told(_branching(cases), triage=CLASSIFIER), words)

    assert run.status == "completed", run.error_message
    assert f"- which .{way}" in lines


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("I want my money back for order A1001.", "refund"),
        ("Where is my parcel?", "delivery"),
        ("Good morning to you all.", "default"),
    ],
)
def test_judges_of_conditions_answer_by_the_words(tmp_path: Path, words: str, way: str) -> None:
    cases: dict[str, Condition] = {
        "refund": JudgeCondition(statement="The customer wants money back."),
        "delivery": JudgeCondition(statement="It is about a parcel."),
    }

    run, lines = _played(tmp_path, _branching(cases, start="which"), words)

    assert run.status == "completed", run.error_message
    assert f"- which .{way}" in lines


def _branching(cases: dict[str, Any], *, start: str = "triage → which") -> Organization:
    ways = [f"which.{name} → {name} desk" for name in cases]
    step = BranchStep(name="which", cases=[BranchCase(name=name, condition=each) for name, each in cases.items()])
    first = [start] if "→" in start else []
    return workflow("\n".join([*first, *ways, "which.default → front desk"]), step)


def _told(org: Organization, **fields: dict[str, Any]) -> Organization:
    agents = [agent.model_copy(update=fields.get(agent.name, {})) for agent in org.agents]
    return org.model_copy(update={"agents": agents})


def _played(folder: Path, org: Organization, words: str) -> tuple[RunRecord, list[str]]:
    with open_studio(folder) as core:
        run = wait_for_run(core, start(core, org, words))
        return run, steps_told(core, run.id)
