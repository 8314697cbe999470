"""What expressions of a workflow use beside plain Python."""

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any, Literal

from .flow import text as text

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "ge": ge, "lt": lt, "le": le}


def words(*parts: Any) -> str:
    """One text of all parts; what is not text stands there as JSON."""
    return "".join(text(part) for part in parts)


def is_true(value: Any) -> bool:
    """The value, which must be true or false."""
    if not isinstance(value, bool):
        raise TypeError(f"{text(value)} is neither true nor false")
    return value


def has(value: Any, field: str) -> bool:
    """Whether the value has that field."""
    if not isinstance(value, dict):
        raise TypeError(f"{text(value)} has no fields")
    return field in value


def size(value: Any) -> int:
    """How many items, or bytes of a text, there are."""
    return len(value.encode()) if isinstance(value, str) else len(value)


def divide(left: Any, right: Any) -> Any:
    """Whole numbers give a whole number, cut towards zero."""
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return left / right


def remainder(left: int, right: int) -> int:
    """What `divide` leaves; it has the sign of `left`."""
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def string(value: Any) -> str:
    """A text or a number as text."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"{text(value)} cannot become text")


def field(
    value: Any,
    path: str,
    operator: Literal["gt", "ge", "lt", "le", "eq", "ne", "contains"],
    wanted: str | int | float | bool,
) -> bool:
    """Whether a field (names joined by dots, empty for the value itself) compares so. Texts are compared without
    regard to case and surrounding space; a text that holds a number is compared with numbers as one. What is
    missing or cannot be compared does not hold."""
    for name in path.split(".") if path else []:
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    match operator:
        case "contains":
            return _contains(value, wanted)
        case "eq":
            return _equal(value, wanted)
        case "ne":
            return not _equal(value, wanted)
        case _:
            one, other = _number(value), _number(wanted)
            return one is not None and other is not None and bool(_ORDERINGS[operator](one, other))


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, str):
        return str(wanted).casefold() in found.casefold()
    return isinstance(found, list) and any(_equal(one, wanted) for one in found)


def _equal(found: Any, wanted: Any) -> bool:
    one, other = _number(found), _number(wanted)
    if one is not None and other is not None:
        return one == other
    return bool(_plain(found) == _plain(wanted))


def _plain(value: Any) -> Any:
    """Truth values as the words that a model would write."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip().casefold() if isinstance(value, str) else value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None
