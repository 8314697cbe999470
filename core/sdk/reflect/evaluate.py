"""What expressions are, as far as the text tells: constants, lists, agents; the rest stays as it is written."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Protocol

from core.sdk.reflect.handoff_prompt import handoff_prompt
from core.sdk.reflect.project import Project
from core.sdk.reflect.scopes import Event, Module, Scope
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
MAX_TEXT = 200_000
MAX_ITEMS = 2000
MAX_RUNS = 40
"""How many calls with different arguments one function is looked into for."""
_NO_NODE = ast.Pass()


class CallReader(Protocol):
    """What a call gives."""

    def __call__(self, evaluator: Evaluator, call: ast.Call, frame: Frame, /) -> Value: ...


class AttributeReader(Protocol):
    """What an attribute of an object is, or None."""

    def __call__(
        self, evaluator: Evaluator, owner: Value, name: str, node: ast.expr, frame: Frame, /
    ) -> Value | None: ...


class Evaluator:
    """Evaluates expressions of a project; answers are kept, so that one call is one object."""

    def __init__(self, project: Project, *, calls: CallReader, attributes: AttributeReader) -> None:
        self.project = project
        self._call_value = calls
        self._object_attribute = attributes
        self._known: dict[tuple[int, int], Value] = {}
        self._frames: dict[int, Frame] = {}
        self._new_runs: list[Frame] = []
        self._busy: set[tuple[int, int]] = set()
        self._asked: set[tuple[int, str]] = set()
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
        parts = [part if isinstance(part, Text) else _text_constant(part) for part in (left, right)]
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

    # -- names ----------------------------------------------------------------------------------

    def lookup(self, name: str, frame: Frame, use: ast.AST) -> Value | None:
        """What a name is at its use, or None when nothing in the files binds it."""
        here: Frame | None = frame
        while here is not None:
            skipped = here is not frame and isinstance(here.scope.node, ast.ClassDef)
            if name in here.arguments:
                return here.arguments[name]
            events = here.scope.events.get(name)
            if events and not skipped:
                return self._bound(events, here, use if here is frame else _NO_NODE)
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
        first, second = (_text_constant(part) if isinstance(part, Const) else part for part in (text, more))
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
            found = self.lookup(name, self.frame(module.scope), _NO_NODE)
        finally:
            self._asked.discard(asked)
        return found if found is not None else External(f"{module.name}.{name}")

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


def _absolute(name: str, near: Module) -> str:
    """A relative name (`.tools`) as seen from a module, in full."""
    dots = len(name) - len(name.lstrip("."))
    if not dots:
        return name
    parts = near.name.split(".")
    is_package = near.path.endswith("__init__.py")
    base = parts[: len(parts) - dots + (1 if is_package else 0)] if dots <= len(parts) else []
    return ".".join([*base, *filter(None, [name[dots:]])]) or name


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


def _text_constant(value: Value) -> Text | None:
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
