"""What a run in the code is given: the messages so far, and texts of its own."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from core.sdk.reflect.meanings import Given, History, as_cel, hole
from core.sdk.reflect.python_cel import Translator


@dataclass(slots=True)
class RunInput:
    """The input of one run."""

    sees_conversation: bool = False
    start: str = ""
    """What the conversation began with, a template."""
    texts: list[str] = field(default_factory=list)
    """Templates of further messages."""
    unknown: list[str] = field(default_factory=list)
    """Parts of the code that are not known."""
    roles: set[str] = field(default_factory=set)
    """Roles other than the user's."""


def read_input(node: ast.expr, translator: Translator, source: Callable[[ast.AST], str]) -> RunInput:
    """The input that an expression gives to a run."""
    found = RunInput()
    _Reader(found, translator, source).add(node)
    return found


class _Reader:
    def __init__(self, found: RunInput, translator: Translator, source: Callable[[ast.AST], str]) -> None:
        self._found = found
        self._translator = translator
        self._source = source

    def add(self, node: ast.expr) -> None:
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                for part in parts:
                    self.add(part)
            case ast.Starred(value=inner) | ast.Await(value=inner):
                self.add(inner)
            case ast.Dict():
                self._message(node)
            case ast.BinOp(op=ast.Add(), left=left, right=right) if not _is_text(node):
                self.add(left)
                self.add(right)
            case _:
                self._other(node)

    def _other(self, node: ast.expr) -> None:
        meaning = self._translator.meaning(node)
        match meaning:
            case History(start=start):
                self._found.sees_conversation = True
                self._found.start = start
            case Given():
                self._found.texts.append(hole("input"))
            case _ if as_cel(meaning) is None and isinstance(node, ast.Name | ast.Call):
                self._found.unknown.append(self._source(node))
            case _:
                self._text(node)

    def _message(self, node: ast.Dict) -> None:
        fields = {
            key.value: value
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        }
        role = fields.get("role")
        if isinstance(role, ast.Constant) and role.value != "user":
            self._found.roles.add(str(role.value))
        content = fields.get("content") or fields.get("text")
        parts = content.elts if isinstance(content, ast.List) else [content] if content is not None else []
        for part in parts:
            if isinstance(part, ast.Dict) and "text" not in {
                key.value for key in part.keys if isinstance(key, ast.Constant)
            }:
                self._found.unknown.append(self._source(part))
            elif isinstance(part, ast.Dict):
                self._message(part)
            else:
                self._text(part)

    def _text(self, node: ast.expr) -> None:
        text, unknown = self._translator.template(node)
        self._found.texts.append(text)
        self._found.unknown += unknown


def _is_text(node: ast.BinOp) -> bool:
    """Whether a sum is one of texts, not of lists of messages."""
    return any(isinstance(each, ast.Constant | ast.JoinedStr) for each in (node.left, node.right))
