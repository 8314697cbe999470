"""What an expression can name at a place of a workflow, with sample values made from output schemas."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.organization.expressions import ExpressionError, evaluate
from core.organization.flow import Block, Stage, flow_tree
from core.organization.links import reachable
from core.organization.samples import sample_of
from core.organization.spec import FlowLink, Organization
from core.organization.steps import (
    ERROR,
    AgentJoin,
    ApprovalStep,
    ConcatenateJoin,
    JoinStep,
    ListJoin,
    LoopStep,
    MapStep,
    Step,
    TransformStep,
)

TEXT = "text"
_FAILURE = {"step": "name", "code": "code", "message": "text"}
_DECISION = {"approved": True, "reason": "text", "by": "name"}
_DEEPEST_FIELD = 4


@dataclass(frozen=True, slots=True)
class ScopeField:
    """Something that an expression can name, as it is written there, and its sample value."""

    name: str
    value: Any


def sample_variables(org: Organization, node: str, field: str = "") -> dict[str, Any]:
    """The variables that an expression in `field` of an agent or step can name, each with a sample value."""
    samples = _Samples(org)
    variables: dict[str, Any] = {"input": samples.input, "output": samples.seen_by(node, field)}
    before = samples.before(node)
    variables["steps"] = {name: samples.noted(name) for name in org.node_names() if name in before}
    variables["state"] = dict(org.state)
    return variables | samples.around(node, field)


def scope_fields(variables: Mapping[str, Any]) -> list[ScopeField]:
    """The variables and the fields inside them, in reading order."""
    return [found for name, value in variables.items() for found in _fields(name, value)]


def _fields(name: str, value: Any, depth: int = 0) -> Iterator[ScopeField]:
    if not (name in ("steps", "state") and isinstance(value, dict)):
        yield ScopeField(name, value)
    if not isinstance(value, dict) or depth >= _DEEPEST_FIELD:
        return
    for key, inner in value.items():
        dotted = key.isidentifier() and name != "steps"
        quoted = key.replace("\\", "\\\\").replace('"', '\\"')
        yield from _fields(f"{name}.{key}" if dotted else f'{name}["{quoted}"]', inner, depth + 1)


class _Samples:
    """Follows the flow backwards to what could arrive somewhere."""

    def __init__(self, org: Organization) -> None:
        self._org = org
        self._tree = flow_tree(org)
        self.input = org.samples[0] if org.samples else TEXT
        self._arriving: dict[str, list[FlowLink]] = {}
        for link in org.flows():
            self._arriving.setdefault(link.target, []).append(link)

    def before(self, node: str) -> set[str]:
        """The agents and steps that have run when this one does."""
        found = reachable([node], [(link.target, link.source) for link in self._org.flows()])
        return found if self._in_circle(node) else found - {node}

    def seen_by(self, node: str, field: str) -> Any:
        """What `output` is in a field of a node."""
        step = self._org.step(node)
        if isinstance(step, LoopStep):
            return self._loop_value(step, frozenset())
        if isinstance(step, JoinStep) and not isinstance(step.by, AgentJoin):
            return self._arrived(node, frozenset())
        return self._value_at(node, frozenset())

    def noted(self, name: str) -> Any:
        """What `steps` holds of an agent or step that has run."""
        if isinstance(self._org.step(name), ApprovalStep):
            return dict(_DECISION)
        return self._given(name, frozenset())

    def around(self, node: str, field: str) -> dict[str, Any]:
        """The variables that only some places have."""
        found: dict[str, Any] = {}
        for stage, port in _enclosing(self._tree, node):
            if port == ERROR:
                found["error"] = dict(_FAILURE)
            elif isinstance(stage.step, MapStep):
                found |= {"item": self._item(stage.step, frozenset()), "index": 0}
            elif isinstance(stage.step, LoopStep):
                found["count"] = 1
        if isinstance(self._org.step(node), LoopStep) and field.startswith("until"):
            found["count"] = 1
        return found

    def _value_at(self, node: str, seen: frozenset[str]) -> Any:
        """The value that a node gets; a join gets a list of what its branches gave."""
        arrived = self._arrived(node, seen)
        return [arrived] if isinstance(self._org.step(node), JoinStep) else arrived

    def _arrived(self, node: str, seen: frozenset[str]) -> Any:
        """What comes over the first link that does not lead around a circle; the run's input at the entry."""
        for link in self._arriving.get(node, []):
            if link.source not in seen | {node} and not self._comes_back(link):
                return self._left_by(link, seen | {node})
        return self.input

    def _left_by(self, link: FlowLink, seen: frozenset[str]) -> Any:
        step = self._org.step(link.source)
        if link.port == ERROR:
            return self._value_at(link.source, seen)
        if isinstance(step, MapStep):
            return self._item(step, seen)
        if isinstance(step, LoopStep) and link.port == "body":
            return self._arrived(link.source, seen)
        return self._given(link.source, seen)

    def _given(self, name: str, seen: frozenset[str]) -> Any:
        agent = self._org.agent(name)
        if agent is not None:
            return TEXT if agent.output_schema is None else sample_of(agent.output_schema)
        step = self._org.step(name)
        return None if step is None else self._step_gives(step, seen)

    def _step_gives(self, step: Step, seen: frozenset[str]) -> Any:
        match step:
            case TransformStep() if step.expression:
                return self._evaluated(step.expression, step.name, seen)
            case JoinStep(by=AgentJoin() as by):
                return self._given(by.agent, seen) if self._org.agent(by.agent) else TEXT
            case JoinStep(by=ConcatenateJoin()):
                return TEXT
            case JoinStep(by=ListJoin()):
                return [self._arrived(step.name, seen)]
            case LoopStep():
                return self._loop_value(step, seen)
            case _:
                return self._arrived(step.name, seen)

    def _loop_value(self, loop: LoopStep, seen: frozenset[str]) -> Any:
        """What a round gave; what the loop got as long as it has no body."""
        for link in self._arriving.get(loop.name, []):
            if link.source not in seen and self._comes_back(link):
                return self._left_by(link, seen | {loop.name})
        return self._arrived(loop.name, seen)

    def _comes_back(self, link: FlowLink) -> bool:
        """Whether the link leads from the body of a loop back to it."""
        if not isinstance(self._org.step(link.target), LoopStep):
            return False
        return any(stage.name == link.target for stage, _ in _enclosing(self._tree, link.source))

    def _item(self, step: MapStep, seen: frozenset[str]) -> Any:
        items = self._evaluated(step.items, step.name, seen)
        return items[0] if isinstance(items, list) and items else TEXT

    def _evaluated(self, expression: str, node: str, seen: frozenset[str]) -> Any:
        variables = {"input": self.input, "output": self._value_at(node, seen), "state": dict(self._org.state)}
        try:
            return evaluate(expression, variables | {"steps": {}})
        except ExpressionError:
            return TEXT

    def _in_circle(self, node: str) -> bool:
        edges = [(link.source, link.target) for link in self._org.flows()]
        after = [target for source, target in edges if source == node]
        return node in reachable(after, edges)


def _enclosing(block: Block, node: str) -> list[tuple[Stage, str]]:
    """The stages around a node from the outside in, each with the port that the node is behind."""
    for stage in block:
        if stage.name == node:
            return []
        inner = [*stage.blocks.items(), *(("branch", branch) for branch in stage.branches)]
        if stage.on_error is not None:
            inner.append((ERROR, stage.on_error))
        for port, each in inner:
            if _holds(each, node):
                return [(stage, port), *_enclosing(each, node)]
    return []


def _holds(block: Block, node: str) -> bool:
    return any(
        stage.name == node
        or any(_holds(inner, node) for inner in (*stage.blocks.values(), *stage.branches, stage.on_error or ()))
        for stage in block
    )
