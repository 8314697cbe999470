"""The tree of blocks that a workflow is."""

from core.organization.flow import Block, Stage, flow_faults, flow_tree
from core.organization.steps import (
    ApprovalStep,
    BranchCase,
    BranchStep,
    CelCondition,
    EndStep,
    JoinStep,
    LoopStep,
    MapStep,
    ParallelStep,
)
from tests.core.organization.flows import workflow

BRANCH = BranchStep(name="if", cases=[BranchCase(name="yes", condition=CelCondition(expression="true"))])


def drawn(block: Block) -> str:
    """A block on one line: stages in order, inner blocks in braces."""
    return " ".join(_drawn_stage(stage) for stage in block)


def _drawn_stage(stage: Stage) -> str:
    inner = [f"{port}{{{drawn(block)}}}" for port, block in stage.blocks.items()]
    inner += [f"{{{drawn(block)}}}" for block in stage.branches]
    if stage.on_error is not None:
        inner.append(f"error{{{drawn(stage.on_error)}}}")
    join = [f">{stage.join}"] if stage.join else []
    return "".join([stage.name, *inner, *join])


def test_a_line_is_a_block() -> None:
    org = workflow("a → b → c")

    assert drawn(flow_tree(org)) == "a b c"
    assert flow_faults(org) == []


def test_an_organization_without_a_workflow_is_its_entry() -> None:
    org = workflow("a → b").model_copy(update={"links": []})

    assert drawn(flow_tree(org)) == "a"


def test_ways_of_a_branch_meet() -> None:
    org = workflow("a → if\nif.yes → b → d\nif.default → c → d", BRANCH)

    assert drawn(flow_tree(org)) == "a ifyes{b}default{c} d"
    assert flow_faults(org) == []


def test_a_way_that_is_not_drawn_ends_the_run_so_nothing_comes_after_the_branch() -> None:
    org = workflow("a → if\nif.yes → b", BRANCH)

    assert drawn(flow_tree(org)) == "a ifyes{b}"
    assert flow_faults(org) == []


def test_a_way_that_ends_leaves_the_rest_to_the_other() -> None:
    org = workflow("a → if\nif.yes → b → End\nif.default → c → d", BRANCH, EndStep(name="End"))

    assert drawn(flow_tree(org)) == "a ifyes{b End}default{c d}"


def test_what_two_ways_share_without_meeting_stands_in_both() -> None:
    other = BRANCH.model_copy(update={"name": "or"})
    org = workflow("if.yes → x → last\nif.default → or\nor.yes → last\nor.default → y", BRANCH, other)

    assert drawn(flow_tree(org)) == "ifyes{x last}default{oryes{last}default{y}}"
    assert flow_faults(org) == []


def test_branches_meet_in_their_join() -> None:
    org = workflow("p.branch → a → j\np.branch → b → c → j\nj → z", ParallelStep(name="p"), JoinStep(name="j"))

    assert drawn(flow_tree(org)) == "p{a}{b c}>j j z"
    assert flow_faults(org) == []


def test_forks_stand_in_forks() -> None:
    org = workflow(
        "p.branch → a → j\np.branch → m\nm.each → b → k → j\nj → z",
        ParallelStep(name="p"),
        JoinStep(name="j"),
        MapStep(name="m"),
        JoinStep(name="k"),
    )

    assert drawn(flow_tree(org)) == "p{a}{meach{b}>k k}>j j z"
    assert flow_faults(org) == []


def test_a_loop_has_a_body_and_goes_on() -> None:
    org = workflow(
        "w → l\nl.body → check → if\nif.yes → l\nif.default → refine → l\nl.done → z",
        LoopStep(name="l", until=CelCondition(expression="true")),
        BRANCH,
    )

    assert drawn(flow_tree(org)) == "w lbody{check ifyes{}default{refine}} z"
    assert flow_faults(org) == []


def test_a_loop_may_end_the_run_from_its_body() -> None:
    org = workflow(
        "l.body → a → ask\nask.approved → l\nask.rejected → End\nl.done → z",
        LoopStep(name="l"),
        ApprovalStep(name="ask", question="?"),
        EndStep(name="End"),
    )

    assert drawn(flow_tree(org)) == "lbody{a askapproved{}rejected{End}} z"
    assert flow_faults(org) == []


def test_a_loop_may_be_the_last_step() -> None:
    org = workflow(
        "w → l\nl.body → p\np.branch → a → j\np.branch → b → j\nj → l",
        LoopStep(name="l"),
        ParallelStep(name="p"),
        JoinStep(name="j"),
    )

    assert drawn(flow_tree(org)) == "w lbody{p{a}{b}>j j}"
    assert flow_faults(org) == []


def test_an_error_edge_replaces_what_comes_after() -> None:
    org = workflow("a → b → c\na.error → sorry")

    assert drawn(flow_tree(org)) == "aerror{sorry} b c"


def test_a_circle_without_a_loop_step_is_a_fault() -> None:
    org = workflow("a → b → a")

    assert [fault.code for fault in flow_faults(org)] == ["flow_circle"]


def test_branches_that_never_meet_are_a_fault() -> None:
    org = workflow("p.branch → a → j\np.branch → b", ParallelStep(name="p"), JoinStep(name="j"))

    assert [(fault.code, fault.node) for fault in flow_faults(org)] == [("branches_never_meet", "p")]


def test_a_way_out_of_a_parallel_branch_is_a_fault() -> None:
    org = workflow(
        "p.branch → if\nif.yes → End\nif.default → j\np.branch → b → j",
        ParallelStep(name="p"),
        JoinStep(name="j"),
        BRANCH,
        EndStep(name="End"),
    )

    assert [(fault.code, fault.node) for fault in flow_faults(org)] == [("branches_never_meet", "p")]


def test_a_body_that_does_not_come_back_is_a_fault() -> None:
    org = workflow("l.body → a → b\nl.done → z", LoopStep(name="l"))

    assert [(fault.code, fault.node) for fault in flow_faults(org)] == [("way_ends_inside", "b")]


def test_a_join_of_nothing_is_a_fault() -> None:
    org = workflow("a → j → b", JoinStep(name="j"))

    assert [(fault.code, fault.node) for fault in flow_faults(org)] == [("join_without_branches", "j")]
