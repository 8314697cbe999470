"""CPU per run of the four-call workload (triage → handoff → two tools → answer): bare SDK against the studio.

Both sides stream, use an instant model, and run in this process; the studio stores everything and is watched live.
Figures are process CPU milliseconds per run, the two sides in turn, so that a change of speed hits both.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from agents import Agent, RunConfig, Runner, handoff, set_trace_processors
from agents.tool import FunctionTool
from agents.tracing import TracingProcessor

from core.bootstrap import Core
from core.engine.segment import prepare_process
from core.organization.spec import AgentSpec, FunctionToolSpec, HandoffLink, Organization, UsesLink
from tests.bench.figures import Figure, figure_of, print_table
from tests.bench.instant_model import InstantModel
from tests.support.studio import open_studio

RUNS = 60
ROUNDS = 7


class _NoProcessor(TracingProcessor):
    """Spans are made, as in every run with tracing, and go nowhere."""

    def on_trace_start(self, trace: Any) -> None: ...
    def on_trace_end(self, trace: Any) -> None: ...
    def on_span_start(self, span: Any) -> None: ...
    def on_span_end(self, span: Any) -> None: ...
    def shutdown(self) -> None: ...
    def force_flush(self) -> None: ...


def lookup(order: str) -> str:
    """Look an order up."""
    return f"Order {order}: paid 20.00 on 2026-03-03."


def policy(topic: str) -> str:
    """Read the policy on a topic."""
    return f"Policy on {topic}: within 30 days."


def organization() -> Organization:
    """The workload as an organization."""
    return Organization(
        name="Bench",
        entry="triage",
        agents=[
            AgentSpec(name="triage", instructions="Route the question."),
            AgentSpec(name="billing", instructions="Answer questions on bills.", handoff_description="Bills"),
        ],
        tools=[
            FunctionToolSpec(name=name, function=f"tests.bench.cpu_per_run:{name}", effect="reads")
            for name in ("lookup", "policy")
        ],
        links=[
            HandoffLink(source="triage", target="billing"),
            UsesLink(source="billing", target="lookup"),
            UsesLink(source="billing", target="policy"),
        ],
    )


def bare_seconds(runs: int) -> float:
    """CPU seconds for that many runs on the SDK alone."""
    asyncio.run(_bare(3))
    began = time.process_time()
    asyncio.run(_bare(runs))
    return time.process_time() - began


async def _bare(runs: int) -> None:
    # Made once, as a script would: runs follow each other, so nothing is shared at the same time.
    agent = _bare_agents()
    for _ in range(runs):
        result = Runner.run_streamed(agent, "Was A1001 paid?", run_config=RunConfig())
        async for _event in result.stream_events():
            pass
        assert result.final_output.startswith("It was paid")


def _bare_agents() -> Agent[Any]:
    from core.sdk.function_tools import build_function_tool

    spec = organization()
    tools: list[Any] = [build_function_tool(tool) for tool in spec.tools if isinstance(tool, FunctionToolSpec)]
    assert all(isinstance(tool, FunctionTool) for tool in tools)
    billing = Agent[Any](
        name="billing", instructions="Answer questions on bills.", tools=tools, model=InstantModel()
    )
    return Agent(
        name="triage", instructions="Route the question.", handoffs=[handoff(billing)], model=InstantModel()
    )


def studio_seconds(core: Core, organization_id: str, runs: int) -> float:
    """CPU seconds for that many runs in the studio, one after the other, everything stored."""
    began = time.process_time()
    asyncio.run(_in_studio(core, organization_id, runs))
    return time.process_time() - began


async def _in_studio(core: Core, organization_id: str, runs: int) -> None:
    for _ in range(runs):
        run_id = core.runs.start(organization_id, "Was A1001 paid?")
        last = [frame async for frame in core.runs.follow(run_id)][-1]
        assert last == {"type": "end", "status": "completed"}


def figures() -> list[Figure]:
    """The ratio, and what it is made of."""
    ratios, bares, ours = [], [], []
    with tempfile.TemporaryDirectory() as folder, open_studio(Path(folder), InstantModel()) as core:
        organization_id = core.organizations.create(organization())
        studio_seconds(core, organization_id, 5)
        for _ in range(ROUNDS):
            studio = studio_seconds(core, organization_id, RUNS) / RUNS
            set_trace_processors([_NoProcessor()])
            bare = bare_seconds(RUNS) / RUNS
            prepare_process()
            bares.append(bare * 1e3)
            ours.append(studio * 1e3)
            ratios.append(studio / bare)
        size = Path(folder, "studio.db").stat().st_size + Path(folder, "studio.db-wal").stat().st_size
    return [
        figure_of("CPU per run against the bare SDK", ratios, unit="x", goal=1.6),
        figure_of("  studio, all stored", ours),
        figure_of("  bare SDK, streamed", bares),
        figure_of("  stored per run", [size / (RUNS * ROUNDS + 5) / 1e3], unit="kB"),
    ]


if __name__ == "__main__":
    print_table(figures())
