"""What attributes of objects are: fields that a constructor was given, and what `self` is given in a class."""

from __future__ import annotations

import ast

from core.sdk.reflect.evaluate import Evaluator
from core.sdk.reflect.scopes import Scope
from core.sdk.reflect.values import Class, Const, Frame, Function, Made, Mapping, Value

AGENT_FIELDS = (
    "name",
    "handoff_description",
    "tools",
    "mcp_servers",
    "mcp_config",
    "instructions",
    "prompt",
    "handoffs",
    "model",
)
"""The fields of `agents.Agent` in the order in which they can be given without their names."""


def object_attribute(evaluator: Evaluator, owner: Value, name: str, node: ast.expr, frame: Frame) -> Value | None:
    """What `owner.name` is, or None when the text does not tell."""
    match owner:
        case Made():
            found = given(evaluator, owner, name)
            return found if found is not None else _of_class(evaluator, owner, name)
        case Class():
            return _class_member(evaluator, owner, name)
        case Const() if name in {"value", "name"}:
            return owner  # of an enumeration's member
        case Mapping():
            return owner.get(name)
        case _:
            return _of_self(evaluator, node, name, frame)


def given(evaluator: Evaluator, made: Made, name: str) -> Value | None:
    """What a constructor was given under a name, by its place or in a `**` dictionary that is known."""
    for keyword in made.call.keywords:
        if keyword.arg == name:
            return evaluator.value(keyword.value, made.frame)
    order = AGENT_FIELDS if made.maker.endswith("Agent") else ()
    if name in order and order.index(name) < len(made.call.args):
        part = made.call.args[order.index(name)]
        if not isinstance(part, ast.Starred):
            return evaluator.value(part, made.frame)
    for keyword in made.call.keywords:
        if keyword.arg is None:
            spread = evaluator.value(keyword.value, made.frame)
            if isinstance(spread, Mapping) and (found := spread.get(name)) is not None:
                return found
    return None


def own_class(evaluator: Evaluator, frame: Frame) -> Frame | None:
    """The class whose method a frame is in."""
    here: Frame | None = frame
    while here is not None:
        parent = here.scope.parent
        if parent is not None and isinstance(parent.node, ast.ClassDef):
            return evaluator.frame(parent)
        here = here.parent
    return None


def _of_self(evaluator: Evaluator, node: ast.expr, name: str, frame: Frame) -> Value | None:
    """What `self.name` is in a method."""
    if not (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
    ):
        return None
    inside = own_class(evaluator, frame)
    return _set_on_self(evaluator, inside.scope, name, frame) if inside is not None else None


def _of_class(evaluator: Evaluator, made: Made, name: str) -> Value | None:
    """What a method of the object's class sets `self.name` to, or what the class says."""
    called = evaluator.value(made.call.func, made.frame)
    if not isinstance(called, Class):
        return None
    scope = called.frame.scope.inner.get(id(called.node))
    return _set_on_self(evaluator, scope, name, made.frame) if scope is not None else None


def _set_on_self(evaluator: Evaluator, scope: Scope, name: str, frame: Frame) -> Value | None:
    for method in scope.inner.values():
        inside = frame if frame.scope is method else evaluator.frame(method)
        for event in method.attributes:
            target = event.target
            is_self = isinstance(target, ast.Name) and target.id == "self"
            if is_self and event.kind == "set" and event.name == name and event.value is not None:
                return evaluator.value(event.value, inside)
    if name in scope.events:
        class_frame = evaluator.frame(scope)
        return evaluator.lookup(name, class_frame, scope.node)
    return None


def _class_member(evaluator: Evaluator, owner: Class, name: str) -> Value | None:
    scope = owner.frame.scope.inner.get(id(owner.node))
    if scope is None or name not in scope.events:
        return None
    found = evaluator.lookup(name, evaluator.frame(scope), ast.Pass())
    return found if not isinstance(found, Function) else Function(found.node, found.frame, owner)
