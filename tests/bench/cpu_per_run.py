"""CPU per run of the four-call workload (triage → handoff → two tools → answer): bare SDK against the studio.

Both sides stream and use an instant model; the studio stores everything and is watched live. Figures are CPU
milliseconds per run of whole processes, one for each side and round, the sides in turn, so that a change of speed
hits all. A script has Python's own event loop; what it would need on that of the engine is told as well.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from agents import Agent, RunConfig, Runner, handoff, set_trace_processors
from agents.tool import FunctionTool
from agents.tracing import TracingProcessor

from core.bootstrap import Core
from core.engine.event_loop import loop_factory
from core.organization.spec import AgentSpec, FunctionToolSpec, HandoffLink, Organization, UsesLink
from tests.bench.figures import Figure, figure_of, print_table
from tests.bench.instant_model import InstantModel
from tests.support.studio import open_studio

RUNS = 150
WARM_UP = 15
ROUNDS = 9
SIDES = ("studio", "bare", "bare_uvloop")


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


def bare_seconds(runs: int, *, uvloop: bool = False) -> float:
    """CPU seconds for that many runs on the SDK alone."""
    with asyncio.Runner(loop_factory=loop_factory() if uvloop else None) as runner:
        runner.run(_bare(WARM_UP))
        began = time.process_time()
        runner.run(_bare(runs))
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


def measure(side: str) -> dict[str, float]:
    """In a process of its own: milliseconds per run, and what a run stores in kB."""
    if side != "studio":
        set_trace_processors([_NoProcessor()])
        return {"ms": bare_seconds(RUNS, uvloop=side == "bare_uvloop") / RUNS * 1e3, "kB": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        with open_studio(Path(folder), InstantModel()) as core:
            organization_id = core.organizations.create(organization())
            studio_seconds(core, organization_id, WARM_UP)
            needed = studio_seconds(core, organization_id, RUNS) / RUNS * 1e3
        size = Path(folder, "studio.db").stat().st_size
        return {"ms": needed, "kB": size / (RUNS + WARM_UP) / 1e3}


def figures() -> list[Figure]:
    """The ratio, and what it is made of."""
    needed: dict[str, list[float]] = {side: [] for side in SIDES}
    stored = []
    for _ in range(ROUNDS):
        for side in SIDES:
            command = [sys.executable, "-m", "tests.bench.cpu_per_run", side]
            found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            needed[side].append(found["ms"])
            stored += [found["kB"]] if side == "studio" else []
    ratios = [ours / bare for ours, bare in zip(needed["studio"], needed["bare"], strict=True)]
    return [
        figure_of("CPU per run against the bare SDK", ratios, unit="x", goal=1.6),
        figure_of("  studio, all stored", needed["studio"]),
        figure_of("  bare SDK, streamed", needed["bare"]),
        figure_of("  bare SDK on uvloop", needed["bare_uvloop"]),
        figure_of("  stored per run", stored, unit="kB"),
    ]


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(measure(sys.argv[1])))
    else:
        print_table(figures())
