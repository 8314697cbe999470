"""JSON: one object per line, or an array of objects."""

from collections.abc import Iterator
from typing import Any, TextIO

import orjson

from core.errors import InvalidInputError
from core.services.dataset_files.lines import Line


def read_json_lines(text: TextIO) -> Iterator[Line]:
    """One value a line."""
    for number, line in enumerate(text, start=1):
        if not line.strip():
            yield Line(number)
            continue
        try:
            yield _row(number, orjson.loads(line))
        except orjson.JSONDecodeError as error:
            yield Line(number, problem=f"is no JSON: {error}", left_out=True)


def read_json_array(text: TextIO) -> Iterator[Line]:
    """All values of an array; their numbers count the values. Raises InvalidInputError."""
    try:
        values = orjson.loads(text.read())
    except orjson.JSONDecodeError as error:
        raise InvalidInputError(f"This is no valid JSON: {error}.", hint="Mend it, or use JSON lines.") from error
    if not isinstance(values, list):
        raise InvalidInputError("The JSON is no list.", hint="Write a list of objects, or one object a line.")
    for number, value in enumerate(values, start=1):
        yield _row(number, value)


def is_json_object(line: str) -> bool:
    """Whether a line is one whole object."""
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _row(number: int, value: Any) -> Line:
    match value:
        case dict():
            return Line(number, {_name(key): inner for key, inner in value.items()}) if value else Line(number)
        case str() | int() | float():
            return Line(number, {"input": value})
        case _:
            return Line(number, problem="is neither an object nor a text", left_out=True)


def _name(key: str) -> str:
    """As it can be used in a template."""
    return " ".join(key.replace("{", "(").replace("}", ")").split()) or "column"
