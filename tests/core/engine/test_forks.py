"""Runs that leave another one before one of its model calls."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.bootstrap import Core
from core.errors import InvalidInputError, NotFoundError
from core.organization.spec import AgentSpec, AsToolLink, HandoffLink, NeverApprove
from core.organization.steps import JoinStep, ListJoin, ParallelStep
from core.records import ForkChanges, RunRecord
from tests.support import slow_till
from tests.support.cast import Cast, outline, play, steps_told
from tests.support.studio import (
    assistant_message,
    function_call,
    open_studio,
    scripted,
    start,
    story,
    wait_for_run,
)

pytestmark = pytest.mark.usefixtures("each_database")
TILL = slow_till.till(rule=NeverApprove())


@pytest.fixture(autouse=True)
def open_gate() -> Iterator[None]:
    slow_till.gate.set()
    slow_till.paid.clear()
    yield
    slow_till.gate.clear()


def heard(call: Any) -> list[Any]:
    """Who said what in the input of a model call."""
    return [item.get("content") or item.get("name") or item.get("output") for item in call.input]


def model_calls(core: Core, run_id: str) -> list[str]:
    """The journal keys of a run's model calls, as its trace has them."""
    return [str(span.call_id) for span in core.traces.spans(run_id)[0] if span.kind == "model"]


def fork(core: Core, run_id: str, number: int, **changes: Any) -> RunRecord:
    """The end of a fork that leaves the run before its model call of that number, from 0."""
    at = model_calls(core, run_id)[number]
    return wait_for_run(core, core.control.fork(run_id, at=at, changes=ForkChanges(**changes)))


def test_a_fork_repeats_nothing_and_goes_its_own_way(tmp_path: Path) -> None:
    model = scripted(slow_till.call("one"), slow_till.call("two"), assistant_message("Paid."))
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, TILL, "Pay both"))
    other = scripted(assistant_message("Enough."))
    with open_studio(tmp_path, other) as core:
        run = fork(core, first.id, 1, instructions={"cashier": "Stop after the first."})

        assert (run.status, run.output, run.parent_id) == ("completed", "Enough.", first.id), run.error_message
        assert slow_till.paid == ["one", "two"]
        assert other.calls[0].system_instructions == "Stop after the first."
        assert heard(other.calls[0]) == ["Pay both", "pay", "Paid one."]
        assert run.requests == 1
        assert core.runs.get(first.id) == first


def test_a_fork_tells_the_whole_story_in_one_trace(tmp_path: Path) -> None:
    model = scripted(slow_till.call("one"), assistant_message("Paid."), assistant_message("Done."))
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, TILL, "Pay"))
        run = fork(core, first.id, 1, message="Say done")

        assert story(core, run.id) == [
            "run_started",
            "agent_started",
            "model_call_started",
            "model_call_completed",
            "tool_called",
            "tool_completed",
            "run_forked",
            "run_steered",
            "model_call_started",
            "model_call_completed",
            "run_completed",
        ]
        assert heard(model.calls[2]) == ["Pay", "pay", "Paid one.", "Say done"]
        spans, _ = core.traces.spans(run.id)
        assert {span.status for span in spans} == {"ok"}
        before, _ = core.traces.spans(first.id)
        assert [(span.kind, span.name) for span in spans] == [(span.kind, span.name) for span in before]
        tool = next(span for span in spans if span.kind == "tool")
        assert core.traces.payload(tool.id)["output"] == "Paid one."
        assert not {span.id for span in spans} & {span.id for span in before}


def test_a_fork_can_be_given_another_output_of_a_tool(tmp_path: Path) -> None:
    model = scripted(slow_till.call("one"), assistant_message("Paid."), assistant_message("It failed."))
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, TILL, "Pay"))
        run = fork(core, first.id, 1, tool_outputs={"c_one": "The bank refuses."})

        assert run.output == "It failed.", run.error_message
        assert heard(model.calls[2]) == ["Pay", "pay", "The bank refuses."]
        assert slow_till.paid == ["one"]
        told = next(event.data for event in core.runs.events(run.id) if event.kind == "tool_completed")
        assert told["output"] == "The bank refuses."


def test_a_fork_can_be_given_another_input_and_model(tmp_path: Path) -> None:
    model = scripted(slow_till.call("one"), assistant_message("Paid."), assistant_message("Hello."))
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, TILL, "Pay"))
        run = fork(core, first.id, 1, input="Pay Ada", model="rehearsal")

        assert (run.input, run.model) == ("Pay Ada", "rehearsal")
        assert heard(model.calls[2]) == ["Pay Ada", "pay", "Paid one."]


