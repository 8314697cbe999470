"""What the victims of the matrix work on."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.organization.spec import (
    AgentSpec,
    AlwaysApprove,
    AsToolLink,
    Effect,
    FunctionToolSpec,
    GuardsLink,
    HandoffLink,
    JudgeGuardrailSpec,
    McpHttpToolSpec,
    Organization,
    UsesLink,
)
from core.organization.steps import (
    ApprovalStep,
    CelCondition,
    JoinStep,
    JudgeCondition,
    ListJoin,
    LoopStep,
    MapStep,
    ParallelStep,
)
from tests.support.cast import play

MCP_PORT = "STUDIO_TEST_MCP_PORT"
_HERE = "tests.kill_matrix.tools"


@dataclass(frozen=True, slots=True)
class Scenario:
    """An organization and what comes of it when nobody disturbs it."""

    organization: Callable[[], Organization]
    effects: tuple[str, ...]
    session: bool = False
    decide_early: bool = False
    """Whether people decide while the rest of the run is still at work."""
    rows: tuple[str, ...] = ()
    """Inputs of a batch; none where it is one run."""


def _look() -> FunctionToolSpec:
    return FunctionToolSpec(name="look", function=f"{_HERE}:look", effect="reads")


def _note(**more: Any) -> FunctionToolSpec:
    return FunctionToolSpec(name="note", function=f"{_HERE}:note", effect="writes", **more)


def _agents(*names: str) -> list[AgentSpec]:
    return [AgentSpec(name=name, instructions=f"You are {name}.", handoff_description=name) for name in names]


def _uses(agent: str, *tools: str) -> list[UsesLink]:
    return [UsesLink(source=agent, target=tool) for tool in tools]


def _line() -> Organization:
    """One agent: reads, writes, answers."""
    return Organization(
        name="Line",
        entry="clerk",
        agents=_agents("clerk"),
        tools=[_look(), _note()],
        links=_uses("clerk", "look", "note"),
    )


def _asking() -> Organization:
    """A person approves what is written; what is only read runs beside it."""
    return Organization(
        name="Asking",
        entry="asker",
        agents=_agents("asker"),
        tools=[_look(), _note(approval=AlwaysApprove())],
        links=_uses("asker", "look", "note"),
    )


def _nested(**rule: Any) -> Organization:
    """A boss asks a foreman twice at once, who each asks a clerk: two levels of agents like tools."""
    return Organization(
        name="Nested",
        entry="boss",
        agents=_agents("boss", "foreman", "clerk"),
        tools=[_look(), _note(**rule)],
        links=[
            AsToolLink(source="boss", target="foreman"),
            AsToolLink(source="foreman", target="clerk"),
            *_uses("clerk", "look", "note"),
        ],
    )


def _handed() -> Organization:
    """An agent hands over to another, who writes and hands back."""
    return Organization(
        name="Handed",
        entry="triage",
        agents=_agents("triage", "cashier"),
        tools=[_look(), _note()],
        links=[
            HandoffLink(source="triage", target="cashier"),
            HandoffLink(source="cashier", target="triage"),
            *_uses("cashier", "look", "note"),
        ],
    )


def _judged() -> Organization:
    """Guardrails that ask a model look at what comes in and at what goes out."""
    return Organization(
        name="Judged",
        entry="clerk",
        agents=_agents("clerk"),
        tools=[_look(), _note()],
        guardrails=[
            JudgeGuardrailSpec(name="way in", stage="input", instructions="Nothing bad."),
            JudgeGuardrailSpec(name="way out", stage="output", instructions="Nothing bad."),
        ],
        links=[
            *_uses("clerk", "look", "note"),
            GuardsLink(source="way in", target="clerk"),
            GuardsLink(source="way out", target="clerk"),
        ],
    )


def _booked() -> Organization:
    """A tool of an MCP server writes."""
    server = McpHttpToolSpec(
        name="store", url=f"http://127.0.0.1:{os.environ.get(MCP_PORT, '1')}/mcp", effect="writes"
    )
    return Organization(
        name="Booked",
        entry="booker",
        agents=_agents("booker"),
        tools=[server],
        links=_uses("booker", "store"),
    )


def _consulted(effect: Effect) -> Organization:
    """A function tool runs an agent by itself, twice at the same time."""
    return Organization(
        name="Consulted",
        entry="consulter",
        agents=_agents("consulter"),
        tools=[FunctionToolSpec(name="consult", function=f"{_HERE}:consult", effect=effect), _note()],
        links=_uses("consulter", "consult", "note"),
    )


def _parallel() -> Organization:
    """Two branches: each looks, notes and answers; then somebody sums up."""
    return _flow(
        "fan.branch → a → meet\nfan.branch → b → meet\nmeet → z",
        ParallelStep(name="fan"),
        JoinStep(name="meet", by=ListJoin()),
    )


def _looping() -> Organization:
    """Three rounds, then somebody sums up."""
    return _flow(
        "again.body → a → again\nagain.done → z",
        LoopStep(name="again", until=CelCondition(expression="count == 3")),
        a={"task": "round {{ count }}"},
    )


def _mapping() -> Organization:
    """The same for each of three items, two at a time."""
    return _flow(
        "every.each → a → meet\nmeet → z",
        MapStep(name="every", items="['x', 'y', 'w']", limit=2),
        JoinStep(name="meet", by=ListJoin()),
        a={"task": "item {{ item }}"},
    )


def _siblings() -> Organization:
    """One branch waits for a person while the other one works on; then a person is asked about all of it."""
    return _flow(
        "fan.branch → a → meet\nfan.branch → worker → meet\nmeet → agree\nagree.approved → z\nagree.rejected → b",
        ParallelStep(name="fan"),
        JoinStep(name="meet", by=ListJoin()),
        ApprovalStep(name="agree", question="Is that all?"),
        note={"approval": AlwaysApprove()},
    )


def _judging() -> Organization:
    """A loop that a judge ends."""
    return _flow(
        "again.body → a → again\nagain.done → z",
        LoopStep(name="again", until=JudgeCondition(statement="It is good.")),
    )


def _flow(text: str, *steps: Any, note: dict[str, Any] | None = None, **more: Any) -> Organization:
    tools = [_look(), _note(**(note or {}))]
    workers = [name for name in ("a", "b", "worker") if f" {name} " in f" {text} ".replace("\n", " ")]
    links = [link for worker in workers for link in _uses(worker, "look", "note")]
    return play(text, *steps, tools=tools, links=links, **more)


_ROWS = ("row 1", "row 2", "row 3", "row 4")

SCENARIOS: dict[str, Scenario] = {
    "line": Scenario(_line, ("go",), session=True),
    "asking": Scenario(_asking, ("go",), session=True),
    "nested": Scenario(_nested, ("go left", "go right")),
    "nested asking": Scenario(lambda: _nested(approval=AlwaysApprove()), ("go left", "go right")),
    "nested early": Scenario(
        lambda: _nested(approval=AlwaysApprove()), ("go left", "go right"), decide_early=True
    ),
    "handed": Scenario(_handed, ("go",)),
    "judged": Scenario(_judged, ("go",)),
    "booked": Scenario(_booked, ("go",)),
    "consulted": Scenario(lambda: _consulted("reads"), ("go",)),
    "consulting": Scenario(lambda: _consulted("writes"), ("go",)),
    "parallel": Scenario(_parallel, ("a go", "b go")),
    "looping": Scenario(_looping, ("a round 1", "a round 2", "a round 3")),
    "mapping": Scenario(_mapping, ("a item x", "a item y", "a item w")),
    "siblings": Scenario(_siblings, ("a go",), decide_early=True),
    "siblings late": Scenario(_siblings, ("a go",)),
    "judging": Scenario(_judging, ("a go",)),
    "batch": Scenario(_line, _ROWS, rows=_ROWS),
}
