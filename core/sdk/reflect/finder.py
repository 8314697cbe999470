"""Finds the agents, tools and runs in the files, through functions that make them and lists that are built up."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.sdk.reflect.calls import evaluator_of, sdk_name
from core.sdk.reflect.evaluate import Evaluator, scopes
from core.sdk.reflect.objects import given
from core.sdk.reflect.project import Project
from core.sdk.reflect.report import Report
from core.sdk.reflect.scopes import Event
from core.sdk.reflect.sources import SourceFile
from core.sdk.reflect.values import (
    Class,
    Const,
    External,
    Frame,
    Function,
    Items,
    Made,
    Mapping,
    Opaque,
    Text,
    Value,
    Variable,
)

AGENT_MAKERS = {"agents.Agent", "agents.SandboxAgent", "agents.RealtimeAgent"}
RUN_MAKERS = {f"agents.Runner.{verb}" for verb in ("run", "run_sync", "run_streamed")} | {"agents.RealtimeRunner"}
_MAX_FRAMES = 6000


@dataclass(eq=False, slots=True)
class FoundAgent:
    """One agent of the files."""

    made: Made
    changes: list[tuple[Event, Frame]] = field(default_factory=list)
    """What happens to its fields after it is made."""

    @property
    def where(self) -> str:
        return self.made.frame.module.where(self.made.call)

    @property
    def kind(self) -> str:
        """`Agent`, or the SDK's name of its special kind."""
        return sdk_name(self.made.maker).split(".")[1]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One `Runner.run(…)`."""

    call: ast.Call
    frame: Frame

    @property
    def where(self) -> str:
        return self.frame.module.where(self.call)


class Finder:
    """What is in the files."""

    def __init__(self, files: Sequence[SourceFile], report: Report) -> None:
        self.report = report
        self.project = Project(files, report)
        self.evaluator: Evaluator = evaluator_of(self.project)
        self.agents: list[FoundAgent] = []
        self.runs: list[Run] = []
        self.tools: list[Function] = []
        """Functions that are decorated as tools."""
        self._by_key: dict[tuple[int, int], FoundAgent] = {}
        self._by_look: dict[object, FoundAgent] = {}
        frames = list(self._frames())
        for frame in frames:
            self._search(frame)
        for frame in frames:
            self._changes(frame)
        self._decorated()

    def agent(self, value: Value | None) -> FoundAgent | None:
        """The agent that a value is."""
        return self._by_key.get(value.key) if isinstance(value, Made) else None

    def field(self, found: FoundAgent, name: str) -> Value | None:
        """What a field of an agent is in the end; None when nothing sets it."""
        value = self._given(found.made, name)
        for event, frame in found.changes:
            if event.name != name or event.value is None:
                continue
            if event.kind == "set":
                value = self.evaluator.value(event.value, frame)
            else:
                value = self.evaluator.changed(value or Items(()), event, frame)
        return value

    def field_node(self, found: FoundAgent, name: str) -> tuple[ast.expr, Frame] | None:
        """The expression that gives a field its last value, and where it stands."""
        for event, frame in reversed(found.changes):
            if event.name == name and event.kind == "set" and event.value is not None:
                return event.value, frame
        made: Value | None = found.made
        while isinstance(made, Made):
            node = next((keyword.value for keyword in made.call.keywords if keyword.arg == name), None)
            if node is not None:
                return node, made.frame
            made = made.receiver
        return None

    def option(self, made: Made, name: str, place: int | None = None) -> Value | None:
        """What a call was given under a name, or at a place."""
        found = given(self.evaluator, made, name)
        if found is None and place is not None and place < len(made.call.args):
            found = self.evaluator.value(made.call.args[place], made.frame)
        return found

    def _given(self, made: Made, name: str) -> Value | None:
        found = given(self.evaluator, made, name)
        if found is None and made.maker.endswith(".clone") and isinstance(made.receiver, Made):
            return self._given(made.receiver, name)
        return found

    # -- the walk -------------------------------------------------------------------------------

    def _frames(self) -> Iterator[Frame]:
        """Runs through all scopes: those of calls with their arguments, and of what nobody calls."""
        everything = list(scopes(self.project))
        functions = [
            scope for scope in everything if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        inside = {id(scope) for scope in functions}
        waiting = [self.evaluator.frame(scope) for scope in everything if id(scope) not in inside]
        seen: set[int] = set()
        called = {_called_name(call) for scope in everything for call in scope.calls}
        # Those that others call come last: by then the calls have told their arguments.
        uncalled = iter(sorted(functions, key=lambda scope: getattr(scope.node, "name", "") in called))
        while len(seen) < _MAX_FRAMES:
            if not waiting:
                scope = next(uncalled, None)
                if scope is None:
                    break
                if not self.evaluator.runs.get(id(scope)):
                    waiting.append(self.evaluator.frame(scope))
                continue
            frame = waiting.pop(0)
            if id(frame) in seen:
                continue
            seen.add(id(frame))
            for call in frame.scope.calls:
                self.evaluator.value(call, frame)
            waiting += self.evaluator.new_runs()
            yield frame

    def _search(self, frame: Frame) -> None:
        for call in frame.scope.calls:
            value = self.evaluator.value(call, frame)
            if not isinstance(value, Made) or value.call is not call:
                continue
            if is_agent(value):
                self._add_agent(value)
            elif value.maker in RUN_MAKERS:
                self.runs.append(Run(call, frame))

    def _add_agent(self, made: Made) -> None:
        if made.key in self._by_key:
            return
        # Calls of a factory with other arguments make the same agent when none of them tells on it.
        look = (id(made.call), *(self._look(made, keyword.arg) for keyword in made.call.keywords))
        found = self._by_look.get(look)
        if found is None:
            found = FoundAgent(made)
            self._by_look[look] = found
            self.agents.append(found)
        self._by_key[made.key] = found

    def _look(self, made: Made, name: str | None) -> object:
        return (name, look(given(self.evaluator, made, name))) if name else None

    def _changes(self, frame: Frame) -> None:
        for event in frame.scope.attributes:
            if event.target is None:
                continue
            found = self.agent(self.evaluator.value(event.target, frame))
            if found is not None and all(event is not other for other, _ in found.changes):
                found.changes.append((event, frame))

    def _decorated(self) -> None:
        for scope in scopes(self.project):
            node = scope.node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and scope.parent is not None:
                function = Function(node, self.evaluator.frame(scope.parent))
                if tool_decorator(self.evaluator, function) is not None:
                    self.tools.append(function)


def is_agent(made: Made) -> bool:
    """Whether a call makes an agent."""
    if made.maker.endswith(".clone") and isinstance(made.receiver, Made):
        return is_agent(made.receiver)
    return sdk_name(made.maker) in AGENT_MAKERS or any(sdk_name(base) in AGENT_MAKERS for base in made.bases)


def decorators(evaluator: Evaluator, function: Function) -> Iterator[tuple[str, Made | None]]:
    """The SDK's decorators of a function: their names, and the call when they are given options."""
    for node in function.node.decorator_list:
        value = evaluator.value(node, function.frame)
        match value:
            case External(name=name):
                yield sdk_name(name), None
            case Made(maker=maker):
                yield maker, value
            case Opaque() if isinstance(node, ast.Name) and node.id == "function_tool":
                yield "agents.function_tool", None
            case _:
                continue


def tool_decorator(evaluator: Evaluator, function: Function) -> tuple[str, Made | None] | None:
    """The decorator that makes a function a tool."""
    names = {"agents.function_tool", "agents.tool"}
    return next((found for found in decorators(evaluator, function) if found[0] in names), None)


def look(value: Value | None, depth: int = 0) -> object:
    """Equal for values that would make equal agents."""
    match value:
        case Const(value=scalar):
            return type(scalar).__name__, scalar
        case Made(call=call):
            return id(call)
        case Items(items=items) if depth < 5:
            return tuple(look(item, depth + 1) for item in items)
        case Mapping(pairs=pairs) if depth < 5:
            return tuple((look(key, depth + 1), look(each, depth + 1)) for key, each in pairs)
        case Text() | Opaque() | External() | Variable() | None:
            return value
        case Function(node=node) | Class(node=node):
            return id(node)
        case _:
            return type(value).__name__


def _called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