def test_what_can_be_changed_at_a_point_is_told(tmp_path: Path) -> None:
    model = scripted(slow_till.call("one"), slow_till.call("two"), assistant_message("Paid."))
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, TILL, "Pay both"))

        point = core.control.fork_point(run.id, at=model_calls(core, run.id)[1])

        assert (point.number, point.agent, point.input) == (2, "cashier", "Pay both")
        assert [(each.call_id, each.tool, each.output) for each in point.outputs] == [
            ("c_one", "pay", "Paid one.")
        ]


def test_a_fork_after_an_approval_does_not_ask_again(tmp_path: Path) -> None:
    """It resumes the SDK's state of its parent, with the decision, and does not pay twice."""
    model = scripted(slow_till.call("one"), assistant_message("Paid."), assistant_message("Done."))
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, slow_till.till(), "Pay"))
        core.approvals.approve(core.approvals.pending()[0].id, by="ada")
        wait_for_run(core, first.id, "completed", "failed")

        run = fork(core, first.id, 1, instructions={"cashier": "Say done."})

        assert (run.status, run.output) == ("completed", "Done."), run.error_message
        assert slow_till.paid == ["one"]
        assert [(each.status, each.decided_by) for each in core.approvals.of_run(run.id)] == [("approved", "ada")]
        assert heard(model.calls[2]) == ["Pay", "pay", "Paid one."]


def test_a_fork_before_an_approval_asks_for_its_own(tmp_path: Path) -> None:
    model = scripted(slow_till.call("one"), slow_till.call("two"), assistant_message("Paid two."))
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, slow_till.till(), "Pay"))
        run = fork(core, first.id, 0, message="Pay two instead")

        assert run.status == "waiting", run.error_message
        assert {(each.run_id, each.arguments["to"]) for each in core.approvals.pending()} == {
            (first.id, "one"),
            (run.id, "two"),
        }
        mine = next(each for each in core.approvals.pending() if each.run_id == run.id)
        core.approvals.approve(mine.id)
        assert wait_for_run(core, run.id, "completed", "failed").output == "Paid two."
        assert slow_till.paid == ["two"]


def test_a_fork_inside_an_agent_that_is_called_as_a_tool(tmp_path: Path) -> None:
    helper = AgentSpec(name="helper", instructions="Help.")
    link = AsToolLink(source="cashier", target="helper", tool_name="ask_helper")
    org = TILL.model_copy(update={"agents": [*TILL.agents, helper], "links": [*TILL.links, link]})
    model = scripted(
        slow_till.call("one"),
        function_call("ask_helper", {"input": "Enough?"}, call_id="h1"),
        assistant_message("No."),
        assistant_message("Go on."),
        assistant_message("Yes."),
        assistant_message("Fine."),
    )
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, org, "Pay"))
        assert first.output == "Go on."

        run = fork(core, first.id, 2, instructions={"helper": "Agree."})

        assert run.output == "Fine.", run.error_message
        assert model.calls[4].system_instructions == "Agree."
        assert heard(model.calls[5])[-1] == "Yes."
        assert slow_till.paid == ["one"]
        edited = fork(core, first.id, 3, tool_outputs={"h1": "Perhaps."})
        assert edited.status == "failed"
        assert heard(model.calls[6])[-1] == "Perhaps."


def test_a_fork_after_a_handoff_stays_with_the_agent(tmp_path: Path) -> None:
    other = AgentSpec(name="bank", instructions="Bank.")
    link = HandoffLink(source="cashier", target="bank")
    org = TILL.model_copy(update={"agents": [*TILL.agents, other], "links": [*TILL.links, link]})
    model = scripted(
        function_call("transfer_to_bank", {}, call_id="t1"), assistant_message("No."), assistant_message("Yes.")
    )
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, org, "Pay"))
        assert first.last_agent == "bank", first.error_message

        run = fork(core, first.id, 1, instructions={"cashier": "Never hand off.", "bank": "Agree."})

        assert (run.output, run.last_agent) == ("Yes.", "bank")
        assert model.calls[2].system_instructions == "Agree."
        assert story(core, run.id).count("handoff_occurred") == 1


