"""Evaluates expressions that are written in CEL (https://cel.dev) and have no plain form in Python."""

from functools import cache
from typing import Any

import cel


def evaluate(expression: str, variables: dict[str, Any]) -> Any:
    """The value of an expression; ValueError when it has none."""
    try:
        return _compiled(expression).execute(cel.Context(variables))
    except (RuntimeError, ArithmeticError, LookupError, TypeError) as error:
        raise ValueError(f"`{expression}` has no value here: {error}") from error


@cache
def _compiled(expression: str) -> Any:
    return cel.compile(expression)
