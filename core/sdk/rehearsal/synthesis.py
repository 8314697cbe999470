"""Makes values from a schema's limits alone: strings of a pattern, a format or a length, numbers in bounds."""

import math
import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as sre_parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from typing import Any

FORMATS = {
    "email": "user@example.com",
    "idn-email": "user@example.com",
    "uri": "https://example.com",
    "url": "https://example.com",
    "iri": "https://example.com",
    "uri-reference": "/",
    "date": "2025-01-01",
    "time": "09:00:00Z",
    "date-time": "2025-01-01T09:00:00Z",
    "duration": "P1D",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "json-pointer": "",
    "regex": ".*",
}

_CLASSES = {sre.CATEGORY_DIGIT: "1", sre.CATEGORY_WORD: "a", sre.CATEGORY_SPACE: " "}
_CLASSES |= {sre.CATEGORY_NOT_DIGIT: "a", sre.CATEGORY_NOT_WORD: "-", sre.CATEGORY_NOT_SPACE: "a"}
_ALPHABET = "a1A-_ .b2B@/:" + "".join(chr(code) for code in range(33, 127))


def text_of_length(base: str, shortest: int, longest: int | None) -> str:
    """The text cut or repeated until its length is allowed."""
    if len(base) < shortest:
        base = (f"{base} " if base else "").ljust(shortest, "x")
    return base[:longest]


def text_of_pattern(pattern: str, shortest: int = 0) -> str | None:
    """A short text that the pattern is found in, or None when the pattern is beyond this."""
    try:
        tree = sre_parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    for repeats in (0, 1, shortest, 2 * shortest + 1):
        text = "".join(_sequence(tree, repeats, {}))
        if len(text) >= shortest and _found(pattern, text):
            return text
    return None


def number_in_bounds(schema: dict[str, Any], *, whole: bool, wish: float | None = None) -> float | int | None:
    """The number nearest to the wish (default 1) that minimum, maximum and multipleOf allow."""
    low, high = _bounds(schema, whole=whole)
    step = schema.get("multipleOf") or (1 if whole else None)
    if whole and isinstance(step, float) and not step.is_integer():
        step = 1
    wish = 1.0 if wish is None else wish
    value = min(max(wish, low), high)
    if step:
        value = _on_grid(value, float(step), low, high)
    return int(value) if whole and math.isfinite(value) else (value if math.isfinite(value) else None)


def _bounds(schema: dict[str, Any], *, whole: bool) -> tuple[float, float]:
    low, high = float(schema.get("minimum", -math.inf)), float(schema.get("maximum", math.inf))
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    gap = 1.0 if whole else _gap(above, below, low, high)
    if isinstance(above, int | float) and not isinstance(above, bool):
        low = max(low, math.floor(above) + 1 if whole else above + gap)
    if isinstance(below, int | float) and not isinstance(below, bool):
        high = min(high, math.ceil(below) - 1 if whole else below - gap)
    return (
        (math.ceil(low), math.floor(high)) if whole and math.isfinite(low) and math.isfinite(high) else (low, high)
    )


def _gap(above: Any, below: Any, low: float, high: float) -> float:
    start = above if isinstance(above, int | float) else low
    end = below if isinstance(below, int | float) else high
    width = end - start
    return min(1.0, width / 4) if math.isfinite(width) and width > 0 else 1.0


def _on_grid(value: float, step: float, low: float, high: float) -> float:
    count = round(value / step) if math.isfinite(value) else 0
    for offset in (0, 1, -1, 2, -2):
        candidate = (count + offset) * step
        if low <= candidate <= high:
            return candidate
    return value


def _sequence(tree: Any, repeats: int, groups: dict[int, str]) -> Iterator[str]:
    for operation, argument in tree:
        yield _piece(operation, argument, repeats, groups)


def _piece(operation: Any, argument: Any, repeats: int, groups: dict[int, str]) -> str:
    match operation:
        case sre.LITERAL:
            return chr(argument)
        case sre.NOT_LITERAL:
            return next(character for character in _ALPHABET if ord(character) != argument)
        case sre.ANY:
            return "a"
        case sre.IN:
            return _from_set(argument)
        case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
            low, high, inner = argument
            times = min(max(low, repeats), int(high), 10_000)
            return "".join("".join(_sequence(inner, 0, groups)) for _ in range(times))
        case sre.SUBPATTERN:
            group, _, _, inner = argument
            text = "".join(_sequence(inner, repeats, groups))
            groups[group] = text
            return text
        case sre.BRANCH:
            return "".join(_sequence(argument[1][0], repeats, groups))
        case sre.GROUPREF:
            return groups.get(argument, "")
        case sre.ATOMIC_GROUP:
            return "".join(_sequence(argument, repeats, groups))
        case _:
            return ""


def _from_set(options: Any) -> str:
    if options[0][0] is sre.NEGATE:
        taken = options[1:]
        return next((character for character in _ALPHABET if not _in_set(character, taken)), "")
    operation, argument = options[0]
    if operation is sre.RANGE:
        return chr(argument[0])
    if operation is sre.CATEGORY:
        return _CLASSES.get(argument, "a")
    return chr(argument)


def _in_set(character: str, options: Any) -> bool:
    code = ord(character)
    for operation, argument in options:
        if operation is sre.LITERAL and code == argument:
            return True
        if operation is sre.RANGE and argument[0] <= code <= argument[1]:
            return True
        if operation is sre.CATEGORY and _in_category(character, argument):
            return True
    return False


def _in_category(character: str, category: Any) -> bool:
    digit, word, space = character.isdigit(), character.isalnum() or character == "_", character.isspace()
    return {
        sre.CATEGORY_DIGIT: digit,
        sre.CATEGORY_NOT_DIGIT: not digit,
        sre.CATEGORY_WORD: word,
        sre.CATEGORY_NOT_WORD: not word,
        sre.CATEGORY_SPACE: space,
        sre.CATEGORY_NOT_SPACE: not space,
    }.get(category, False)


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None
