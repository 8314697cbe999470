"""The patterns of the catalogue do in rehearsal what their cards promise, on the real sample data."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from agents import (
    FunctionTool,
    InputGuardrail,
    Model,
    OutputGuardrail,
    RunConfig,
    RunHooks,
    RunResult,
)

from core.errors import TroupeError
from core.organization.spec import ModelSettingsSpec
from core.patterns.catalogue import pattern
from core.sdk.compile import ToolSource, compile_organization
from core.toolbox.context import current_samples
from core.toolbox.sample_data import SampleData
from tests.core.sdk.rehearsal.organizations import MODEL, path, play, texts


class Bare:
    """Nothing around models, tools and guardrails, but errors of a tool are told to the model."""

    run_hooks: RunHooks[Any] = RunHooks()
    run_config = RunConfig(tracing_disabled=True)
    overrides = ModelSettingsSpec()

    def model(
        self,
        reference: str | None,
        *,
        agent: str,
        purpose: str = "agent",
        attempt_seconds: float | None = None,
    ) -> Model:
        return MODEL

    def tool(self, tool: FunctionTool, source: ToolSource, *, agent: str) -> FunctionTool:
        async def invoke(context: Any, arguments: str) -> Any:
            try:
                return await tool.on_invoke_tool(context, arguments)
            except TroupeError as error:
                return f"The tool '{tool.name}' failed: {error}"

        return replace(tool, on_invoke_tool=invoke)

    def input_guardrail(self, guardrail: InputGuardrail[Any], *, agent: str) -> InputGuardrail[Any]:
        return guardrail

    def output_guardrail(self, guardrail: OutputGuardrail[Any], *, agent: str) -> OutputGuardrail[Any]:
        return guardrail

    def must_ask_for_usage(self, reference: str | None) -> bool:
        return False


@contextmanager
def sample_data(folder: Path) -> Iterator[None]:
    token = current_samples.set(SampleData(folder / "samples.db"))
    try:
        yield
    finally:
        current_samples.reset(token)


async def run(pattern_id: str, text: str, folder: Path) -> RunResult:
    """The run up to its end, with everything approved that waits for a person."""
    agent = compile_organization(pattern(pattern_id).organization, Bare(), mcp_tools={})
    with sample_data(folder):
        result = await play(agent, text)
        while result.interruptions:
            state = result.to_state()
            for waiting in result.interruptions:
                state.approve(waiting)
            result = await play(agent, state)
    return result


SEARCH = "search_knowledge_base"
PATHS = [
    ("single", "How long does a refund take, and where does the money go?", [SEARCH]),
    ("single", "Please create a ticket: export 5530 has been running for three hours.", [SEARCH, "create_ticket"]),
    ("specialist", "Is the invoice for order A1003 paid, and when is it due?", ["Billing", "look_up_invoice"]),
    (
        "specialist",
        "Which payments arrived for order A1002? I think I was charged twice.",
        ["Billing", "look_up_payment"],
    ),
    (
        "specialist",
        "Our exports are stuck since this morning. Is something broken, and what do the logs say?",
        ["Technical support", "service_status", "search_logs"],
    ),
    (
        "hierarchical",
        "When is the invoice for order A1003 due, and has it been paid?",
        ["Billing supervisor", "Payments", "look_up_invoice"],
    ),
    (
        "hierarchical",
        "Please refund 30.00 for order A1007; a roll of labels was missing.",
        ["Billing supervisor", "Refunds", "look_up_payment", "issue_refund"],
    ),
    (
        "hierarchical",
        "Which maintenance windows are planned for the orders-api?",
        ["Technical supervisor", "Maintenance", "list_maintenance_windows"],
    ),
    (
        "parallel",
        "Should our support team try a four-day week?",
        ["ask_optimist", "ask_sceptic", "ask_pragmatist"],
    ),
    (
        "human-in-the-loop",
        "Please refund 189.00 for order A1010; the filing cabinet never arrived.",
        ["look_up_payment", "issue_refund"],
    ),
    (
        "human-in-the-loop",
        "Order A1008 is late again. Could I get 20.00 as goodwill?",
        ["look_up_payment", "grant_goodwill"],
    ),
    ("human-in-the-loop", "Is there an article on how to return goods?", [SEARCH]),
]


@pytest.mark.parametrize(("pattern_id", "text", "steps"), PATHS)
async def test_path(pattern_id: str, text: str, steps: list[str], tmp_path: Path) -> None:
    result = await run(pattern_id, text, tmp_path)

    assert [step.split(" -> ")[-1].split("(")[0] for step in path(result)] == steps


async def test_refund_has_the_amount_and_the_reason_of_the_customer(tmp_path: Path) -> None:
    result = await run(
        "specialist", "Please refund 20.00 for order A1001; the lamp arrived with a scratch.", tmp_path
    )

    assert path(result)[-1] == (
        "issue_refund(order_id='A1001', amount=20, reason='the lamp arrived with a scratch')"
    )
    assert "still refundable 29.9" in result.final_output


async def test_three_contributions_and_a_verdict(tmp_path: Path) -> None:
    result = await run("collaborative", "Write a short article about cargo bikes for the last mile.", tmp_path)

    assert [said.split(":")[0] for said in texts(result)] == ["Researcher", "Writer", "Reviewer"]
    assert "depot" in texts(result)[1]
    assert "Verdict: approved." in result.final_output
