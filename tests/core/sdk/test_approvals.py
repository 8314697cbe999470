"""Approval rules: which calls wait for a person, in doubt and in a real run."""

import json
from typing import Any

import pytest
from agents import Agent, FunctionTool, RunConfig, Runner
from agents.testing import ScriptedModel, assistant_message, function_call
from agents.tool_context import ToolContext
from hypothesis import given
from hypothesis import strategies as st

from core.organization.spec import AlwaysApprove, ApproveWhen, NeverApprove
from core.sdk.approvals import call_waits, needs_approval


def rule(operator: Any, value: Any) -> ApproveWhen:
    return ApproveWhen(argument="amount", operator=operator, value=value)


@pytest.mark.parametrize(
    ("operator", "value", "given", "waits"),
    [
        ("gt", 50, 50, False),
        ("gt", 50, 50.01, True),
        ("ge", 50, 50, True),
        ("lt", 0, -1, True),
        ("lt", 0, 0, False),
        ("le", 10, 10, True),
        ("eq", "refund", "refund", True),
        ("eq", "refund", "REFUND", True),
        ("eq", "refund", "look", False),
        ("ne", "look", "look", False),
        ("ne", "look", "Look", True),
        ("eq", True, True, True),
        ("eq", True, False, False),
        ("contains", "delete", "please DELETE all", True),
        ("contains", "delete", "list all", False),
        ("contains", "admin", ["user", "Admin"], True),
        ("contains", 3, [1, 2], False),
        ("gt", "2026-01-01", "2026-02-01", True),
        ("gt", "2026-01-01", "2025-12-31", False),
    ],
)
def test_arguments_are_compared(operator: Any, value: Any, given: Any, waits: bool) -> None:
    assert call_waits(rule(operator, value), {"amount": given}) is waits


@pytest.mark.parametrize("operator", ["gt", "ge", "lt", "le", "eq", "ne", "contains"])
@pytest.mark.parametrize("given", [None, "20", True, {"x": 1}, float("nan"), float("inf")])
def test_what_cannot_be_compared_with_a_number_waits(operator: Any, given: Any) -> None:
    # A text can be searched for a number, so `contains` knows the answer there.
    expected = not (operator == "contains" and given == "20")

    assert call_waits(rule(operator, 50), {"amount": given}) is expected


@given(
    operator=st.sampled_from(["gt", "eq", "ne", "contains"]),
    value=st.integers() | st.text(max_size=5) | st.booleans(),
)
def test_a_missing_argument_always_waits(operator: Any, value: Any) -> None:
    assert call_waits(rule(operator, value), {"sum": 1}) is True


def test_the_plain_rules_need_no_function() -> None:
    assert needs_approval(NeverApprove()) is False
    assert needs_approval(AlwaysApprove()) is True
    assert call_waits(NeverApprove(), {}) is False
    assert call_waits(AlwaysApprove(), {}) is True


@pytest.mark.parametrize(
    ("arguments", "waits"),
    [
        ('{"amount": 10}', False),
        ('{"amount": 90}', True),
        ("{}", True),
        ('{"amount": NaN}', True),
        ('{"amount":', True),
    ],
)
async def test_the_sdk_stops_before_the_call(arguments: str, waits: bool) -> None:
    calls: list[str] = []

    async def invoke(_context: ToolContext[Any], text: str) -> str:
        calls.append(text)
        return "paid"

    schema = {"type": "object", "properties": {}}
    tool = FunctionTool("refund", "Refund.", schema, invoke, strict_json_schema=False)
    tool.needs_approval = needs_approval(rule("gt", 50))
    call = function_call("refund", arguments, call_id="c1")
    agent = Agent(name="desk", model=ScriptedModel([[call], [assistant_message("Done.")]]), tools=[tool])

    result = await Runner.run(agent, "refund", run_config=RunConfig(tracing_disabled=True))

    assert [item.name for item in result.interruptions] == (["refund"] if waits else [])
    assert calls == ([] if waits else [json.dumps(json.loads(arguments))])
