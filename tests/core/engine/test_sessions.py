"""Conversations over several runs: each turn knows the ones before, however those ended."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from agents.testing import ModelStep

from core.bootstrap import Core
from core.errors import ConflictError, NotFoundError
from core.organization.spec import (
    AgentSpec,
    AlwaysApprove,
    FunctionToolSpec,
    GuardsLink,
    HandoffLink,
    KeywordGuardrailSpec,
    Organization,
    UsesLink,
)
from core.records import RunRecord
from tests.support.stalling import endless, script
from tests.support.studio import (
    ScriptedModel,
    assistant_message,
    function_call,
    open_studio,
    story,
    until,
    wait_for_run,
)

REFUND = {"order_id": "A1001", "amount": 20, "reason": "damaged"}
SHOP = Organization(
    name="Shop",
    entry="clerk",
    agents=[
        AgentSpec(name="clerk", instructions="Help with refunds of orders."),
        AgentSpec(name="boss", handoff_description="Complaints"),
    ],
    tools=[
        FunctionToolSpec(
            name="refund",
            function="core.toolbox.billing:issue_refund",
            description="Refund an order.",
            approval=AlwaysApprove(),
        ),
        FunctionToolSpec(name="look", function="core.toolbox.billing:look_up_invoice", effect="reads"),
        FunctionToolSpec(name="wait", function="tests.support.stalling:wait_forever", effect="reads"),
    ],
    guardrails=[KeywordGuardrailSpec(name="secrets", stage="output", keywords=["password"])],
    links=[
        HandoffLink(source="clerk", target="boss"),
        *(UsesLink(source="clerk", target=name) for name in ("refund", "look", "wait")),
        GuardsLink(source="secrets", target="clerk"),
    ],
)
LOOK = function_call("look", {"order_id": "A1001"}, call_id="l1")
ASK = function_call("refund", REFUND, call_id="r1")
NEXT = assistant_message("And yet I answer.")


class Talk:
    """One conversation with the shop."""

    def __init__(self, core: Core, model: ScriptedModel | None = None) -> None:
        self.core = core
        self.model = model
        self.organization = core.organizations.create(SHOP)
        self.session = core.sessions.create(self.organization, "Talk")

    def start(self, text: str) -> str:
        return self.core.runs.start(self.organization, text, session_id=self.session)

    def say(self, text: str, *statuses: str) -> RunRecord:
        run = wait_for_run(self.core, self.start(text), *(statuses or ("completed",)))
        assert run.status in (statuses or ("completed",)), run.error_message
        return run

    def heard(self) -> list[str]:
        """What the model was given at its last call, an item a word or two."""
        assert self.model is not None
        call = self.model.last_call
        assert call is not None
        return [_short(item) for item in call.input]


def _short(item: dict[str, Any]) -> str:
    kind = item.get("type", "message")
    if kind in ("function_call", "function_call_output"):
        return f"{kind} {item['call_id']}"
    content = item["content"]
    return f"{item['role']}: {content if isinstance(content, str) else content[0]['text']}"


Open = Callable[..., Talk]


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Open]:
    """Opens a conversation with a model that follows a script; without a script with the rehearsal model."""
    with ExitStack() as stack:

        def open_with(*steps: Any) -> Talk:
            model = script(*steps) if steps else None
            return Talk(stack.enter_context(open_studio(tmp_path, model)), model)

        yield open_with


def test_the_second_turn_knows_the_first(talk: Open) -> None:
    with_shop = talk(LOOK, assistant_message("It cost 120."), NEXT)

    with_shop.say("How much was A1001?")
    with_shop.say("And now?")

    assert with_shop.heard() == [
        "user: How much was A1001?",
        "function_call l1",
        "function_call_output l1",
        "assistant: It cost 120.",
        "user: And now?",
    ]


def test_a_turn_after_a_handoff_begins_with_the_entry_agent(talk: Open) -> None:
    with_shop = talk(
        function_call("transfer_to_boss", {}, call_id="h1"), assistant_message("I am the boss."), NEXT
    )

    with_shop.say("I complain!")
    second = with_shop.say("And now?")

    assert second.last_agent == "clerk"
    assert with_shop.heard()[-2:] == ["assistant: I am the boss.", "user: And now?"]


def test_an_approved_turn_is_remembered_once(talk: Open) -> None:
    with_shop = talk(LOOK, ASK, assistant_message("Refunded."), NEXT)
    run = with_shop.say("Refund A1001", "waiting")

    with_shop.core.approvals.approve(with_shop.core.approvals.pending()[0].id)
    wait_for_run(with_shop.core, run.id, "completed")
    with_shop.say("And now?")

    assert with_shop.heard() == [
        "user: Refund A1001",
        "function_call l1",
        "function_call_output l1",
        "function_call r1",
        "function_call_output r1",
        "assistant: Refunded.",
        "user: And now?",
    ]


def test_a_rejected_turn_is_remembered(talk: Open) -> None:
    with_shop = talk(ASK, assistant_message("Then not."), NEXT)
    run = with_shop.say("Refund A1001", "waiting")

    with_shop.core.approvals.reject(with_shop.core.approvals.pending()[0].id, reason="Too much.")
    wait_for_run(with_shop.core, run.id, "completed")
    with_shop.say("And now?")

    assert with_shop.heard() == [
        "user: Refund A1001",
        "function_call r1",
        "function_call_output r1",
        "assistant: Then not.",
        "user: And now?",
    ]


def test_a_turn_follows_a_waiting_one_that_was_stopped(talk: Open) -> None:
    """The call that nobody decided is not given to the model: an endpoint refuses a call without a result."""
    with_shop = talk(ASK, NEXT, assistant_message("Still here."))
    run = with_shop.say("Refund A1001", "waiting")

    with_shop.core.runs.stop(run.id, by="ada")
    with_shop.say("Never mind")

    assert with_shop.core.runs.get(run.id).status == "cancelled"
    assert with_shop.core.approvals.pending() == []
    assert with_shop.core.approvals.of_run(run.id)[0].status == "expired"
    assert with_shop.heard() == ["user: Refund A1001", "user: Never mind"]

    with_shop.say("And now?")

    assert with_shop.heard()[-3:] == ["user: Never mind", "assistant: And yet I answer.", "user: And now?"]


def test_a_turn_follows_a_waiting_one_that_was_stopped_in_rehearsal(talk: Open) -> None:
    with_shop = talk()
    run = with_shop.say("Please refund 20.00 for order A1001; the lamp is damaged.", "waiting")

    with_shop.core.runs.stop(run.id)
    answer = with_shop.say("Thank you, good bye!", "completed", "waiting")

    assert answer.status == "completed"
    assert answer.output


def test_a_turn_follows_one_that_was_stopped_in_the_middle_of_a_call(talk: Open) -> None:
    with_shop = talk(LOOK, function_call("wait", {"thing": "Godot"}, call_id="w1"), NEXT)
    run_id = with_shop.start("Wait for Godot")
    until(lambda: story(with_shop.core, run_id).count("tool_called") == 2)

    with_shop.core.runs.stop(run_id, by="ada")
    wait_for_run(with_shop.core, run_id, "cancelled")
    with_shop.say("And now?")

    heard = with_shop.heard()
    assert heard[-1] == "user: And now?"
    assert "user: Wait for Godot" in heard
    assert _orphans(heard) == []


def test_a_turn_follows_one_that_was_stopped_while_it_spoke(talk: Open) -> None:
    with_shop = talk(endless("I am ", "just say"), NEXT)
    run_id = with_shop.start("Speak")
    until(lambda: "text_delta" in _kinds(with_shop.core, run_id))

    with_shop.core.runs.stop(run_id, by="ada")
    run = wait_for_run(with_shop.core, run_id, "cancelled")
    with_shop.say("And now?")

    assert run.output is None
    said = [event.data["text"] for event in with_shop.core.runs.events(run_id) if event.kind == "text_delta"]
    assert "".join(said) == "I am just say"
    assert _kinds(with_shop.core, run_id)[-1] == "run_cancelled"
    assert with_shop.heard() == ["user: Speak", "user: And now?"]


def test_a_turn_follows_one_that_failed_after_a_call(talk: Open) -> None:
    with_shop = talk(LOOK, ModelStep.raise_error(ZeroDivisionError("broken")), NEXT)

    with_shop.say("How much was A1001?", "failed")
    with_shop.say("And now?")

    heard = with_shop.heard()
    assert heard[0] == "user: How much was A1001?"
    assert heard[-1] == "user: And now?"
    assert _orphans(heard) == []


def test_a_turn_follows_an_answer_that_was_held_back(talk: Open) -> None:
    """What an output guardrail stopped does not come back by the history."""
    with_shop = talk(assistant_message("The password is swordfish."), NEXT)

    with_shop.say("Tell me", "failed")
    with_shop.say("And now?")

    assert "swordfish" not in str(with_shop.heard())


def test_a_busy_conversation_takes_no_second_message(talk: Open) -> None:
    with_shop = talk(ASK)
    run = with_shop.say("Refund A1001", "waiting")

    with pytest.raises(ConflictError, match="busy") as caught:
        with_shop.start("And now?")

    assert run.id in caught.value.hint
    assert len(with_shop.core.sessions.runs(with_shop.session)) == 1
    with pytest.raises(ConflictError):
        with_shop.core.sessions.delete(with_shop.session)


def test_a_conversation_of_another_organization_is_refused(talk: Open) -> None:
    with_shop = talk(NEXT)
    other = with_shop.core.organizations.create(SHOP.model_copy(update={"name": "Other"}))

    with pytest.raises(ConflictError, match="another organization"):
        with_shop.core.runs.start(other, "Hello", session_id=with_shop.session)
    with pytest.raises(NotFoundError):
        with_shop.core.runs.start(with_shop.organization, "Hello", session_id="ses_none")


def test_a_turn_that_was_cut_off_is_remembered_once(tmp_path: Path) -> None:
    """The studio stops within a run and starts again: the run goes on, and the next turn knows it once."""
    # This process lives on, so only the end of its lease tells that it has left the run.
    stalled = script(LOOK, endless("I was "))
    with open_studio(tmp_path, stalled, lease_seconds=0.2) as core:
        before = Talk(core, stalled)
        run_id = before.start("How much was A1001?")
        until(lambda: "text_delta" in _kinds(core, run_id))
    model = script(assistant_message("It cost 120."), NEXT)

    with open_studio(tmp_path, model) as core:
        core.engine.start(recover=True)
        run = wait_for_run(core, run_id)
        assert (run.status, run.output) == ("completed", "It cost 120."), run.error_message
        second = core.runs.start(before.organization, "And now?", session_id=before.session)
        wait_for_run(core, second, "completed")

        assert model.last_call is not None
        assert [_short(item) for item in model.last_call.input] == [
            "user: How much was A1001?",
            "function_call l1",
            "function_call_output l1",
            "assistant: It cost 120.",
            "user: And now?",
        ]


def _kinds(core: Core, run_id: str) -> list[str]:
    return [event.kind for event in core.runs.events(run_id)]


def _orphans(heard: list[str]) -> list[str]:
    """Calls without a result, and results without a call."""
    calls = {line.split()[1] for line in heard if line.startswith("function_call ")}
    results = {line.split()[1] for line in heard if line.startswith("function_call_output ")}
    return sorted(calls ^ results)
