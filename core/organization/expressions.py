"""CEL expressions and templates of a workflow: checking and evaluating them.

Values are JSON data. An expression that cannot be read or evaluated raises `ExpressionError`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from core.errors import TroupeError

VARIABLES = ("input", "output", "steps", "state", "item", "index", "count", "error")
"""What an expression can name; steps.py says what they are."""

_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\(\s*([A-Za-z_]\w*)\s*,")
_WHERE = re.compile(r"ERROR: <input>:(\d+):(\d+): (?:Syntax error: )?(.*)$", re.MULTILINE)


class ExpressionError(TroupeError):
    """An expression cannot be read, or not be evaluated with the values that it was given."""

    code = "expression"


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    """The value of an expression, as JSON data. Variables that are not given do not exist."""
    import cel

    program = _compiled(expression)
    try:
        return _json(program.execute(cel.Context(dict(variables))))
    except (RuntimeError, KeyError, ValueError, TypeError, OverflowError, IndexError, ZeroDivisionError) as error:
        raise ExpressionError(
            f"`{_short(expression)}` has no value here: {_reason(error)}.",
            hint=f"It can use {_known(variables)}; has(x.y) asks whether a field is there.",
        ) from error


def holds(expression: str, variables: Mapping[str, Any]) -> bool:
    """Whether an expression is true; ExpressionError when its value is neither true nor false."""
    value = evaluate(expression, variables)
    if not isinstance(value, bool):
        raise ExpressionError(
            f"`{_short(expression)}` is {_short(json.dumps(value, ensure_ascii=False))}, neither true nor false.",
            hint="Compare it with something, for example `output.score >= 8`.",
        )
    return value


def render(template: str, variables: Mapping[str, Any]) -> str:
    """The template with the values of its expressions; what is not text stands there as JSON."""
    return _HOLE.sub(lambda hole: as_text(evaluate(hole.group(1).strip(), variables)), template)


def as_text(value: Any) -> str:
    """A value as an agent is told it: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def holes(template: str) -> list[str]:
    """The expressions of a template."""
    return [hole.strip() for hole in _HOLE.findall(template)]


def expression_fault(expression: str, known: Sequence[str] = VARIABLES) -> str | None:
    """What is wrong with an expression before it is evaluated, in words; None when it can be read and names
    variables that exist."""
    if not expression.strip():
        return "it is empty"
    try:
        _compiled(expression)
    except ExpressionError as error:
        return error.message
    unknown = [name for name in free_names(expression) if name not in known]
    if unknown:
        there_are = f"there are {', '.join(known)}" if len(known) > 1 else f"there is {known[0]}"
        return f"'{unknown[0]}' is no variable; {there_are}"
    return None


def template_fault(template: str, known: Sequence[str] = VARIABLES) -> str | None:
    """What is wrong with a template, in words, or None."""
    faults = (expression_fault(hole, known) for hole in holes(template))
    return next((fault for fault in faults if fault), None)


def free_names(expression: str) -> list[str]:
    """The variables that a readable expression names, without those that its macros bind."""
    bound = set(_BOUND.findall(expression))
    return sorted(set(_compiled(expression).variables()) - bound)


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Any:
    # Importing it takes a second, and most organizations have no workflow.
    import cel

    try:
        return cel.compile(expression)
    except ValueError as error:
        raise ExpressionError(
            f"`{_short(expression)}` cannot be read: {_syntax(error)}",
            hint='Write CEL, for example `output.category == "refund" && output.amount > 100`.',
        ) from error


def _json(value: Any) -> Any:
    """CEL knows more types than JSON; ValueError for what has no JSON form."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [_json(item) for item in value]
        case dict():
            # CEL gives fields in another order each time, and a run that is repeated must ask the same again.
            return {str(key): _json(value[key]) for key in sorted(value, key=str)}
        case datetime() | timedelta():
            return str(value)
        case _:
            raise ValueError(f"it gives {type(value).__name__}, which is no JSON value")


def _syntax(error: ValueError) -> str:
    """The first thing that the parser says, and where."""
    found = _WHERE.search(str(error))
    if found is None:
        return str(error)
    row, column, message = found.groups()
    place = f"column {column}" if row == "1" else f"line {row}, column {column}"
    return f"{message.partition(' expecting ')[0]} ({place})."


def _reason(error: Exception) -> str:
    text = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    if isinstance(error, KeyError):
        return f"there is no '{text}'"
    return text.split(". ", maxsplit=1)[0].rstrip(".")


def _known(variables: Mapping[str, Any]) -> str:
    return ", ".join(sorted(variables)) or "no variables"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
