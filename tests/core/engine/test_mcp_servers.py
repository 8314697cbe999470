"""Runs with MCP servers that know nothing of each other."""

import sys
from pathlib import Path
from typing import Any

from core.bootstrap import Core
from core.organization.spec import (
    AgentSpec,
    AlwaysApprove,
    FunctionToolSpec,
    HandoffLink,
    McpStdioToolSpec,
    Organization,
    UsesLink,
)
from tests.support.studio import (
    ScriptedModel,
    assistant_message,
    function_call,
    open_studio,
    scripted,
    start,
    wait_for_run,
)

ROOT = Path(__file__).parents[3]


def shop(name: str, **fields: Any) -> McpStdioToolSpec:
    """A server that is told where it stands."""
    environment = {"PYTHONPATH": str(ROOT), "PLACE": name}
    module = ["-m", "tests.support.tool_mcp_server"]
    return McpStdioToolSpec(name=name, command=sys.executable, arguments=module, environment=environment, **fields)


def two_shops() -> Organization:
    """Two agents: one uses two shops and a function, the other only one of the shops."""
    return Organization(
        name="Shops",
        entry="buyer",
        agents=[
            AgentSpec(name="buyer", instructions="Buy."),
            AgentSpec(name="porter", instructions="Carry.", handoff_description="Carries."),
        ],
        tools=[
            shop("north", effect="reads", blocked_tools=["stop", "wait"]),
            shop(
                "south",
                approval=AlwaysApprove(),
                approval_tools=["refund"],
                allowed_tools=["environment", "refund", "shop.label"],
                failure_message="South says no:",
            ),
            FunctionToolSpec(name="look_up", function="core.toolbox.billing:look_up_invoice", effect="reads"),
        ],
        links=[
            *(UsesLink(source="buyer", target=name) for name in ("north", "south", "look_up")),
            UsesLink(source="porter", target="north"),
            HandoffLink(source="buyer", target="porter"),
        ],
    )


def test_tools_that_servers_call_alike_are_told_apart_by_their_servers(tmp_path: Path) -> None:
    """Each call reaches its server with that server's rules, also after a person has decided."""
    model = scripted(
        [
            function_call("north_environment", {"name": "PLACE"}, call_id="c1"),
            function_call("south_environment", {"name": "PLACE"}, call_id="c2"),
            function_call("north_refund", {"order": "A1", "amount": 1}, call_id="c3"),
            function_call("south_refund", {"order": "A2", "amount": 2}, call_id="c4"),
            function_call("south_refund", {"order": "A3"}, call_id="c5"),
        ],
        function_call("transfer_to_porter", {}, call_id="h1"),
        function_call("environment", {"name": "PLACE"}, call_id="c6"),
        assistant_message("Carried."),
    )
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, two_shops(), "Buy"))
        assert run.status == "waiting", run.error_message
        waiting = core.approvals.pending()
        for approval in waiting:
            core.approvals.approve(approval.id, by="ada")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert {each.call_id: each.tool for each in waiting} == {"c4": "south_refund", "c5": "south_refund"}
        asked = [event.data for event in core.runs.events(run.id) if event.kind == "approval_requested"]
        assert [data["node"] for data in asked] == ["south", "south"]
        assert _ended(core, run.id) == {
            "c1": "north: north",
            "c2": "south: south",
            "c3": "north: refunded 1 for A1",
            "c4": "south: refunded 2 for A2",
            "c5": "south: South says no: The arguments of 'south_refund' do not fit: 'amount' is missing.",
            "c6": "north: north",
        }
        spans = [span for span in core.traces.spans(run.id)[0] if span.kind == "tool"]
        assert {span.name: core.traces.payload(span.id)["mcp"] for span in spans} == {
            "north_environment": {"server": "north", "tool": "environment"},
            "south_environment": {"server": "south", "tool": "environment"},
            "north_refund": {"server": "north", "tool": "refund"},
            "south_refund": {"server": "south", "tool": "refund"},
            "environment": {"server": "north", "tool": "environment"},
        }
    assert _offered(model, 0) == [
        "look_up",
        *("north_environment", "north_look_up", "north_refund", "north_shop_label"),
        *("south_environment", "south_refund", "south_shop_label"),
    ]
    assert _offered(model, -1) == ["environment", "look_up", "refund", "shop_label"]
    assert model.remaining_steps == 0


def _ended(core: Core, run_id: str) -> dict[str, str]:
    """The node behind each call, and what it answered."""
    ended = [event.data for event in core.runs.events(run_id) if event.kind in ("tool_completed", "tool_failed")]
    return {data["call_id"]: f"{data['node']}: {data.get('output') or data['error']}" for data in ended}


def _offered(model: ScriptedModel, call: int) -> list[str]:
    return sorted(tool.name for tool in model.calls[call].tools)


def test_a_replay_needs_no_server(tmp_path: Path) -> None:
    """The tools are offered as they were; what they answered is recorded."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    one = shop("north", effect="reads").model_copy(update={"command": str(python)})
    spec = Organization(
        name="Shop",
        entry="buyer",
        agents=[AgentSpec(name="buyer")],
        tools=[one],
        links=[UsesLink(source="buyer", target="north")],
    )
    model = scripted(function_call("environment", {"name": "PLACE"}, call_id="c1"), assistant_message("North."))
    with open_studio(tmp_path / "data", model) as core:
        first = wait_for_run(core, start(core, spec, "Where?"))
    assert first.status == "completed", first.error_message
    python.unlink()
    with open_studio(tmp_path / "data", scripted()) as core:
        test = core.replays.save(first.id, "Says where")
        wait_for_run(core, core.replays.run_test(test))

        assert core.replays.report(test).differences == []
        run = core.replays.report(test).run
        assert run is not None
        assert _ended(core, run.id) == {"c1": "north: north"}
