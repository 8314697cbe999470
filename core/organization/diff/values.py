"""Values of fields in words, without secrets."""

import re
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel

from core.organization.secret_spans import secret_spans
from core.organization.spec import AlwaysApprove, ApproveWhen, NeverApprove
from core.organization.steps import CelCondition, FieldCondition, JudgeCondition

LONG = 60
"""Characters from which a text is counted instead of shown."""
MOST_WORDS = 3_000
"""Longer texts are compared line by line: the time grows with the square of the number of words."""

OPERATORS = {
    "gt": "is more than",
    "ge": "is at least",
    "lt": "is less than",
    "le": "is at most",
    "eq": "is",
    "ne": "is not",
    "contains": "contains",
}


def shown(value: Any, field: str = "") -> str:
    """A value as it reads in a sentence. `field` is its path, which may tell that it is a secret."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case str():
            return f"“{_cut(_masked(field, value))}”" if value else "empty"
        case list():
            return ", ".join(shown(item, field) for item in value) or "none"
        case CelCondition() | FieldCondition() | JudgeCondition():
            return f"“{_cut(condition_words(value))}”"
        case BaseModel():
            return str(getattr(value, "kind", "another value")).replace("_", " ")
        case dict():
            return f"{len(value)} entries" if len(value) != 1 else "1 entry"
        case _:
            return str(value)


def is_long(value: Any) -> bool:
    """Whether a value is a text that only a text diff shows well."""
    return isinstance(value, str) and (len(value) > LONG or "\n" in value)


def condition_words(condition: CelCondition | FieldCondition | JudgeCondition) -> str:
    """A condition of a workflow as a phrase."""
    match condition:
        case CelCondition():
            return condition.expression
        case FieldCondition():
            return f"{condition.field or 'the value'} {OPERATORS[condition.operator]} {condition.value}"
        case JudgeCondition():
            return condition.statement


def approval_words(rule: NeverApprove | AlwaysApprove | ApproveWhen) -> str:
    """When a person is asked: `each call waits for approval`."""
    match rule:
        case NeverApprove():
            return "no call waits for approval"
        case AlwaysApprove():
            return "each call waits for approval"
        case ApproveWhen():
            return f"a call waits for approval when {rule_words(rule)}"


def rule_words(rule: ApproveWhen) -> str:
    """`amount is more than 50`."""
    return f"{rule.argument or 'an argument'} {OPERATORS[rule.operator]} {shown(rule.value).strip('“”')}"


def count_words(before: str, after: str) -> str:
    """`+12 −3 words`: how many came and went, by the shortest way from one text to the other."""
    old, new = _pieces(before), _pieces(after)
    unit = "words"
    if max(len(old), len(new)) > MOST_WORDS:
        old, new, unit = before.splitlines(), after.splitlines(), "lines"
    added = removed = 0
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            removed += end - start
            added += new_end - new_start
    parts = [f"+{added}"] * bool(added) + [f"−{removed}"] * bool(removed)
    return f"{' '.join(parts)} {unit}" if parts else "signs and spaces only"


def came_and_went(before: list[Any], after: list[Any]) -> str:
    """`“a” was added, “b” was removed` of two lists."""
    came, went = [item for item in after if item not in before], [item for item in before if item not in after]
    parts = [
        f"{', '.join(map(shown, items))} {'was' if len(items) == 1 else 'were'} {deed}"
        for items, deed in ((came, "added"), (went, "removed"))
        if items
    ]
    return ", ".join(parts) or "the order is another"


def _pieces(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONG else f"{line[: LONG - 1]}…"


def _masked(field: str, text: str) -> str:
    masked, end = "", 0
    for start, stop in secret_spans(field, text):
        masked, end = f"{masked}{text[end:start]}…", stop
    return masked + text[end:]
