"""Runs that a person pauses, tells something, resumes, and tries again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agents import Usage
from agents.testing import ModelStep

from core.bootstrap import Core
from core.errors import ConflictError, InvalidInputError
from core.organization.spec import AgentSpec, AsToolLink, NeverApprove, Organization, RunSettings
from core.records import Price, ProviderRecord
from tests.support import slow_till
from tests.support.studio import (
    ScriptedModel,
    assistant_message,
    function_call,
    open_studio,
    scripted,
    start,
    story,
    until,
    wait_for_run,
)

pytestmark = pytest.mark.usefixtures("each_database")
TILL = slow_till.till(rule=NeverApprove())


@pytest.fixture(autouse=True)
def closed_gate() -> Iterator[None]:
    slow_till.gate.clear()
    slow_till.paid.clear()
    yield
    slow_till.gate.set()


def heard(call: Any) -> list[Any]:
    """Who said what in the input of a model call."""
    return [item.get("content") or item.get("name") or item.get("output") for item in call.input]


def pause_while_paying(core: Core, org: Organization = TILL) -> str:
    """A run that was paused while its tool was at work, and has come to rest."""
    run_id = start(core, org, "Pay slow")
    until(lambda: "tool_called" in story(core, run_id))
    core.control.pause(run_id, by="ada")
    slow_till.gate.set()
    assert wait_for_run(core, run_id, "paused", "completed", "failed").status == "paused"
    return run_id


def test_a_pause_lets_the_turn_end_and_asks_no_model(tmp_path: Path) -> None:
    model = scripted(slow_till.call("slow"), assistant_message("Paid."))
    with open_studio(tmp_path, model) as core:
        run_id = pause_while_paying(core)

        assert slow_till.paid == ["slow"]
        assert len(model.calls) == 1
        assert story(core, run_id)[-2:] == ["tool_completed", "run_paused"]
        assert core.runs.get(run_id).ended_at is None


def test_a_resumed_run_goes_on_where_it_stood(tmp_path: Path) -> None:
    model = scripted(slow_till.call("slow"), assistant_message("Paid."))
    with open_studio(tmp_path, model) as core:
        run_id = pause_while_paying(core)

        core.control.resume(run_id)
        run = wait_for_run(core, run_id)

        assert (run.status, run.output, run.requests) == ("completed", "Paid.", 2)
        assert slow_till.paid == ["slow"]
        kinds = story(core, run_id)
        assert kinds[-4:] == ["run_resumed", "model_call_started", "model_call_completed", "run_completed"]
        assert kinds.count("tool_called") == kinds.count("agent_started") == 1
        spans, _ = core.traces.spans(run_id)
        assert {span.status for span in spans} == {"ok"}
        assert [span.kind for span in spans].count("agent") == 1


def test_a_paused_run_goes_on_in_another_process(tmp_path: Path) -> None:
    with open_studio(tmp_path, scripted(slow_till.call("slow"))) as core:
        run_id = pause_while_paying(core)
    with open_studio(tmp_path, scripted(assistant_message("Paid."))) as core:
        core.control.resume(run_id)

        assert wait_for_run(core, run_id).output == "Paid."


def test_agents_hear_what_a_person_adds(tmp_path: Path) -> None:
    """The message stands where it was said, in this call and in those after it."""
    model = scripted(
        slow_till.call("slow"), slow_till.call("fast"), assistant_message("Paid."), assistant_message("Thanks.")
    )
    with open_studio(tmp_path, model) as core:
        session = core.sessions.create(core.organizations.create(TILL), "Bills")
        organization = core.sessions.get(session).organization_id
        run_id = core.runs.start(organization, "Pay slow", session_id=session)
        until(lambda: "tool_called" in story(core, run_id))
        core.control.pause(run_id)
        slow_till.gate.set()
        wait_for_run(core, run_id, "paused")

        core.control.resume(run_id, said="Pay fast too", by="ada")
        wait_for_run(core, run_id)
        core.runs.start(organization, "Thank you", session_id=session)
        until(lambda: len(model.calls) == 4)

        assert heard(model.calls[1]) == ["Pay slow", "pay", "Paid slow.", "Pay fast too"]
        assert heard(model.calls[2])[:5] == ["Pay slow", "pay", "Paid slow.", "Pay fast too", "pay"]
        assert "Pay fast too" in heard(model.calls[3])
        assert heard(model.calls[3]).index("Pay fast too") == 3
        assert "run_steered" in story(core, run_id)


def test_a_message_is_still_heard_after_an_approval(tmp_path: Path) -> None:
    """The next segment resumes the SDK's state, which knows nothing of the message."""
    model = scripted(
        function_call("ask_helper", {"input": "Help"}, call_id="h1"),
        assistant_message("Done."),
        slow_till.call("slow"),
        assistant_message("Paid."),
    )
    org = slow_till.till()
    helper = AgentSpec(name="helper")
    link = AsToolLink(source="cashier", target="helper", tool_name="ask_helper")
    org = org.model_copy(update={"agents": [*org.agents, helper], "links": [*org.links, link]})
    with open_studio(tmp_path, model) as core:
        run_id = start(core, org, "Pay")
        core.control.pause(run_id)
        until(lambda: core.runs.get(run_id).status in ("paused", "waiting"))
        if core.runs.get(run_id).status == "paused":
            core.control.resume(run_id, said="Be quick")
        slow_till.gate.set()
        until(lambda: core.runs.get(run_id).status == "waiting")
        core.approvals.approve(core.approvals.pending()[0].id)
        run = wait_for_run(core, run_id, "completed", "failed")

        assert run.output == "Paid.", run.error_message
        assert heard(model.calls[0]) == ["Pay", "Be quick"]
        assert heard(model.calls[1]) == ["Help"]
        assert heard(model.calls[3])[:2] == ["Pay", "Be quick"]


