"""What each module, class and function binds: assignments, definitions, imports, and what is added to lists."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Happening = Literal["set", "part", "each", "define", "import", "add", "extend", "attribute", "item", "unknown"]
_ADDING: dict[str, Happening] = {"append": "add", "add": "add", "extend": "extend", "update": "extend"}
_MAX_DEPTH = 150
SHOWN_SOURCE = 4000
"""How much of an expression is kept where it cannot be read."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """Something that happens to a name or an attribute."""

    kind: Happening
    node: ast.AST
    value: ast.expr | None = None
    target: ast.expr | None = None
    """Of an attribute: the object before the dot. Of an item: its key."""
    name: str = ""
    """The attribute, or what an import names: `module:name`."""
    index: int = 0
    """Of a part: its place."""

    @property
    def position(self) -> tuple[int, int]:
        return getattr(self.node, "lineno", 0), getattr(self.node, "col_offset", 0)


@dataclass(eq=False, slots=True)
class Scope:
    """A module, a class or a function, with what it binds."""

    module: Module
    node: ast.Module | ast.ClassDef | Definition | ast.Lambda
    parent: Scope | None
    events: dict[str, list[Event]] = field(default_factory=dict)
    """What happens to each name, in the order of the text."""
    attributes: list[Event] = field(default_factory=list)
    """What happens to attributes: `agent.handoffs = […]`, `self.tools.append(…)`."""
    calls: list[ast.Call] = field(default_factory=list)
    """The calls in it, without those of inner scopes."""
    inner: dict[int, Scope] = field(default_factory=dict)
    """Scopes of the classes and functions in it, by the id of their node."""


@dataclass(eq=False, slots=True)
class Module:
    """One Python file."""

    path: str
    name: str
    """As it is imported, such as `shop.agents`."""
    text: str
    tree: ast.Module
    lines: list[bytes]
    scope: Scope = field(init=False)

    def where(self, node: ast.AST) -> str:
        """`file:line` of a node."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"

    def source(self, node: ast.AST) -> str:
        """The text of an expression or statement, as it is written; long ones are cut."""
        first, last = getattr(node, "lineno", 1) - 1, getattr(node, "end_lineno", 1) - 1
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
        rows = self.lines[first : last + 1]
        if not rows:
            return ""
        rows = [*rows[:-1], rows[-1][:end]] if len(rows) > 1 else [rows[0][:end]]
        rows[0] = rows[0][start:]
        text = b"\n".join(rows).decode("utf-8", errors="replace")
        return text if len(text) <= SHOWN_SOURCE else f"{text[:SHOWN_SOURCE]}…"


def collect(module: Module) -> Scope:
    """The scope of a module, with all inner ones."""
    scope = Scope(module, module.tree, None)
    _Collector(scope).statements(module.tree.body)
    return scope


class _Collector:
    """Walks the statements of one scope."""

    def __init__(self, scope: Scope, depth: int = 0) -> None:
        self._scope = scope
        self._depth = depth

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._definition(node)
            case ast.Import(names=names):
                for alias in names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    self._bind(bound, Event("import", node, name=alias.name if alias.asname else bound))
            case ast.ImportFrom():
                self._import_from(node)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value, node)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self._assign(target, value, node)
            case ast.AugAssign(target=target, op=ast.Add(), value=value):
                self._extend(target, value, node, "extend")
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=attr), args=[*_, last])):
                if attr in _ADDING or attr == "insert":
                    self._extend(owner, last, node, _ADDING.get(attr, "add"))
            case ast.For(target=target, iter=each) | ast.AsyncFor(target=target, iter=each):
                self._loop_target(target, each, node)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, item.context_expr, node)
            case _:
                pass
        self._inside(node)

    def _inside(self, node: ast.stmt) -> None:
        """The expressions of a statement, and the statements in it."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._statement(child)
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                self._expressions([each for each in ast.iter_child_nodes(child) if isinstance(each, ast.expr)])
                self.statements(child.body)
            else:
                self._expressions([child])

    def _expressions(self, nodes: list[ast.AST] | list[ast.expr]) -> None:
        for top in nodes:
            for node in _within(top):
                if isinstance(node, ast.Call):
                    self._scope.calls.append(node)
                elif isinstance(node, ast.NamedExpr):
                    self._assign(node.target, node.value, node)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._bind(node.name, Event("define", node))
        outer: list[ast.expr] = list(node.decorator_list)
        if isinstance(node, ast.ClassDef):
            outer += [*node.bases, *(keyword.value for keyword in node.keywords)]
        else:
            outer += [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]
        self._expressions(outer)
        inner = Scope(self._scope.module, node, self._scope)
        self._scope.inner[id(node)] = inner
        if self._depth < _MAX_DEPTH:
            _Collector(inner, self._depth + 1).statements(node.body)

    def _import_from(self, node: ast.ImportFrom) -> None:
        origin = "." * node.level + (node.module or "")
        for alias in node.names:
            self._bind(alias.asname or alias.name, Event("import", node, name=f"{origin}:{alias.name}"))

    def _assign(self, target: ast.expr, value: ast.expr, node: ast.AST) -> None:
        match target:
            case ast.Name(id=name):
                self._bind(name, Event("set", node, value))
            case ast.Attribute(value=owner, attr=attr):
                self._scope.attributes.append(Event("set", node, value, owner, attr))
            case ast.Subscript(value=ast.Name(id=name), slice=key):
                self._bind(name, Event("item", node, value, key))
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for number, part in enumerate(parts):
                    if isinstance(part, ast.Name):
                        self._bind(part.id, Event("part", node, value, index=number))
            case _:
                pass

    def _extend(self, owner: ast.expr, value: ast.expr, node: ast.AST, kind: Happening) -> None:
        match owner:
            case ast.Name(id=name):
                self._bind(name, Event(kind, node, value))
            case ast.Attribute(value=target, attr=attr):
                self._scope.attributes.append(Event(kind, node, value, target, attr))
            case _:
                pass

    def _loop_target(self, target: ast.expr, each: ast.expr, node: ast.AST) -> None:
        names = [name for name in ast.walk(target) if isinstance(name, ast.Name)]
        for name in names:
            self._bind(name.id, Event("each", node, each, index=0 if isinstance(target, ast.Name) else -1))

    def _bind(self, name: str, event: Event) -> None:
        self._scope.events.setdefault(name, []).append(event)


def _within(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of an expression in the order of the text; without recursion, as they may be nested deeply."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(list(ast.iter_child_nodes(current))))