def test_a_fork_of_a_conversation_goes_on_in_a_copy_of_it(tmp_path: Path) -> None:
    model = scripted(*(assistant_message(text) for text in ("Hello.", "Fine.", "Bad.", "Bye.")))
    with open_studio(tmp_path, model) as core:
        organization = core.organizations.create(TILL)
        session = core.sessions.create(organization, "Chat")
        wait_for_run(core, core.runs.start(organization, "Hi", session_id=session))
        second = wait_for_run(core, core.runs.start(organization, "How are you?", session_id=session))

        run = fork(core, second.id, 0, input="And you?")

        assert heard(model.calls[2])[0] == "Hi"
        assert heard(model.calls[2])[-1] == "And you?"
        assert run.session_id not in (None, session)
        wait_for_run(core, core.runs.start(organization, "Bye", session_id=run.session_id))
        assert [text for text in heard(model.calls[3]) if isinstance(text, str)] == ["Hi", "And you?", "Bye"]


def test_a_fork_in_a_workflow_walks_only_what_comes_then(tmp_path: Path) -> None:
    org = play(
        "fan.branch → a → meet\nfan.branch → b → meet\nmeet → z",
        ParallelStep(name="fan"),
        JoinStep(name="meet", by=ListJoin()),
    )
    with open_studio(tmp_path, Cast(a=["A"], b=["B"], z=["Z"])) as core:
        first = wait_for_run(core, start(core, org, "go"))
        assert first.output == "Z", first.error_message
    with open_studio(tmp_path, Cast(z=lambda call: call.told)) as core:
        run = fork(core, first.id, 2, input="stop")

        assert (run.output, run.requests) == ('["A", "B"]', 1), run.error_message
        lines = steps_told(core, run.id)
        assert [lines.count(line) for line in ("+ fan", "- fan/1/a", "- fan/2/b", "- fan", "+ z")] == [1] * 5
        assert outline(core, run.id) == outline(core, first.id)


def test_a_fork_of_a_fork_keeps_what_was_changed(tmp_path: Path) -> None:
    model = scripted(slow_till.call("one"), *(assistant_message(text) for text in "ABC"))
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, TILL, "Pay"))
        second = fork(core, first.id, 1, instructions={"cashier": "Be kind."})
        third = fork(core, second.id, 1, message="Now")

        assert model.calls[3].system_instructions == "Be kind."
        assert [run.id for run in core.control.came_from(first.id)] == [second.id]
        assert third.parent_id == second.id


def test_a_fork_wants_what_is_there(tmp_path: Path) -> None:
    with open_studio(tmp_path, scripted(assistant_message("Hello."))) as core:
        run = wait_for_run(core, start(core, TILL, "Hi"))
        at = model_calls(core, run.id)[0]

        with pytest.raises(NotFoundError):
            core.control.fork(run.id, at="0:/model:7", changes=ForkChanges())
        with pytest.raises(NotFoundError):
            core.control.fork(run.id, at=at, changes=ForkChanges(instructions={"nobody": "Hi"}))
        with pytest.raises(InvalidInputError):
            core.control.fork(run.id, at=at, changes=ForkChanges(tool_outputs={"c9": "Hi"}))
        assert core.runs.page().total == 1


def test_a_fork_knows_where_it_comes_from(tmp_path: Path) -> None:
    model = scripted(slow_till.call("one"), *(assistant_message(text) for text in "ABC"))
    with open_studio(tmp_path, model) as core:
        first = wait_for_run(core, start(core, TILL, "Pay"))
        second = fork(core, first.id, 1, tool_outputs={"c_one": "No."}, message="Now")
        third = fork(core, second.id, 0)
        again = core.control.again(second.id)

        origins = core.control.origins([first.id, second.id, third.id, again])

        assert set(origins) == {second.id, third.id}
        origin = origins[second.id]
        assert (origin.parent_id, origin.agent, origin.number) == (first.id, "cashier", 2)
        assert origin.changed == ["output of 1 tool call", "message"]
        left = next(span for span in core.traces.spans(first.id)[0] if span.id == origin.span_id)
        assert left.call_id == model_calls(core, first.id)[1]
        assert (origins[third.id].parent_id, origins[third.id].number) == (second.id, 1)


def test_a_model_of_one_agent_is_refused_where_all_have_the_same(tmp_path: Path) -> None:
    """It would have no effect."""
    with open_studio(tmp_path, scripted(assistant_message("Hello."))) as core:
        run = wait_for_run(core, start(core, TILL, "Hi", model="rehearsal"))
        at = model_calls(core, run.id)[0]

        with pytest.raises(InvalidInputError, match="All agents of this run use 'rehearsal'"):
            core.control.fork(run.id, at=at, changes=ForkChanges(models={"cashier": "rehearsal"}))
        assert core.runs.page().total == 1
