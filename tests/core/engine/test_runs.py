"""Runs of organizations without a workflow, on the in-process executor."""

from pathlib import Path

import pytest

from core.bootstrap import Core
from core.organization.spec import (
    AgentSpec,
    AlwaysApprove,
    AsToolLink,
    FunctionToolSpec,
    HandoffLink,
    Organization,
    UsesLink,
)
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

SHOP = Organization(
    name="Shop",
    entry="triage",
    agents=[
        AgentSpec(name="triage", instructions="Route."),
        AgentSpec(name="billing", instructions="Bill.", handoff_description="Money questions"),
    ],
    tools=[
        FunctionToolSpec(name="look_up_invoice", function="core.toolbox.billing:look_up_invoice", effect="reads"),
        FunctionToolSpec(name="refund", function="core.toolbox.billing:issue_refund", approval=AlwaysApprove()),
    ],
    links=[
        HandoffLink(source="triage", target="billing"),
        UsesLink(source="billing", target="look_up_invoice"),
        UsesLink(source="billing", target="refund"),
    ],
)
REFUND = {"order_id": "A1001", "amount": 20, "reason": "damaged"}


def test_handoff_tool_and_answer(tmp_path: Path) -> None:
    """Triage hands over, billing looks an invoice up and answers."""
    model = scripted(
        function_call("transfer_to_billing", {}, call_id="h1"),
        function_call("look_up_invoice", {"order_id": "A1001"}, call_id="c1"),
        assistant_message("It was 120.00."),
    )
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, SHOP, "How much was A1001?"))

        assert run.status == "completed", run.error_message
        assert (run.output, run.last_agent, run.requests) == ("It was 120.00.", "billing", 3)
        assert story(core, run.id) == [
            "run_started",
            "agent_started",
            "model_call_started",
            "model_call_completed",
            "handoff_occurred",
            "agent_started",
            "model_call_started",
            "model_call_completed",
            "tool_called",
            "tool_completed",
            "model_call_started",
            "model_call_completed",
            "run_completed",
        ]
        assert [event.seq for event in core.runs.events(run.id)] == list(
            range(1, len(core.runs.events(run.id)) + 1)
        )
        assert _outline(core, run.id) == [
            "task Shop",
            "  agent triage",
            "    turn Turn 1",
            "      model rehearsal",
            "      handoff triage → billing",
            "  agent billing",
            "    turn Turn 2",
            "      model rehearsal",
            "      tool look_up_invoice",
            "    turn Turn 3",
            "      model rehearsal",
        ]


def test_refund_waits_for_a_person_and_runs_once(tmp_path: Path) -> None:
    """Billing asks to refund; the run stops until someone decides, and the refund is written once."""
    model = scripted(
        function_call("transfer_to_billing", {}, call_id="h1"),
        function_call("refund", REFUND, call_id="c1"),
        assistant_message("Done."),
    )
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, SHOP, "Refund A1001"))
        assert run.status == "waiting"
        approval = core.approvals.pending()[0]
        assert (approval.agent, approval.tool, approval.arguments) == ("billing", "refund", REFUND)
        before = len(core.samples.refunds())

        core.approvals.approve(approval.id, by="ada")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert len(core.samples.refunds()) == before + 1
        assert story(core, run.id)[-9:] == [
            "run_waiting",
            "approval_decided",
            "run_resumed",
            "tool_called",
            "tool_completed",
            "agent_started",
            "model_call_started",
            "model_call_completed",
            "run_completed",
        ]
        assert str(_outline(core, run.id)).count("tool refund") == 1
        assert "approval refund" in str(_outline(core, run.id))


def test_rejection_reaches_the_model(tmp_path: Path) -> None:
    """The reason of a rejection is what the model is told."""
    model = scripted(
        function_call("transfer_to_billing", {}, call_id="h1"),
        function_call("refund", REFUND, call_id="c1"),
        assistant_message("Sorry."),
    )
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, SHOP, "Refund A1001"))
        before = len(core.samples.refunds())

        core.approvals.reject(core.approvals.pending()[0].id, reason="Too much.", by="ada")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert len(core.samples.refunds()) == before
        assert "Too much." in str(model.calls[-1].input)


def test_agents_as_tools_run_nested(tmp_path: Path) -> None:
    """An agent called like a tool has its own path in events and its own spans below the call."""
    spec = Organization(
        name="Panel",
        entry="chair",
        agents=[AgentSpec(name="chair"), AgentSpec(name="expert", handoff_description="Knows")],
        links=[AsToolLink(source="chair", target="expert")],
    )
    model = scripted(
        function_call("expert", {"input": "What?"}, call_id="e1"),
        assistant_message("That."),
        assistant_message("The expert says: that."),
    )
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, spec, "Ask"))

        assert run.status == "completed", run.error_message
        nested = [e for e in core.runs.events(run.id) if e.data.get("path") == "e1"]
        assert [event.kind for event in nested] == [
            "agent_started",
            "model_call_started",
            "text_delta",
            "model_call_completed",
        ]
        assert "          agent expert" in _outline(core, run.id)


def _outline(core: Core, run_id: str) -> list[str]:
    spans, _ = core.traces.spans(run_id)
    depth: dict[str | None, int] = {None: -1}
    lines = []
    for span in spans:
        depth[span.id] = depth[span.parent_id] + 1
        lines.append(f"{'  ' * depth[span.id]}{span.kind} {span.name}")
    return lines
