"""Which calls wait for a person."""

import math
from collections.abc import Awaitable, Callable
from operator import ge, gt, le, lt
from typing import Any, Literal

from agents import RunContextWrapper

Operator = Literal["gt", "ge", "lt", "le", "eq", "ne", "contains"]
NeedsApproval = bool | Callable[[RunContextWrapper[Any], dict[str, Any], str], Awaitable[bool]]

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "ge": ge, "lt": lt, "le": le}


def when(argument: str, operator: Operator, value: str | int | float | bool) -> NeedsApproval:
    """Calls wait when one of their arguments compares so. In doubt they do: when it is missing, or cannot
    be compared. `eq` and `contains` ignore case and `ne` does not, all on the side of waiting."""

    async def waits(_context: RunContextWrapper[Any], arguments: dict[str, Any], _call_id: str) -> bool:
        return argument not in arguments or _compares(arguments[argument], operator, value)

    return waits


def _compares(given: Any, operator: Operator, value: Any) -> bool:
    if operator == "contains":
        return _contains(given, value)
    if not _comparable(given, value):
        return True
    if operator == "eq":
        return bool(_folded(given) == _folded(value))
    if operator == "ne":
        return bool(given != value)
    return isinstance(given, bool) or _ORDERINGS[operator](given, value)


def _contains(given: Any, value: Any) -> bool:
    if isinstance(given, str):
        return str(value).casefold() in given.casefold()
    if isinstance(given, list):
        return any(not _comparable(item, value) or _folded(item) == _folded(value) for item in given)
    return True


def _comparable(given: Any, value: Any) -> bool:
    """Both texts, both truth values, or both finite numbers."""
    if isinstance(given, bool) or isinstance(value, bool):
        return isinstance(given, bool) and isinstance(value, bool)
    if isinstance(given, int | float) and isinstance(value, int | float):
        return math.isfinite(given) and math.isfinite(value)
    return isinstance(given, str) and isinstance(value, str)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
