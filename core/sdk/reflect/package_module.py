"""One module of a package that the studio wrote: its statements, values and comments."""

from __future__ import annotations

import ast
import io
import json
import tokenize
from collections.abc import Iterator
from typing import Any

from core.sdk.reflect.evaluate import Evaluator
from core.sdk.reflect.report import Report
from core.sdk.reflect.scopes import Module
from core.sdk.reflect.values import plain, text_of


class UnreadableError(Exception):
    """A value of the code that is none of the spec."""

    def __init__(self, node: ast.AST) -> None:
        super().__init__()
        self.node = node


class PackageModule:
    """A parsed module."""

    def __init__(self, module: Module, evaluator: Evaluator, report: Report) -> None:
        self.module = module
        self.report = report
        self._evaluator = evaluator
        self._comments = dict(_comments(module.text))
        self.imports = dict(_imports(module.tree))
        """Full names of what is imported, by the name here."""

    def where(self, node: ast.AST) -> str:
        return self.module.where(node)

    def left(self, node: ast.AST, note: str = "") -> None:
        """Say that a piece of code was left out."""
        source = " ".join(self.module.source(node).split())
        self.report.not_carried(f"code `{source[:120]}{'…' if len(source) > 120 else ''}`", self.where(node), note)

    def value(self, node: ast.expr) -> Any:
        """The JSON data that an expression is. Raises UnreadableError."""
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            known = self._evaluator.value(node, self._evaluator.frame(self.module.scope))
        text = text_of(known)
        if text is not None:
            return text
        try:
            return plain(known)
        except ValueError as error:
            raise UnreadableError(node) from error

    def assignments(self) -> Iterator[tuple[str, ast.expr]]:
        """The values that the module gives to names, in their order."""
        for statement in self.module.tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    yield name, value
                case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                    yield name, value
                case _:
                    continue

    def remarks(self, line: int) -> dict[str, str]:
        """The comments directly above a line: `key: original` by key."""
        found: dict[str, str] = {}
        at = line - 1
        while at in self._comments:
            key, colon, original = self._comments[at].partition(":")
            text = original.removeprefix(" ")
            if text.startswith('"'):
                try:
                    text = str(json.loads(text))
                except ValueError:
                    colon = ""
            if colon:
                found.setdefault(key, text)
            at -= 1
        return found

    def keys(self, line: int) -> list[str]:
        """The first words of the comments above a line, from top to bottom."""
        found: list[str] = []
        at = line - 1
        while at in self._comments:
            found.insert(0, self._comments[at].partition(":")[0])
            at -= 1
        return found


def called(node: ast.expr | None) -> str:
    """What a call calls, by its last name: `Agent` of `Agent[Any](…)`; empty when it is no call."""
    if isinstance(node, ast.Await):
        node = node.value
    if not isinstance(node, ast.Call):
        return ""
    function = node.func.value if isinstance(node.func, ast.Subscript) else node.func
    return last_name(function)


def last_name(node: ast.expr) -> str:
    """`billing` of `agents.billing`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def keywords(node: ast.expr) -> dict[str, ast.expr]:
    """The arguments of a call that have names."""
    call = node.value if isinstance(node, ast.Await) else node
    return {each.arg: each.value for each in call.keywords if each.arg} if isinstance(call, ast.Call) else {}


def arguments(node: ast.expr) -> list[ast.expr]:
    """The arguments of a call that have no names."""
    call = node.value if isinstance(node, ast.Await) else node
    return list(call.args) if isinstance(call, ast.Call) else []


def items(node: ast.expr | None) -> list[ast.expr]:
    """The items of a list in the code."""
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else []


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Lines that hold nothing but a comment, with its text."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip() == "":
                yield token.start[0], token.string.removeprefix("#").removeprefix(" ")
    except (tokenize.TokenError, SyntaxError):
        return


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for statement in tree.body:
        match statement:
            case ast.Import(names=names):
                for alias in names:
                    yield alias.asname or alias.name, alias.name
            case ast.ImportFrom(module=str() as module, names=names):
                for alias in names:
                    yield alias.asname or alias.name, f"{module}.{alias.name}"
            case _:
                continue
