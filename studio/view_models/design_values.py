"""How the values of a spec are written in fields, and read again from what a person typed."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInputError
from core.organization.spec import JsonObject


@dataclass(frozen=True, slots=True)
class Codec:
    """`show` gives what a widget holds for a value; `read` the value for what it holds, or InvalidInputError."""

    show: Callable[[Any], Any]
    read: Callable[[Any], Any]


def show_pairs(values: dict[str, str]) -> str:
    """One `Name: value` a line."""
    return "\n".join(f"{name}: {value}" for name, value in values.items())


def read_pairs(text: str) -> dict[str, str]:
    """A mapping from lines `Name: value` (or `NAME=value`)."""
    pairs: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, value = _split_pair(line, number)
        if name in pairs:
            raise InvalidInputError(f"'{name}' stands there twice (line {number}).", hint="Keep one of them.")
        pairs[name] = value
    return pairs


def read_lines(text: str) -> list[str]:
    """The lines that say something, trimmed, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def read_arguments(text: str) -> list[str]:
    """The lines that say something, trimmed; doubles are kept, for they may mean something to a program."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def read_json_object(text: str) -> JsonObject:
    """The object that a JSON text describes."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInputError(
            f"This is not JSON yet, in line {error.lineno}, column {error.colno}: {error.msg.lower()}.",
            hint="What you typed stays here; nothing else changed.",
        ) from error
    if not isinstance(value, dict):
        raise InvalidInputError("This is JSON, but no object.", hint="Write it between { and }.")
    return value


def show_json(value: JsonObject) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def show_scalar(value: str | int | float | bool) -> str:
    """Text as it is, unless it would be read as something else; then in quotes."""
    if isinstance(value, str):
        return value if read_scalar(value) == value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def read_scalar(text: str) -> str | int | float | bool:
    """A number or true/false when it looks so, else text; quotes keep it text."""
    trimmed = text.strip()
    try:
        value = json.loads(trimmed)
    except json.JSONDecodeError:
        return trimmed
    finite = not isinstance(value, float) or value - value == 0
    return value if isinstance(value, str | int | float | bool) and finite else trimmed


def _split_pair(line: str, number: int) -> tuple[str, str]:
    positions = [place for place in (line.find(":"), line.find("=")) if place > 0]
    if not positions:
        raise InvalidInputError(
            f"Line {number} has no name and value: '{line.strip()}'.", hint="Write one `Name: value` a line."
        )
    cut = min(positions)
    return line[:cut].strip(), line[cut + 1 :].strip()


def _same(value: Any) -> Any:
    return value


def _optional(show: Callable[[Any], str], read: Callable[[str], Any]) -> Codec:
    """Nothing typed stands for None."""
    return Codec(
        lambda value: "" if value is None else show(value),
        lambda text: read(text) if text and text.strip() else None,
    )


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines)


AS_IS = Codec(_same, _same)
TEXT = Codec(_same, lambda text: text or "")
TRIMMED = Codec(_same, lambda text: (text or "").strip())
OPTIONAL_TEXT = _optional(_same, str.strip)
LINES = Codec(_joined, lambda text: read_lines(text or ""))
ARGUMENTS = Codec(_joined, lambda text: read_arguments(text or ""))
PAIRS = Codec(show_pairs, lambda text: read_pairs(text or ""))
JSON_OBJECT = Codec(show_json, lambda text: read_json_object(text or ""))
OPTIONAL_JSON_OBJECT = _optional(show_json, read_json_object)
SCALAR = Codec(show_scalar, lambda text: read_scalar(text or ""))
DECIMAL = Codec(lambda value: None if value is None else float(value), _same)
CHOICE = Codec(
    lambda value: "" if value is None else value, lambda choice: None if choice in ("", None) else choice
)
"""For select boxes, in which None would mean that nothing is chosen."""
CHOSEN = Codec(list, list)
OPTIONAL_CHOSEN = Codec(lambda value: value or [], lambda chosen: list(chosen) or None)
