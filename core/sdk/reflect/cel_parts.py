"""Parts of CEL expressions: constants, fields with what is known of their values, texts in any case."""

from __future__ import annotations

import ast

from core.organization.expressions import expression_fault
from core.sdk.reflect.meanings import Cel, kind_of, quoted

_FOLDING = {"lower", "casefold", "upper"}


class UntranslatableError(Exception):
    """An expression has no form in CEL."""


def field_of(owner: Cel, name: str) -> Cel:
    """A field of a value."""
    schema = _property(owner.schema, name)
    kind = kind_of(schema)
    plain = Cel(f"{owner.within(10)}.{name}", kind, schema=schema)
    if name.isascii() and name.isidentifier() and _is_readable(f"state.{name}"):
        return plain
    return Cel(f"{owner.within(10)}[{quoted(name)}]", kind, schema=schema)


def _property(schema: dict[str, object], name: str) -> dict[str, object]:
    properties = schema.get("properties")
    found = properties.get(name) if isinstance(properties, dict) else None
    if isinstance(found, dict) and isinstance(found.get("$ref"), str):
        definitions = schema.get("$defs")
        target = str(found["$ref"]).rpartition("/")[2]
        resolved = definitions.get(target) if isinstance(definitions, dict) else None
        return {**resolved, "$defs": definitions} if isinstance(resolved, dict) else {}
    return found if isinstance(found, dict) else {}


def items_schema(owner: Cel) -> dict[str, object]:
    """The schema of the items of a list."""
    found = owner.schema.get("items")
    return found if isinstance(found, dict) else {}


def without_folding(node: ast.expr) -> ast.expr | None:
    """The text in `text.lower()`."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[]) if name in _FOLDING:
            return inner
        case ast.Call(func=ast.Attribute(value=inner, attr="strip"), args=[]):
            return without_folding(inner)
        case _:
            return None


def constant(value: object) -> Cel:
    """A constant of the code. Raises UntranslatableError."""
    match value:
        case None:
            return Cel("null", "null")
        case bool():
            return Cel("true" if value else "false", "bool")
        case int() if abs(value) < 2**63:
            return Cel(str(value), "number")
        case float():
            return Cel(repr(value), "number")
        case str():
            return Cel(quoted(value), "text")
        case _:
            raise UntranslatableError


def _is_readable(expression: str) -> bool:
    return expression_fault(expression) is None
