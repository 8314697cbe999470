"""What names are bound to: assignments, definitions and imports, with what is added to lists later."""

from __future__ import annotations

import ast
import builtins
from abc import ABC, abstractmethod

from core.sdk.reflect.project import Project
from core.sdk.reflect.scopes import Event, Module, Scope
from core.sdk.reflect.values import (
    Class,
    Const,
    External,
    Frame,
    Function,
    Items,
    Mapping,
    ModuleValue,
    Opaque,
    Text,
    Value,
)

MAX_TEXT = 200_000
NO_NODE = ast.Pass()


class Bindings(ABC):
    """Looks names up in the scopes of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._asked: set[tuple[int, str]] = set()

    @abstractmethod
    def value(self, node: ast.expr, frame: Frame) -> Value:
        """What an expression is."""

    @abstractmethod
    def opaque(self, node: ast.AST, frame: Frame) -> Opaque:
        """An expression as it is written."""

    @abstractmethod
    def frame(self, scope: Scope) -> Frame:
        """The run through a scope of which nothing is known: no arguments."""

    def lookup(self, name: str, frame: Frame, use: ast.AST) -> Value | None:
        """What a name is at its use, or None when nothing in the files binds it."""
        here: Frame | None = frame
        while here is not None:
            skipped = here is not frame and isinstance(here.scope.node, ast.ClassDef)
            if name in here.arguments:
                return here.arguments[name]
            events = here.scope.events.get(name)
            if events and not skipped:
                return self._bound(events, here, use if here is frame else NO_NODE)
            here = here.parent
        return self._starred_or_builtin(name, frame)

    def _starred_or_builtin(self, name: str, frame: Frame) -> Value | None:
        module_frame = self.frame(frame.module.scope)
        for event in module_frame.scope.events.get("*", []):
            origin = event.name.rpartition(":")[0]
            found = self.module_value(origin, frame.module)
            if isinstance(found, ModuleValue) and name in found.module.scope.events:
                return self.member(found.module, name)
            if isinstance(found, External) and found.name.partition(".")[0] == "agents" and name[:1].isupper():
                return External(f"agents.{name}")
        return External(f"builtins.{name}") if hasattr(builtins, name) else None

    def _bound(self, events: list[Event], frame: Frame, use: ast.AST) -> Value:
        """The value after the last binding before the use, with what is added to it later."""
        at = (getattr(use, "lineno", 1 << 30), getattr(use, "col_offset", 0))
        binding = {"set", "part", "each", "define", "import"}
        starts = [number for number, event in enumerate(events) if event.kind in binding]
        if not starts:
            return self.opaque(events[0].value or events[0].node, frame)
        before = [number for number in starts if events[number].position < at]
        first = before[-1] if before else starts[0]
        if len(before) > 1 and events[first].value is not None and _names_itself(events[first], use):
            first = before[-2]
        value = self._event_value(events[first], frame)
        for event in events[first + 1 :]:
            if event.kind in binding:
                break
            value = self.changed(value, event, frame)
        return value

    def _event_value(self, event: Event, frame: Frame) -> Value:
        match event.kind:
            case "set" if event.value is not None:
                return self.value(event.value, frame)
            case "part" if event.value is not None:
                whole = self.value(event.value, frame)
                if isinstance(whole, Items) and event.index < len(whole.items) and not whole.unknown:
                    return whole.items[event.index]
            case "define":
                node = event.node
                if isinstance(node, ast.ClassDef):
                    return Class(node, frame)
                assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                return Function(node, frame)
            case "import":
                return self._imported(event, frame)
            case _:
                pass
        return self.opaque(event.value or event.node, frame)

    def changed(self, value: Value, event: Event, frame: Frame) -> Value:
        """A list or dictionary after something was added to it."""
        if event.value is None:
            return value
        if isinstance(value, Items) and event.kind == "add":
            return Items((*value.items, self.value(event.value, frame)), value.unknown)
        if isinstance(value, Items) and event.kind == "extend":
            more = self.value(event.value, frame)
            if isinstance(more, Items):
                return Items((*value.items, *more.items), (*value.unknown, *more.unknown))
            return Items(value.items, (*value.unknown, self.opaque(event.value, frame)))
        if isinstance(value, Mapping) and event.kind == "extend":
            more = self.value(event.value, frame)
            if isinstance(more, Mapping):
                return Mapping((*value.pairs, *more.pairs), (*value.unknown, *more.unknown))
        if isinstance(value, Mapping) and event.kind == "item" and event.target is not None:
            pair = (self.value(event.target, frame), self.value(event.value, frame))
            return Mapping((*value.pairs, pair), value.unknown)
        if isinstance(value, Const | Text) and event.kind == "extend":
            return self._longer_text(value, self.value(event.value, frame), event, frame)
        return value

    def _longer_text(self, text: Const | Text, more: Value, event: Event, frame: Frame) -> Value:
        first, second = (text_constant(part) if isinstance(part, Const) else part for part in (text, more))
        if isinstance(first, Text) and isinstance(second, Text) and len(first.text + second.text) <= MAX_TEXT:
            holes = (*first.holes, *second.holes)
            return Text(first.text + second.text, holes) if holes else Const(first.text + second.text)
        return text

    def _imported(self, event: Event, frame: Frame) -> Value:
        if isinstance(event.node, ast.Import):
            return self.module_value(event.name, frame.module)
        origin, _, name = event.name.rpartition(":")
        found = self.module_value(origin, frame.module)
        if isinstance(found, ModuleValue):
            inner = self.module_value(f"{found.module.name}.{name}", frame.module)
            return inner if isinstance(inner, ModuleValue) else self.member(found.module, name)
        assert isinstance(found, External)
        inner = self.module_value(f"{origin}.{name}" if origin.strip(".") else f"{origin}{name}", frame.module)
        return inner if isinstance(inner, ModuleValue) else External(f"{found.name}.{name}")

    def module_value(self, name: str, near: Module) -> ModuleValue | External:
        """The module that an import names: one of the files, or something outside."""
        absolute = _absolute(name, near)
        found = self.project.module(absolute, near=near)
        return ModuleValue(found) if found is not None else External(absolute)

    def member(self, module: Module, name: str) -> Value:
        """What a name of a module is after the module has run."""
        asked = (id(module), name)
        if asked in self._asked:
            return External(f"{module.name}.{name}")  # modules that import it from each other
        self._asked.add(asked)
        try:
            found = self.lookup(name, self.frame(module.scope), NO_NODE)
        finally:
            self._asked.discard(asked)
        return found if found is not None else External(f"{module.name}.{name}")


def _absolute(name: str, near: Module) -> str:
    """A relative name (`.tools`) as seen from a module, in full."""
    dots = len(name) - len(name.lstrip("."))
    if not dots:
        return name
    parts = near.name.split(".")
    is_package = near.path.endswith("__init__.py")
    base = parts[: len(parts) - dots + (1 if is_package else 0)] if dots <= len(parts) else []
    return ".".join([*base, *filter(None, [name[dots:]])]) or name


def text_constant(value: Value) -> Text | None:
    """A constant text."""
    match value:
        case Const(value=str() as text):
            return Text(text, ())
        case _:
            return None


def _names_itself(event: Event, use: ast.AST) -> bool:
    """Whether the use is in the very expression that binds the name anew: `tools = tools + […]`."""
    value = event.value
    if value is None or not hasattr(use, "lineno"):
        return False
    start = (value.lineno, value.col_offset)
    end = (value.end_lineno or value.lineno, value.end_col_offset or 0)
    return start <= (use.lineno, getattr(use, "col_offset", 0)) < end
