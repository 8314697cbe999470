"""What expressions are, as far as the text tells: constants, lists, agents; the rest stays as it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Protocol

from core.sdk.reflect.bindings import MAX_TEXT as MAX_TEXT
from core.sdk.reflect.bindings import Bindings, text_constant
from core.sdk.reflect.handoff_prompt import handoff_prompt
from core.sdk.reflect.project import Project
from core.sdk.reflect.scopes import Scope
from core.sdk.reflect.values import (
    Class,
    Const,
    External,
    Frame,
    Function,
    Items,
    Made,
    Mapping,
    ModuleValue,
    Opaque,
    Text,
    Value,
    Variable,
)

MAX_DEPTH = 60
MAX_ITEMS = 2000
MAX_RUNS = 40
"""How many calls with different arguments one function is looked into for."""


class CallReader(Protocol):
    """What a call gives."""

    def __call__(self, evaluator: Evaluator, call: ast.Call, frame: Frame, /) -> Value: ...


class AttributeReader(Protocol):
    """What an attribute of an object is, or None."""

    def __call__(
        self, evaluator: Evaluator, owner: Value, name: str, node: ast.expr, frame: Frame, /
    ) -> Value | None: ...


class Evaluator(Bindings):
    """Evaluates expressions of a project; answers are kept, so that one call is one object."""

    def __init__(self, project: Project, *, calls: CallReader, attributes: AttributeReader) -> None:
        super().__init__(project)
        self._call_value = calls
        self._object_attribute = attributes
        self._known: dict[tuple[int, int], Value] = {}
        self._frames: dict[int, Frame] = {}
        self._new_runs: list[Frame] = []
        self._busy: set[tuple[int, int]] = set()
        self._depth = 0
        self.runs: dict[int, dict[object, Frame]] = {}
        """Runs through functions by the id of their scope, each under its arguments."""
        # Nodes and frames are told apart by their ids, so none may be thrown away while these are kept.
        self._kept: list[object] = []

    # -- frames ---------------------------------------------------------------------------------

    def frame(self, scope: Scope) -> Frame:
        """The run through a scope of which nothing is known: no arguments."""
        found = self._frames.get(id(scope))
        if found is None:
            parent = self.frame(scope.parent) if scope.parent else None
            found = self._frames[id(scope)] = Frame(scope, parent=parent)
        return found

    def run(self, scope: Scope, outer: Frame, arguments: dict[str, Value]) -> Frame | None:
        """The run through a function with these arguments; calls with equal ones share it. None when there are too
        many different ones."""
        runs = self.runs.setdefault(id(scope), {})
        key = tuple((name, _signature(value)) for name, value in sorted(arguments.items()))
        found = runs.get(key)
        if found is None and len(runs) < MAX_RUNS:
            found = runs[key] = Frame(scope, arguments, outer)
            self._new_runs.append(found)
        return found

    def new_runs(self) -> list[Frame]:
        """The runs through functions that were found since this was asked last."""
        found, self._new_runs = self._new_runs, []
        return found

    # -- expressions ----------------------------------------------------------------------------

    def value(self, node: ast.expr, frame: Frame) -> Value:
        """What an expression is."""
        key = (id(node), id(frame))
        found = self._known.get(key)
        if found is not None:
            return found
        if key in self._busy or self._depth > MAX_DEPTH:
            return self.opaque(node, frame)
        self._busy.add(key)
        self._depth += 1
        try:
            found = self._value(node, frame)
        finally:
            self._busy.discard(key)
            self._depth -= 1
        if isinstance(found, External) and found.name.endswith(".RECOMMENDED_PROMPT_PREFIX"):
            found = Const(handoff_prompt())
        self._kept.append((node, frame))
        self._known[key] = found
        return found

    def opaque(self, node: ast.AST, frame: Frame) -> Opaque:
        """An expression as it is written."""
        return Opaque(frame.module.source(node), frame.module.where(node))

    def _value(self, node: ast.expr, frame: Frame) -> Value:
        match node:
            case ast.Constant(value=value):
                return self._constant(value, node, frame)
            case ast.Name(id=name):
                return self.lookup(name, frame, node) or self.opaque(node, frame)
            case ast.Attribute():
                return self.attribute(self.value(node.value, frame), node.attr, node, frame)
            case ast.Call():
                return self._call_value(self, node, frame)
            case ast.Await(value=inner) | ast.NamedExpr(value=inner) | ast.Starred(value=inner):
                return self.value(inner, frame)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                return self._items(parts, frame)
            case ast.Dict():
                return self._mapping(node, frame)
            case ast.JoinedStr():
                return self._joined(node, frame)
            case ast.BinOp():
                return self._operation(node, frame)
            case ast.BoolOp(op=ast.Or(), values=parts):
                return self._either(parts, node, frame)
            case ast.IfExp():
                # Which side it is, only running tells; the first is what the writer wrote first.
                return self.value(node.body, frame)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                number = self.value(operand, frame)
                if isinstance(number, Const) and isinstance(number.value, int | float):
                    return Const(-number.value)
                return self.opaque(node, frame)
            case ast.Subscript():
                return self._subscript(node, frame)
            case _:
                return self.opaque(node, frame)

    def _constant(self, value: object, node: ast.expr, frame: Frame) -> Value:
        if isinstance(value, str):
            # Half of a pair of surrogates has no UTF-8, so nothing could store it.
            return Const(value.encode("utf-8", errors="replace").decode("utf-8"))
        if value is None or isinstance(value, bool | int | float | bytes):
            return Const(value)
        return self.opaque(node, frame)

    def _items(self, parts: list[ast.expr], frame: Frame) -> Items:
        items: list[Value] = []
        unknown: list[Opaque] = []
        for part in parts[:MAX_ITEMS]:
            value = self.value(part, frame)
            if not isinstance(part, ast.Starred):
                items.append(value)
            elif isinstance(value, Items):
                items.extend(value.items)
                unknown.extend(value.unknown)
            else:
                unknown.append(self.opaque(part, frame))
        return Items(tuple(items), tuple(unknown))

    def _mapping(self, node: ast.Dict, frame: Frame) -> Mapping:
        pairs: list[tuple[Value, Value]] = []
        unknown: list[Opaque] = []
        for key, part in list(zip(node.keys, node.values, strict=True))[:MAX_ITEMS]:
            value = self.value(part, frame)
            if key is not None:
                pairs.append((self.value(key, frame), value))
            elif isinstance(value, Mapping):
                pairs.extend(value.pairs)
                unknown.extend(value.unknown)
            else:
                unknown.append(self.opaque(part, frame))
        return Mapping(tuple(pairs), tuple(unknown))

    def _joined(self, node: ast.JoinedStr, frame: Frame) -> Value:
        text, holes = "", []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                value = self.value(part.value, frame)
                known = _shown(value) if part.format_spec is None and part.conversion == -1 else None
                source = frame.module.source(part.value)
                text += f"{{{source}}}" if known is None else known
                holes += [source] if known is None else []
                holes += list(value.holes) if isinstance(value, Text) and known is not None else []
            elif isinstance(part, ast.Constant):
                text += str(part.value)
        text = text.encode("utf-8", errors="replace").decode("utf-8")
        if len(text) > MAX_TEXT:
            return self.opaque(node, frame)
        return Text(text, tuple(holes)) if holes else Const(text)

    def _operation(self, node: ast.BinOp, frame: Frame) -> Value:
        if not isinstance(node.op, ast.Add):
            return self.opaque(node, frame)
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        if isinstance(left, Items) and isinstance(right, Items):
            return Items((*left.items, *right.items), (*left.unknown, *right.unknown))
        if isinstance(left, Items) or isinstance(right, Items):
            known, other = (left, node.right) if isinstance(left, Items) else (right, node.left)
            assert isinstance(known, Items)
            return Items(known.items, (*known.unknown, self.opaque(other, frame)))
        return self._sum_of_texts(node, left, right, frame)

    def _sum_of_texts(self, node: ast.BinOp, left: Value, right: Value, frame: Frame) -> Value:
        parts = [part if isinstance(part, Text) else text_constant(part) for part in (left, right)]
        if not any(parts):
            return self.opaque(node, frame)
        text, holes = "", []
        for part, side in zip(parts, (node.left, node.right), strict=True):
            source = frame.module.source(side)
            text += part.text if part else f"{{{source}}}"
            holes += list(part.holes) if part else [source]
        if len(text) > MAX_TEXT:
            return self.opaque(node, frame)
        return Text(text, tuple(holes)) if holes else Const(text)

    def _either(self, parts: list[ast.expr], node: ast.expr, frame: Frame) -> Value:
        """The first of `a or b` that is true."""
        for part in parts:
            value = self.value(part, frame)
            if (isinstance(value, Variable) and value.default is None) or (
                isinstance(value, Const) and not value.value
            ):
                continue
            return value
        return self.value(parts[-1], frame) if parts else self.opaque(node, frame)

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Value:
        owner = self.value(node.value, frame)
        if isinstance(owner, External | Class):
            if owner == External("os.environ"):
                key = self.value(node.slice, frame)
                if isinstance(key, Const) and isinstance(key.value, str):
                    return Variable(key.value)
            return owner  # `Agent[Context]` is Agent
        key = self.value(node.slice, frame)
        if isinstance(owner, Mapping) and isinstance(key, Const) and isinstance(key.value, str):
            return owner.get(key.value) or self.opaque(node, frame)
        if isinstance(owner, Items) and isinstance(key, Const) and type(key.value) is int and not owner.unknown:
            number = key.value
            if -len(owner.items) <= number < len(owner.items):
                return owner.items[number]
        return self.opaque(node, frame)

    # -- attributes -----------------------------------------------------------------------------

    def attribute(self, owner: Value, name: str, node: ast.expr, frame: Frame) -> Value:
        """What `owner.name` is."""
        match owner:
            case External(name=dotted):
                return External(f"{dotted}.{name}")
            case ModuleValue(module=module):
                inner = self.project.module(f"{module.name}.{name}")
                if name not in module.scope.events and inner is not None:
                    return ModuleValue(inner)
                return self.member(module, name)
            case _:
                return self._object_attribute(self, owner, name, node, frame) or self.opaque(node, frame)


def scopes(project: Project) -> Iterator[Scope]:
    """All scopes, the outer ones first."""
    waiting = [module.scope for module in project.modules]
    while waiting:
        scope = waiting.pop(0)
        yield scope
        waiting[:0] = scope.inner.values()


def _signature(value: Value) -> object:
    """Equal for arguments that are the same."""
    match value:
        case Const(value=scalar):
            return type(scalar).__name__, scalar
        case Made():
            return value.key
        case Function(node=node) | Class(node=node):
            return id(node)
        case Items(items=items, unknown=unknown):
            return *(_signature(item) for item in items), unknown
        case Mapping(pairs=pairs, unknown=unknown):
            return *((_signature(key), _signature(each)) for key, each in pairs), unknown
        case ModuleValue(module=module):
            return id(module)
        case Text() | External() | Variable() | Opaque():
            return value


def _shown(value: Value) -> str | None:
    """A value as an f-string shows it."""
    match value:
        case Const(value=str() | int() | float() | bool() | None as scalar):
            return str(scalar) if not isinstance(scalar, int) or abs(scalar) < 10**18 else None
        case Text(text=text):
            return text
        case _:
            return None
