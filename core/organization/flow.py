"""The workflow as code would write it: a tree of blocks, made of the graph that people draw.

The graph is well formed when circles lead only through loop steps, and the branches of a parallel step or map meet
in one join. `flow_faults` says what is not; `flow_tree` needs a graph without such faults. At the top level a way
that leads nowhere ends the run with the value that it has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.organization.spec import FlowLink, Organization
from core.organization.steps import (
    ERROR,
    OUT,
    ApprovalStep,
    BranchStep,
    EndStep,
    JoinStep,
    LoopStep,
    MapStep,
    ParallelStep,
    Step,
    ports,
)

_EXIT = ""
"""Stands for the end of the run; no node has this name."""

Block = tuple["Stage", ...]
"""Stages one after the other; empty when a way leads straight on."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One agent or step, with the blocks that hang on its ports; what comes after it is the next in its block.

    * agent, transform, join: no inner blocks
    * branch and approval: one block a port, which meet after the stage
    * parallel: one block a branch, and the join where they meet · map: one block, `each`, and its join
    * loop: one block, `body`
    * `on_error` is the block of the error edge, or None; it replaces what comes after the stage
    """

    name: str
    step: Step | None
    """None for an agent."""
    blocks: Mapping[str, Block] = field(default_factory=dict)
    branches: tuple[Block, ...] = ()
    """Of a parallel step, in the order of its links."""
    join: str = ""
    on_error: Block | None = None


@dataclass(frozen=True, slots=True)
class FlowFault:
    """What is wrong with the graph at a node."""

    code: str
    node: str
    message: str
    hint: str


def flow_tree(org: Organization) -> Block:
    """The workflow from its entry; the entry alone when it has no flow links."""
    return _Builder(org).block(org.entry, frozenset())


def flow_faults(org: Organization) -> list[FlowFault]:
    """What keeps the workflow from being a tree of blocks."""
    builder = _Builder(org)
    builder.block(org.entry, frozenset())
    stray = [
        FlowFault(
            "join_without_branches",
            step.name,
            f"No parallel step or map meets in '{step.name}'.",
            "Lead the branches of a parallel step or map here, or delete it.",
        )
        for step in org.steps
        if isinstance(step, JoinStep) and step.name in builder.walked and step.name not in builder.joined
    ]
    return list(dict.fromkeys([*builder.faults, *stray]))


class _Builder:
    """Walks the graph from the entry, block by block."""

    def __init__(self, org: Organization) -> None:
        self._org = org
        self._ways: dict[str, list[FlowLink]] = {}
        for link in org.flows():
            self._ways.setdefault(link.source, []).append(link)
        self._meetings = meeting_points(org)
        self._on_way: list[str] = []
        self._forks: list[str] = []
        self.faults: list[FlowFault] = []
        self.joined: set[str] = set()
        self.walked: set[str] = set()

    def block(self, start: str | None, stops: frozenset[str], *, ending: str = "") -> Block:
        """The stages from `start` to the first of `stops`, or to where the way ends. `ending` is the node whose
        inner way this is: it must not end anywhere else."""
        stages: list[Stage] = []
        entered = len(self._on_way)
        name = start
        while name is not None and name not in stops and self._is_stage(name):
            if name in self._on_way:
                self._fault_circle(name)
                name = None
                break
            self._on_way.append(name)
            self.walked.add(name)
            stage, name = self._stage(name, stops, ending)
            stages.append(stage)
            if name is None and ending and not _closes(stage):
                self._fault_loose(ending, stage.name)
        del self._on_way[entered:]
        return tuple(stages)

    def _stage(self, name: str, stops: frozenset[str], ending: str) -> tuple[Stage, str | None]:
        """The stage of a node, and what comes after it in the same block."""
        step = self._org.step(name)
        failing = self._after(name, ERROR)
        on_error = None if failing is None else self.block(failing, stops, ending=ending)
        match step:
            case BranchStep() | ApprovalStep():
                return self._parted(name, step, stops, ending)
            case ParallelStep() | MapStep():
                return self._forked(name, step, on_error)
            case LoopStep():
                body = self.block(self._after(name, "body"), frozenset({name}), ending=name)
                return Stage(name, step, {"body": body}, on_error=on_error), self._after(name, "done")
            case EndStep():
                if self._forks:
                    self._fault_loose(self._forks[-1], name)
                return Stage(name, step), None
            case _:
                return Stage(name, step, on_error=on_error), self._after(name, OUT)

    def _parted(
        self, name: str, step: BranchStep | ApprovalStep, stops: frozenset[str], ending: str
    ) -> tuple[Stage, str | None]:
        ways = {link.port: link.target for link in self._ways.get(name, [])}
        meeting = self._meetings.get(name) if len(ways) == len(ports(step)) else None
        inner = stops if meeting is None else stops | {meeting}
        blocks = {port: self.block(target, inner, ending=ending) for port, target in ways.items()}
        if ending and len(ways) < len(ports(step)):
            self._fault_loose(ending, name)
        return Stage(name, step, blocks), meeting

    def _forked(self, name: str, step: ParallelStep | MapStep, on_error: Block | None) -> tuple[Stage, str | None]:
        starts = [link.target for link in self._ways.get(name, []) if link.port != ERROR]
        joins = {self._join_from(start) for start in starts}
        join = joins.pop() if len(joins) == 1 else None
        if join is None:
            self._fault_apart(name)
            return Stage(name, step, on_error=on_error), None
        self.joined.add(join)
        self._forks.append(name)
        blocks = tuple(self.block(start, frozenset({join}), ending=name) for start in starts)
        self._forks.pop()
        if isinstance(step, MapStep):
            return Stage(name, step, {"each": blocks[0]}, join=join, on_error=on_error), join
        return Stage(name, step, branches=blocks, join=join, on_error=on_error), join

    def _join_from(self, start: str) -> str | None:
        """The join in which the ways from here meet; those of forks on the way are passed."""
        name: str | None = start
        seen: set[str] = set()
        while name is not None and name not in seen:
            seen.add(name)
            step = self._org.step(name)
            if isinstance(step, JoinStep):
                return name
            if isinstance(step, ParallelStep | MapStep):
                inner = [link.target for link in self._ways.get(name, []) if link.port != ERROR]
                name = self._join_from(inner[0]) if inner else None
                name = None if name is None else self._after(name, OUT)
            else:
                name = self._meetings.get(name)
        return None

    def _after(self, name: str, port: str) -> str | None:
        return next((link.target for link in self._ways.get(name, []) if link.port == port), None)

    def _is_stage(self, name: str) -> bool:
        return self._org.agent(name) is not None or self._org.step(name) is not None

    def _fault_circle(self, name: str) -> None:
        self.faults.append(
            FlowFault(
                "flow_circle",
                name,
                f"The flow comes back to '{name}' without a loop step, so nothing would ever end it.",
                "Put a loop step there: its body comes back to it, and its limit ends it.",
            )
        )

    def _fault_apart(self, name: str) -> None:
        self.faults.append(
            FlowFault(
                "branches_never_meet",
                name,
                f"The branches of '{name}' do not all meet in one join.",
                "Add a join step, and lead the end of every branch to it.",
            )
        )

    def _fault_loose(self, ending: str, name: str) -> None:
        inside, goal = "a branch", "their join"
        if isinstance(self._org.step(ending), LoopStep):
            inside, goal = "the body", f"'{ending}'"
        self.faults.append(
            FlowFault(
                "way_ends_inside",
                name,
                f"A way through {inside} of '{ending}' ends at '{name}'.",
                f"Lead it on to {goal}.",
            )
        )


def _closes(stage: Stage) -> bool:
    """Whether nothing has to come after the stage, or what does is inside it."""
    return isinstance(stage.step, EndStep | BranchStep | ApprovalStep)


def meeting_points(org: Organization) -> dict[str, str]:
    """For each node of the flow the next one that every way from it passes (its immediate post-dominator)."""
    # Importing it takes as long as checking a hundred organizations without a workflow.
    import networkx

    graph: Any = networkx.DiGraph()
    for link in org.flows():
        if link.port != ERROR:
            graph.add_edge(link.target, link.source)
    leads_on = {link.source for link in org.flows() if link.port != ERROR}
    for name in list(graph):
        step = org.step(name)
        taken = {link.port for link in org.flows() if link.source == name}
        parted = isinstance(step, BranchStep | ApprovalStep | LoopStep)
        open_port = parted and not taken.issuperset({port for port in ports(step) if port != ERROR})
        if name not in leads_on or open_port:
            graph.add_edge(_EXIT, name)
    if _EXIT not in graph:
        return {}
    found = networkx.immediate_dominators(graph, _EXIT)
    return {name: after for name, after in found.items() if name != after and after not in (_EXIT, None)}
