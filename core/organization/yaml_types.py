"""What an unquoted YAML value is taken for: null, true and false, numbers; everything else is text.

YAML 1.2's rules instead of pyyaml's older ones, so that `yes`, `on`, `1:30` and dates stay text.
"""

import math
import re
from collections.abc import Callable
from typing import Any

MAX_DIGITS = 300


def finite(text: str) -> float:
    """The number; ValueError when it is none, infinite or too large."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no finite number")
    return number


def integer(text: str) -> int:
    """The whole number; ValueError when it is none or very long."""
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number with {len(text)} digits")
    return int(text)


def _implicit_types() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    types: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for kind, (pattern, firsts) in _PATTERNS.items():
        for first in firsts:
            types.setdefault(first, []).append((f"{TAG}{kind}", pattern))
    return types


TAG = "tag:yaml.org,2002:"
_PATTERNS = {
    "null": (re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    "bool": (re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    "int": (re.compile(r"[-+]?[0-9]+$"), list("-+0123456789")),
    "float": (
        re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$"),
        list("-+0123456789."),
    ),
}
IMPLICIT_TYPES = _implicit_types()
"""By first character, what an unquoted value is taken for; the reader and the writer share it."""

MAKE: dict[str, Callable[[str], Any]] = {
    f"{TAG}null": lambda text: None,
    f"{TAG}bool": lambda text: text.lower() == "true",
    f"{TAG}int": integer,
    f"{TAG}float": finite,
    f"{TAG}str": str,
}
"""Makes a value of its text, by tag."""
