"""Problems of workflows."""

import pytest

from core.organization.check import check
from core.organization.edits import connect, duplicate, rename
from core.organization.spec import FlowLink, Organization
from core.organization.steps import (
    AgentJoin,
    BranchCase,
    BranchStep,
    CelCondition,
    EndStep,
    JoinStep,
    LoopStep,
    MapStep,
    ParallelStep,
    Step,
    TransformStep,
)
from tests.core.organization.flows import workflow

YES = BranchStep(name="if", cases=[BranchCase(name="yes", condition=CelCondition(expression="output == 'y'"))])


def found(org: Organization) -> set[tuple[str, str]]:
    """Codes and nodes of the problems."""
    return {(problem.code, problem.node) for problem in check(org)}


def test_a_sound_workflow_has_no_problems() -> None:
    org = workflow(
        "a → if\nif.yes → p\nif.default → End\np.branch → b → j\np.branch → c → j\n"
        "j → l\nl.body → d → l\nl.done → e",
        YES,
        ParallelStep(name="p"),
        JoinStep(name="j"),
        LoopStep(name="l", until=CelCondition(expression="output.good")),
        EndStep(name="End", output="Sorry: {{ steps['a'] }}"),
    )

    assert found(org) == set()


@pytest.mark.parametrize(
    ("flow", "step", "problem"),
    [
        ("a → t", TransformStep(name="t", expression="output +"), ("expression_invalid", "t")),
        ("a → t", TransformStep(name="t", assign={"n": "nothing + 1"}), ("expression_invalid", "t")),
        ("a → t", EndStep(name="t", output="{{ steps['gone'] }}"), ("step_unknown", "t")),
        ("a → t", BranchStep(name="t"), ("cases_missing", "t")),
        ("a → t", BranchStep(name="t", cases=[BranchCase(name="default")]), ("case_name_taken", "t")),
        ("a → t", BranchStep(name="t", cases=[YES.cases[0], YES.cases[0]]), ("case_duplicate", "t")),
        ("a → t", LoopStep(name="t"), ("loop_empty", "t")),
        ("a → t", ParallelStep(name="t"), ("branches_missing", "t")),
        ("a → t", MapStep(name="t"), ("map_empty", "t")),
        ("a → t", JoinStep(name="t", by=AgentJoin()), ("join_agent_unknown", "t")),
        ("a → b\na → t", TransformStep(name="t"), ("port_taken", "a")),
        ("a.up → t", TransformStep(name="t"), ("port_unknown", "a")),
        ("t → a", EndStep(name="t"), ("port_unknown", "t")),
    ],
)
def test_faults_are_told_at_their_node(flow: str, step: Step, problem: tuple[str, str]) -> None:
    assert problem in found(workflow(flow, step))


def test_a_step_that_nothing_leads_to_is_told() -> None:
    org = workflow("a → b", EndStep(name="End"))

    assert found(org) == {("step_unreachable", "End")}


def test_a_flow_link_leaves_from_the_first_free_port() -> None:
    org = workflow("a → if", YES, agents="b c")

    org = connect(connect(org, "flow", "if", "b"), "flow", "if", "c")

    assert [link.port for link in org.flows() if link.source == "if"] == ["yes", "default"]


def test_renaming_a_step_renames_it_in_expressions_too() -> None:
    end = EndStep(name="End", output="{{ steps[\"a\"] }} and {{ steps['b'].x }}")
    org = rename(workflow("a → b → End", end), "a", 'A "1"')

    assert org.entry == 'A "1"'
    assert org.steps[0] == EndStep(name="End", output='{{ steps["A \\"1\\""] }} and {{ steps[\'b\'].x }}')


def test_copies_of_steps_keep_their_ways() -> None:
    org, names = duplicate(workflow("if.yes → a\nif.default → b", YES), ["if", "a"])

    assert names == {"if": "if 2", "a": "a 2"}
    assert FlowLink(source="if 2", port="yes", target="a 2") in org.links
