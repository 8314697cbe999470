"""Approval rules of the spec as the SDK asks for them: does this call wait for a person?"""

import math
from collections.abc import Awaitable, Callable
from operator import ge, gt, le, lt
from typing import Any

from agents import RunContextWrapper

from core.organization.spec import AlwaysApprove, ApprovalRule, ApproveWhen, NeverApprove

NeedsApproval = bool | Callable[[RunContextWrapper[Any], dict[str, Any], str], Awaitable[bool]]

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "ge": ge, "lt": lt, "le": le}


def needs_approval(rule: ApprovalRule) -> NeedsApproval:
    """The rule in the form that `FunctionTool.needs_approval` takes."""
    match rule:
        case NeverApprove():
            return False
        case AlwaysApprove():
            return True
        case ApproveWhen():

            async def waits(_context: RunContextWrapper[Any], arguments: dict[str, Any], _call_id: str) -> bool:
                return call_waits(rule, arguments)

            return waits


def call_waits(rule: ApprovalRule, arguments: dict[str, Any]) -> bool:
    """Whether a call with those arguments waits for a person.

    In doubt it does: when the argument is missing, or cannot be compared. `eq` and `contains` ignore case and `ne`
    does not, all on the side of waiting.
    """
    match rule:
        case NeverApprove():
            return False
        case AlwaysApprove():
            return True
        case ApproveWhen():
            return rule.argument not in arguments or _compares(rule, arguments[rule.argument])


def _compares(rule: ApproveWhen, given: Any) -> bool:
    if rule.operator == "contains":
        return _contains(given, rule.value)
    if not _comparable(given, rule.value):
        return True
    if rule.operator == "eq":
        return bool(_folded(given) == _folded(rule.value))
    if rule.operator == "ne":
        return bool(given != rule.value)
    return isinstance(given, bool) or _ORDERINGS[rule.operator](given, rule.value)


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