def test_only_what_stands_still_is_resumed_or_retried(tmp_path: Path) -> None:
    with open_studio(tmp_path, scripted(assistant_message("Hello."))) as core:
        run_id = start(core, TILL, "Hi")
        wait_for_run(core, run_id)

        for command in (core.control.pause, core.control.resume, core.control.retry):
            with pytest.raises(ConflictError):
                command(run_id)
        assert core.runs.get(run_id).status == "completed"


def test_a_paused_run_can_be_stopped(tmp_path: Path) -> None:
    with open_studio(tmp_path, scripted(slow_till.call("slow"))) as core:
        run_id = pause_while_paying(core)

        core.runs.stop(run_id, by="ada")

        assert core.runs.get(run_id).status == "cancelled"


def test_a_failed_run_is_tried_again_from_where_it_failed(tmp_path: Path) -> None:
    """The tool has had its effect; only the model call that failed is made again."""
    slow_till.gate.set()
    with open_studio(tmp_path, scripted(slow_till.call("slow"))) as core:
        run = wait_for_run(core, start(core, TILL, "Pay slow"))
        assert run.status == "failed"
    with open_studio(tmp_path, scripted(assistant_message("Paid."))) as core:
        core.control.retry(run.id)
        run = wait_for_run(core, run.id)

        assert (run.status, run.output, run.error_code) == ("completed", "Paid.", None)
        assert slow_till.paid == ["slow"]
        kinds = story(core, run.id)
        assert kinds.count("tool_called") == 1
        assert kinds[-1] == "run_completed"
        spans, _ = core.traces.spans(run.id)
        assert [(span.kind, span.status) for span in spans if span.status != "ok"] == [("model", "error")]


def test_an_answer_that_ended_the_run_is_asked_for_again(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"sum": {"type": "integer"}}, "required": ["sum"]}
    org = Organization(name="Sums", entry="adder", agents=[AgentSpec(name="adder", output_schema=schema)])
    model = scripted(assistant_message("no JSON"), assistant_message('{"sum": 3}'))
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "1 + 2"))
        assert (run.status, run.error_code) == ("failed", "invalid_output")

        core.control.retry(run.id)
        run = wait_for_run(core, run.id)

        assert (run.status, run.output) == ("completed", '{"sum":3}')
        assert run.requests == 2


def test_a_stopped_run_is_taken_up_again(tmp_path: Path) -> None:
    model = scripted(slow_till.call("fast"), slow_till.call("slow"), assistant_message("Paid."))
    with open_studio(tmp_path, model) as core:
        run_id = start(core, TILL, "Pay both")
        until(lambda: story(core, run_id).count("tool_called") == 2)
        core.runs.stop(run_id)
        wait_for_run(core, run_id)

        core.control.retry(run_id)
        run = wait_for_run(core, run_id)

        # Nobody knows whether the payment that was cut off has happened.
        assert run.status == "waiting"
        approval = core.approvals.pending()[0]
        assert (approval.kind, approval.arguments) == ("in_doubt", {"to": "slow"})
        slow_till.gate.set()
        core.approvals.approve(approval.id)
        assert wait_for_run(core, run_id, "completed", "failed").output == "Paid."


def test_a_run_that_was_stopped_while_it_waited_asks_again(tmp_path: Path) -> None:
    slow_till.gate.set()
    model = scripted(slow_till.call("slow"), assistant_message("Paid."))
    with open_studio(tmp_path, model) as core:
        run_id = start(core, slow_till.till(), "Pay slow")
        wait_for_run(core, run_id)
        core.runs.stop(run_id)

        core.control.retry(run_id)
        until(core.approvals.pending)
        core.approvals.approve(core.approvals.pending()[0].id)

        assert wait_for_run(core, run_id, "completed", "failed").output == "Paid."
        assert slow_till.paid == ["slow"]


