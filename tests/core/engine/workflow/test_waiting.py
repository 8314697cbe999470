"""Steps that wait for a person: their siblings go on, and nothing that was done is done again."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agents.exceptions import ModelBehaviorError

from core.bootstrap import Core
from core.organization.spec import AlwaysApprove, AsToolLink, FunctionToolSpec, Organization, UsesLink
from core.organization.steps import (
    ApprovalStep,
    CelCondition,
    FirstGoodJoin,
    JoinStep,
    ListJoin,
    LoopStep,
    ParallelStep,
    Step,
)
from core.records import ApprovalRecord
from tests.support import slow_till
from tests.support.cast import Call, Cast, outline, play, steps_told
from tests.support.slow_till import call as pay
from tests.support.studio import open_studio, start, story, until, wait_for_run

pytestmark = pytest.mark.usefixtures("each_database")

PAY = FunctionToolSpec(name="pay", function="tests.support.slow_till:pay", approval=AlwaysApprove())
FAN = "fan.branch → a → meet\nfan.branch → b → meet"
ASK = "a → ask\nask.approved → yes\nask.rejected → no"


@pytest.fixture(autouse=True)
def empty_till() -> Iterator[None]:
    slow_till.paid.clear()
    slow_till.gate.clear()
    yield
    slow_till.gate.set()


def paying(text: str, *steps: Step, payers: str = "a", **more: Any) -> Organization:
    """A workflow in which the payers may pay when a person agrees."""
    links = [UsesLink(source=name, target="pay") for name in payers.split()]
    return play(text, *steps, tools=[PAY], links=[*more.pop("links", []), *links], **more)


def fork(**parallel: Any) -> list[Step]:
    return [ParallelStep(name="fan", **parallel), JoinStep(name="meet", by=ListJoin())]


def decide(core: Core, run_id: str, asker: str, *, approve: bool = True) -> None:
    """Decide what an agent (or a step) asks."""
    (asked,) = [each for each in waiting(core, run_id) if asker in (each.agent, each.tool)]
    if approve:
        core.approvals.approve(asked.id, by="ada")
    else:
        core.approvals.reject(asked.id, reason="Too much.", by="ada")


def waiting(core: Core, run_id: str) -> list[ApprovalRecord]:
    return [each for each in core.approvals.of_run(run_id) if each.status == "pending"]


# -- agents whose calls wait ----------------------------------------------------------------------


def test_a_call_waits_and_the_step_goes_on_where_it_was(tmp_path: Path) -> None:
    """After the approval the call runs once, the agent's first model call is not repeated, and the next step is
    told its answer."""
    model = Cast(a=[pay("ann"), "paid"], b=["end"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, paying("a → b"), "go"))
        assert (run.status, slow_till.paid) == ("waiting", [])
        assert steps_told(core, run.id) == ["+ a", "? a"]
        assert outline(core, run.id) == ["agent a (waiting)", "  agent a", "    approval pay (waiting)"]

        decide(core, run.id, "a")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert (run.status, run.output, slow_till.paid) == ("completed", "end", ["ann"]), run.error_message
        assert (len(model.told("a")), model.told("b"), run.requests) == (2, ["paid"], 3)
        assert steps_told(core, run.id) == ["+ a", "? a", "+ a", "- a", "+ b", "- b"]
        assert outline(core, run.id) == [
            "agent a",
            "  agent a",
            "    approval pay",
            "  agent a",
            "agent b",
            "  agent b",
        ]


def test_a_rejection_is_told_to_the_agent_of_the_step(tmp_path: Path) -> None:
    model = Cast(a=[pay("ann"), "not paid"], b=lambda call: call.told)
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, paying("a → b"), "go"))
        decide(core, run.id, "a", approve=False)
        run = wait_for_run(core, run.id, "completed", "failed")

        assert (run.status, run.output, slow_till.paid) == ("completed", "not paid", []), run.error_message
        assert "Too much." in str(model.calls[1].input)


def test_siblings_go_on_while_one_waits(tmp_path: Path) -> None:
    """The question can be seen and decided while the sibling is still at work; then both are done once."""
    seen_by_sibling: list[str] = []

    async def look(_call: Call) -> str:
        pending = await asyncio.to_thread(until, core.approvals.pending)
        seen_by_sibling.extend(each.tool for each in pending)
        return "B"

    model = Cast(a=[pay("ann"), "A"], b=[look])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, paying(FAN, *fork()), "go"))
        assert (run.status, seen_by_sibling) == ("waiting", ["pay"])
        assert [line for line in steps_told(core, run.id) if "b" in line] == ["+ fan/2/b", "- fan/2/b"]

        decide(core, run.id, "a")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert (run.status, run.output) == ("completed", '["A", "B"]'), run.error_message
        assert (slow_till.paid, len(model.told("b")), run.requests) == (["ann"], 1, 3)


def test_a_decision_is_carried_out_while_siblings_still_work(tmp_path: Path) -> None:
    """Nobody has to wait for the slower branch: the approved call runs before it is done."""

    async def slow(_call: Call) -> str:
        (asked,) = await asyncio.to_thread(until, core.approvals.pending)
        await asyncio.to_thread(core.approvals.approve, asked.id, by="ada")
        await asyncio.to_thread(until, lambda: slow_till.paid)
        return "B"

    model = Cast(a=[pay("ann"), "A"], b=[slow])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, paying(FAN, *fork()), "go"))

        assert (run.status, run.output) == ("completed", '["A", "B"]'), run.error_message
        assert slow_till.paid == ["ann"]
        assert "run_waiting" not in story(core, run.id)
        assert story(core, run.id).count("approval_decided") == 1


def test_several_steps_wait_at_once(tmp_path: Path) -> None:
    """They are decided one after the other, each goes on by itself, and a second call of one waits again."""
    model = Cast(a=[pay("ann"), pay("amy"), "A"], b=[pay("bob"), "B"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, paying(FAN, *fork(), payers="a b"), "go"))
        assert {each.agent for each in waiting(core, run.id)} == {"a", "b"}

        decide(core, run.id, "a")
        until(lambda: any(each.arguments["to"] == "amy" for each in waiting(core, run.id)))
        run = wait_for_run(core, run.id, "waiting")
        assert slow_till.paid == ["ann"]
        assert {each.arguments["to"] for each in waiting(core, run.id)} == {"amy", "bob"}

        decide(core, run.id, "b")
        until(lambda: len(waiting(core, run.id)) == 1 and slow_till.paid == ["ann", "bob"])
        wait_for_run(core, run.id, "waiting")
        decide(core, run.id, "a")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert (run.status, run.output) == ("completed", '["A", "B"]'), run.error_message
        assert slow_till.paid == ["ann", "bob", "amy"]
        assert (len(model.told("a")), len(model.told("b")), run.requests) == (3, 2, 5)


def test_a_branch_that_waits_leaves_its_place_to_others(tmp_path: Path) -> None:
    """With one branch at a time, the second begins while the first waits for a person."""
    model = Cast(a=[pay("ann"), "A"], b=["B"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, paying(FAN, *fork(limit=1)), "go"))

        assert (run.status, model.told("b")) == ("waiting", ["go"])


def test_a_restart_in_between_repeats_nothing(tmp_path: Path) -> None:
    """Two steps wait; each decision is made in a process of its own, which has seen nothing of what was before."""
    org = paying(f"{FAN}\nmeet → z", *fork(), payers="a b")
    with open_studio(tmp_path, Cast(a=[pay("ann")], b=[pay("bob")])) as core:
        run = wait_for_run(core, start(core, org, "go"))
    with open_studio(tmp_path, Cast(a=["A"])) as core:
        decide(core, run.id, "a")
        until(lambda: slow_till.paid == ["ann"])
        wait_for_run(core, run.id, "waiting")
    with open_studio(tmp_path, Cast(b=["B"], z=lambda call: call.told)) as core:
        decide(core, run.id, "b")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert (run.status, run.output) == ("completed", '["A", "B"]'), run.error_message
        assert (slow_till.paid, run.requests, run.input_tokens) == (["ann", "bob"], 5, 50)
        events = core.runs.events(run.id)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        lines = steps_told(core, run.id)
        assert [lines.count(line) for line in ("- fan/1/a", "- fan/2/b", "- fan", "- meet")] == [1, 1, 1, 1]
        assert outline(core, run.id).count("  agent b") == 1


def test_a_call_inside_an_agent_tool_waits(tmp_path: Path) -> None:
    """The call of an agent that is used like a tool, inside a step inside a loop."""
    org = paying(
        "again.body → boss → again",
        LoopStep(name="again", until=CelCondition(expression="count == 2")),
        agents="a",
        links=[AsToolLink(source="boss", target="a", tool_name="ask_a")],
    )
    asking = pay("ann").model_copy(update={"name": "ask_a", "arguments": '{"input": "pay"}', "call_id": "t1"})
    again = asking.model_copy(update={"call_id": "t2"})
    model = Cast(boss=[asking, "first", again, "second"], a=[pay("ann"), "done", "nothing to pay"])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))
        assert (run.status, waiting(core, run.id)[0].agent) == ("waiting", "a")

        decide(core, run.id, "a")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert (run.status, run.output, slow_till.paid) == ("completed", "second", ["ann"]), run.error_message
        assert run.requests == 7


# -- steps that ask -------------------------------------------------------------------------------


@pytest.mark.parametrize(("approve", "way", "reason"), [(True, "yes", ""), (False, "no", "Too much.")])
def test_a_step_asks_a_person(tmp_path: Path, approve: bool, way: str, reason: str) -> None:
    """The question is rendered; the decision leads to its way, and the reason can be read there."""
    task = "{{ output }}: {{ steps['ask'].approved }} {{ steps['ask'].reason }} by {{ steps['ask'].by }}"
    ask = ApprovalStep(name="ask", question="Send “{{ output }}”?")
    org = play(ASK, ask, yes={"task": task}, no={"task": task})
    model = Cast(a=["draft"], yes=lambda call: call.told, no=lambda call: call.told)
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "go"))
        (asked,) = waiting(core, run.id)
        assert (asked.kind, asked.tool, asked.arguments) == (
            "step",
            "ask",
            {"question": "Send “draft”?", "value": "draft"},
        )
        assert "  approval ask (waiting)" in outline(core, run.id)

        decide(core, run.id, "ask", approve=approve)
        run = wait_for_run(core, run.id, "completed", "failed")

        told = f"draft: {str(approve).lower()} {reason} by ada"
        assert (run.status, run.output) == ("completed", told), run.error_message
        assert steps_told(core, run.id)[2:] == [
            "+ ask",
            "? ask",
            "+ ask",
            f"- ask .{'approved' if approve else 'rejected'}",
            f"+ {way}",
            f"- {way}",
        ]


def test_a_step_asks_in_every_round(tmp_path: Path) -> None:
    """A person ends the loop; each question is one of its own, and a restart in between changes nothing."""
    org = play(
        "again.body → a → ask\nask.approved → again\nask.rejected → b → again",
        LoopStep(name="again", until=CelCondition(expression="steps['ask'].approved")),
        ApprovalStep(name="ask", question="Good? {{ output }}"),
    )
    with open_studio(tmp_path, Cast(a=["first", "second"], b=["mended"])) as core:
        run = wait_for_run(core, start(core, org, "go"))
        decide(core, run.id, "ask", approve=False)
        until(lambda: waiting(core, run.id))
        assert waiting(core, run.id)[0].arguments["question"] == "Good? second"
        wait_for_run(core, run.id, "waiting")
    with open_studio(tmp_path, Cast()) as core:
        decide(core, run.id, "ask")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert (run.status, run.output, run.requests) == ("completed", "second", 3), run.error_message


# -- questions that are not needed any more -------------------------------------------------------


def test_a_question_is_withdrawn_when_another_branch_is_first(tmp_path: Path) -> None:
    """Nobody can decide it any more, though the run goes on."""

    async def after_the_question(_call: Call) -> str:
        await asyncio.to_thread(until, core.approvals.pending)
        return "B"

    model = Cast(
        a=[pay("ann")], b=[after_the_question], z=[lambda _call: asyncio.to_thread(slow_till.gate.wait, 20)]
    )
    steps: list[Step] = [ParallelStep(name="fan"), JoinStep(name="meet", by=FirstGoodJoin())]
    with open_studio(tmp_path, model) as core:
        run_id = start(core, paying(f"{FAN}\nmeet → z", *steps), "go")
        until(lambda: model.told("z"))

        assert [each.status for each in core.approvals.of_run(run_id)] == ["expired"]
        assert core.approvals.pending() == []
        assert "approval_withdrawn" in story(core, run_id)
        core.runs.stop(run_id)
        wait_for_run(core, run_id, "cancelled")


def test_a_question_expires_when_the_run_fails(tmp_path: Path) -> None:
    async def after_the_question(_call: Call) -> Exception:
        await asyncio.to_thread(until, core.approvals.pending)
        return ModelBehaviorError("no")

    with open_studio(tmp_path, Cast(a=[pay("ann")], b=[after_the_question])) as core:
        run = wait_for_run(core, start(core, paying(FAN, *fork()), "go"))

        assert run.status == "failed"
        assert [each.status for each in core.approvals.of_run(run.id)] == ["expired"]
