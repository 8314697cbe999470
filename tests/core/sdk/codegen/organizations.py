"""Hypothesis strategies: sound organizations with hostile names and texts, with and without workflows."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    FlowLink,
    GuardsLink,
    HandoffLink,
    Organization,
    UsesLink,
)
from core.organization.steps import (
    AgentJoin,
    ApprovalStep,
    BranchCase,
    BranchStep,
    CelCondition,
    ConcatenateJoin,
    EndStep,
    FieldCondition,
    FirstGoodJoin,
    JoinStep,
    JudgeCondition,
    ListJoin,
    LoopStep,
    MapStep,
    ParallelStep,
    TransformStep,
    VoteJoin,
)
from tests.core.organization.strategies import agents, guardrails, names, texts, tools

EXPRESSIONS = [
    'output.category == "refund" && output.amount > 100',
    'has(output.owner) ? output.owner : "nobody"',
    "output.all(class, class.x == true)",
    '"it\'s \\"quoted\\" {{braces}}" + string(index)',
    "timestamp(input) > timestamp(output)",
    "state.n + count * 2 - 1\n  >= size(steps[\"a 'b' 🦊\"])",
    "output[-1] == error.message",
    "item in output || !(input.matches('\\\\d+'))",
    "{'k': [1, 2.5, null, true]}",
]
TEMPLATES = [
    "",
    "plain",
    "{{ output }}",
    "a {{ output.x }} b",
    'multi\n{{ input }}\n"""quotes""" \\',
    "{{ item }}{{ 1 }}",
]
HOSTILE = [
    "class",
    "None",
    "print",
    "output",
    "here",
    "'",
    '"""',
    "\\",
    "{x}",
    "🦊",
    "日本",
    "Ünï cödé",
    "1st",
    "a b",
    "a-b",
    "a_b",
]

expressions = st.sampled_from(EXPRESSIONS)
templates = st.sampled_from(TEMPLATES)
conditions = st.one_of(
    st.builds(CelCondition, expression=expressions),
    st.builds(FieldCondition, field=texts, operator=st.sampled_from(["gt", "ne", "contains"]), value=texts),
    st.builds(JudgeCondition, statement=texts, model=st.none() | texts),
)


@st.composite
def organizations(draw: st.DrawFn) -> Organization:
    """Without a workflow."""
    hostile = st.sampled_from(HOSTILE) | names
    people = draw(st.lists(agents, min_size=1, max_size=4, unique_by=lambda each: each.name))
    given = draw(st.lists(hostile, min_size=len(people), max_size=len(people), unique=True))
    people = [each.model_copy(update={"name": name}) for each, name in zip(people, given, strict=True)]
    things = draw(st.lists(tools, max_size=4, unique_by=lambda each: each.name))
    rails = draw(st.lists(guardrails, max_size=3, unique_by=lambda each: each.name))
    some = st.sampled_from([each.name for each in people])
    links: list[Any] = draw(
        st.lists(st.builds(HandoffLink, source=some, target=some, description=texts), max_size=3)
    )
    links += draw(st.lists(st.builds(AsToolLink, source=some, target=some, description=texts), max_size=3))
    links += [UsesLink(source=draw(some), target=each.name) for each in things]
    links += [GuardsLink(source=each.name, target=draw(some)) for each in rails]
    return Organization(
        name=draw(hostile),
        description=draw(texts),
        entry=people[0].name,
        agents=people,
        tools=things,
        guardrails=rails,
        links=links,
        samples=draw(st.lists(texts, max_size=1)),
    )


@st.composite
def workflows(draw: st.DrawFn) -> Organization:
    """With a workflow of every kind of step."""
    return _Builder(draw).organization()


Ends = list[tuple[str, str]]
"""Nodes and ports that lead on to what comes next."""


