"""The input of a row: a text with `{column}` in the places of the row's values."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from core.errors import InvalidInputError

USUAL = ("input", "question", "text", "prompt", "message", "query", "task")
"""Columns that are taken as the input when nobody says otherwise."""
_PLACE = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}")


def default_template(columns: Sequence[str]) -> str:
    """The column that is called like an input, else the only one, else all of them with their names."""
    by_name = {column.casefold(): column for column in reversed(columns)}
    for name in USUAL:
        if name in by_name:
            return f"{{{by_name[name]}}}"
    if len(columns) == 1:
        return f"{{{columns[0]}}}"
    return "\n".join(f"{column}: {{{column}}}" for column in columns)


def check_template(template: str, columns: Sequence[str]) -> None:
    """Raises InvalidInputError for a name that is no column, and for a template without any."""
    names = [place[1].strip() for place in _PLACE.finditer(template) if place[1] is not None]
    known = ", ".join(columns)
    for name in names:
        if name not in columns:
            raise InvalidInputError(
                f"There is no column '{name}'.",
                hint=f"Columns: {known}. A brace that is meant as such is written twice: {{{{ and }}}}.",
            )
    if not names:
        raise InvalidInputError(
            "The input names no column, so it would be the same for every row.",
            hint=f"Write a name in braces, such as {{{columns[0]}}}. Columns: {known}.",
        )


def filled(template: str, row: Mapping[str, Any]) -> str:
    """The input of a row; what it does not have is empty."""
    return _PLACE.sub(lambda place: _value(place, row), template)


def _value(place: re.Match[str], row: Mapping[str, Any]) -> str:
    if place[1] is None:
        return place[0][0]
    value = row.get(place[1].strip())
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
