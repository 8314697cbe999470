"""Comparisons of a field with a value, and what a condition saw, in words."""

import re
from collections.abc import Mapping
from operator import ge, gt, le, lt
from typing import Any

from core.organization.expressions import ExpressionError, as_text, evaluate
from core.organization.steps import FieldCondition

SEEN = 200
_ORDERINGS = {"gt": gt, "ge": ge, "lt": lt, "le": le}
_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "eq": "=", "ne": "≠", "contains": "contains"}
_READING = re.compile(
    r"""\b(?:(?:input|output|state|item|error)(?:\.[A-Za-z_]\w*)*|steps\[[^\]]+\](?:\.[A-Za-z_]\w*)*|index|count)\b(?!\s*[\[(])"""
)
_MISSING = object()


def field_of(value: Any, dotted: str) -> Any:
    """The field of a value by its names joined by dots, the value itself for ""; `_MISSING` if it is not there."""
    for name in dotted.split(".") if dotted else []:
        if not isinstance(value, Mapping) or name not in value:
            return _MISSING
        value = value[name]
    return value


def compares(condition: FieldCondition, value: Any) -> bool:
    """Whether the field compares so. Texts are compared without regard to case and surrounding space; a text that
    holds a number is compared with numbers as one. What is missing or cannot be compared does not hold."""
    found, wanted = field_of(value, condition.field), condition.value
    if found is _MISSING:
        return False
    match condition.operator:
        case "contains":
            return _contains(found, wanted)
        case "eq":
            return _equal(found, wanted)
        case "ne":
            return not _equal(found, wanted)
        case "gt" | "ge" | "lt" | "le":
            one, other = _numbers(found, wanted)
            if one is None or other is None:
                return False
            return bool(_ORDERINGS[condition.operator](one, other))


def field_seen(condition: FieldCondition, value: Any) -> str:
    """The field's value and what it was compared with, in words."""
    found = field_of(value, condition.field)
    told = "missing" if found is _MISSING else _short(as_text(found))
    name = condition.field or "value"
    return f"{name} = {told}, asked for {_SIGNS[condition.operator]} {as_text(condition.value)}"


def readings(expression: str, variables: Mapping[str, Any]) -> str:
    """The values that an expression looks at, in words."""
    parts = []
    for name in dict.fromkeys(match.group() for match in _READING.finditer(expression)):
        try:
            parts.append(f"{name} = {_short(as_text(evaluate(name, variables)))}")
        except ExpressionError:
            # It is part of something else: a macro's own variable, or a field that `has()` asks for.
            continue
    return ", ".join(parts)


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, str):
        return str(wanted).casefold() in found.casefold()
    return isinstance(found, list) and any(_equal(one, wanted) for one in found)


def _equal(found: Any, wanted: Any) -> bool:
    if isinstance(found, bool) or isinstance(wanted, bool):
        return bool(_plain(found) == _plain(wanted))
    one, other = _numbers(found, wanted)
    if one is not None and other is not None:
        return bool(one == other)
    return bool(_plain(found) == _plain(wanted))


def _plain(value: Any) -> Any:
    """Truth values as the words that a model would write."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip().casefold() if isinstance(value, str) else value


def _numbers(*values: Any) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SEEN else f"{line[: SEEN - 1]}…"