class _Builder:
    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self._draw = draw
        hostile = st.sampled_from(HOSTILE) | names
        self._names = iter(draw(st.lists(hostile, min_size=20, max_size=20, unique=True)))
        self._number = 0
        self.agents: list[AgentSpec] = []
        self.steps: list[Any] = []
        self.links: list[Any] = []

    def organization(self) -> Organization:
        first, _ = self._block(2, ends=True)
        return Organization(
            name=self._name(),
            entry=first,
            agents=self.agents,
            steps=self.steps,
            links=self.links,
            state=self._draw(st.dictionaries(st.sampled_from(["n", "class"]), texts, max_size=2)),
        )

    def _block(self, depth: int, *, ends: bool = False) -> tuple[str, Ends]:
        """Some stages one after the other: the first of them, and where the last is left."""
        first, open_ends = self._stage(depth)
        for _ in range(self._draw(st.integers(0, 2))):
            following, more = self._stage(depth)
            self._lead(open_ends, following)
            open_ends = more
        if ends and self._draw(st.booleans()):
            outcome = self._draw(st.sampled_from(["completed", "failed"]))
            name = self._step(EndStep, output=self._draw(templates), outcome=outcome)
            self._lead(open_ends, name)
        return first, open_ends

    def _stage(self, depth: int) -> tuple[str, Ends]:
        kinds = (
            ["agent", "transform"] if depth == 0 else ["agent", "transform", "branch", "approval", "loop", "fork"]
        )
        match self._draw(st.sampled_from(kinds)):
            case "transform":
                assign = self._draw(
                    st.dictionaries(st.sampled_from(["n", "class", "_x"]), expressions, max_size=2)
                )
                value = self._draw(expressions | st.just(""))
                name = self._step(TransformStep, expression=value, assign=assign)
                return name, [(name, "out")]
            case "branch":
                cases = [BranchCase(name=f"case{n}", condition=self._draw(conditions)) for n in range(2)]
                return self._parted(self._step(BranchStep, cases=cases), ["case0", "case1", "default"], depth)
            case "approval":
                name = self._step(ApprovalStep, question=self._draw(templates))
                return self._parted(name, ["approved", "rejected"], depth)
            case "loop":
                return self._loop(depth)
            case "fork":
                return self._fork(depth)
            case _:
                name = self._agent()
                return name, [(name, "out")]

    def _name(self) -> str:
        self._number += 1
        return next(self._names, f"Node {self._number}")

    def _agent(self) -> str:
        name = self._name()
        spec = AgentSpec(name=name, task=self._draw(templates), sees_conversation=self._draw(st.booleans()))
        self.agents.append(spec)
        return name

    def _parted(self, name: str, ports: list[str], depth: int) -> tuple[str, Ends]:
        open_ends: Ends = []
        for port in ports:
            if self._draw(st.booleans()):
                first, ends = self._block(depth - 1)
                self._lead([(name, port)], first)
                open_ends += ends
            else:
                open_ends.append((name, port))
        return name, open_ends

    def _loop(self, depth: int) -> tuple[str, Ends]:
        name = self._step(
            LoopStep,
            until=self._draw(conditions),
            limit=3,
            check_first=self._draw(st.booleans()),
            on_limit=self._draw(st.sampled_from(["go_on", "fail"])),
        )
        first, ends = self._block(depth - 1)
        self._lead([(name, "body")], first)
        self._lead(ends, name)
        return name, [(name, "done")]

    def _fork(self, depth: int) -> tuple[str, Ends]:
        common = {"on_failure": self._draw(st.sampled_from(["fail_all", "go_on", "retry"])), "retries": 1}
        if self._draw(st.booleans()):
            name, port, count = self._step(MapStep, items=self._draw(expressions), **common), "each", 1
        else:
            name, port, count = self._step(ParallelStep, limit=1, **common), "branch", 2
        join = self._step(JoinStep, by=self._by())
        for _ in range(count):
            first, ends = self._block(depth - 1)
            self._lead([(name, port)], first)
            self._lead(ends, join)
        return name, [(join, "out")]

    def _by(self) -> Any:
        kind = self._draw(st.sampled_from(["concatenate", "list", "vote", "first_good", "agent"]))
        match kind:
            case "concatenate":
                return ConcatenateJoin(separator=self._draw(texts))
            case "vote":
                return VoteJoin(by=self._draw(expressions | st.just("")))
            case "first_good":
                return FirstGoodJoin(condition=self._draw(conditions))
            case "agent":
                return AgentJoin(agent=self._agent(), task=self._draw(templates))
            case _:
                return ListJoin()

    def _step(self, kind: Any, **values: Any) -> str:
        name = self._name()
        self.steps.append(kind(name=name, **values))
        return name

    def _lead(self, ends: Ends, target: str) -> None:
        self.links += [FlowLink(source=source, port=port, target=target) for source, port in ends]