def test_a_retry_adds_to_the_conversation_once(tmp_path: Path) -> None:
    with open_studio(tmp_path, scripted()) as core:
        organization = core.organizations.create(TILL)
        session = core.sessions.create(organization, "Bills")
        run = wait_for_run(core, core.runs.start(organization, "Hi", session_id=session))
        assert run.status == "failed"
    model = scripted(assistant_message("Hello."), assistant_message("Fine."))
    with open_studio(tmp_path, model) as core:
        core.control.retry(run.id)
        wait_for_run(core, run.id)
        wait_for_run(core, core.runs.start(organization, "How are you?", session_id=session))

        assert [str(item.get("role")) for item in model.calls[1].input] == ["user", "assistant", "user"]


def test_a_run_of_a_conversation_that_went_on_is_not_retried(tmp_path: Path) -> None:
    with open_studio(tmp_path, scripted()) as core:
        organization = core.organizations.create(TILL)
        session = core.sessions.create(organization, "Bills")
        first = core.runs.start(organization, "Hi", session_id=session)
        wait_for_run(core, first)
        wait_for_run(core, core.runs.start(organization, "Again", session_id=session))

        with pytest.raises(ConflictError, match="gone on"):
            core.control.retry(first)


def test_a_run_is_repeated_with_another_input(tmp_path: Path) -> None:
    model = scripted(assistant_message("Hello."), assistant_message("Bye."))
    with open_studio(tmp_path, model) as core:
        first = start(core, TILL, "Hi")
        wait_for_run(core, first)

        second = wait_for_run(core, core.control.again(first, input="Bye"))

        assert (second.input, second.output, second.parent_id) == ("Bye", "Bye.", first)


def test_a_budget_of_tokens_ends_the_run(tmp_path: Path) -> None:
    slow_till.gate.set()
    org = TILL.model_copy(update={"run": RunSettings(budget_tokens=50)})
    used = Usage(requests=1, input_tokens=40, output_tokens=20, total_tokens=60)
    model = ScriptedModel([ModelStep([slow_till.call("slow")], usage=used)])
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, org, "Pay slow"))

        assert (run.status, run.error_code) == ("failed", "budget")
        assert "50 tokens" in str(run.error_message)
        assert slow_till.paid == ["slow"]


def priced(core: Core, *, input: float, output: float) -> None:
    """Prices for the model that all agents of these tests stand for."""
    provider = ProviderRecord("shop", "compatible", "Shop", "http://localhost:1/v1", "chat", None, False, ["till"])
    core.providers.save(provider, key=None)
    core.providers.set_prices({"shop/*": Price(input, output)})


def test_a_run_knows_what_it_costs(tmp_path: Path) -> None:
    used = Usage(requests=1, input_tokens=2000, output_tokens=500, total_tokens=2500)
    model = ScriptedModel(
        [ModelStep([slow_till.call("slow")], usage=used), ModelStep([assistant_message("Paid.")], usage=used)]
    )
    with open_studio(tmp_path, model) as core:
        priced(core, input=3, output=8)
        run_id = core.runs.start(core.organizations.create(TILL), "Pay slow", model="shop/till")
        until(lambda: "tool_called" in story(core, run_id))
        core.control.pause(run_id)
        slow_till.gate.set()
        assert wait_for_run(core, run_id, "paused").cost == pytest.approx(0.01)

        core.control.resume(run_id)

        assert wait_for_run(core, run_id).cost == pytest.approx(0.02)


def test_a_budget_of_money_ends_the_run(tmp_path: Path) -> None:
    slow_till.gate.set()
    org = TILL.model_copy(update={"run": RunSettings(budget_usd=0.01)})
    used = Usage(requests=1, input_tokens=1000, output_tokens=1000, total_tokens=2000)
    with open_studio(tmp_path, ScriptedModel([ModelStep([slow_till.call("slow")], usage=used)])) as core:
        priced(core, input=5, output=5)
        run = wait_for_run(core, core.runs.start(core.organizations.create(org), "Pay", model="shop/till"))

        assert (run.status, run.error_code) == ("failed", "budget")
        assert "$0.01" in str(run.error_message)


def test_a_budget_of_money_needs_prices(tmp_path: Path) -> None:
    org = TILL.model_copy(update={"run": RunSettings(budget_usd=0.01)})
    with open_studio(tmp_path) as core:
        organization = core.organizations.create(org)
        priced(core, input=1, output=1)
        core.providers.set_prices({})

        with pytest.raises(InvalidInputError, match="shop/till"):
            core.runs.start(organization, "Pay", model="shop/till")
        assert wait_for_run(core, core.runs.start(organization, "Hello")).cost == 0
