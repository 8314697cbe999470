"""Conditions on a field, and what a condition saw, in words."""

from typing import Any

import pytest

from core.engine.workflow.comparing import compares, field_seen, readings
from core.organization.steps import FieldCondition

TICKET = {
    "kind": " Refund ",
    "amount": 120,
    "ok": True,
    "tags": ["Urgent", 7],
    "who": {"name": "Ada"},
    "text": "9",
}


@pytest.mark.parametrize(
    ("field", "operator", "value", "holds"),
    [
        ("kind", "eq", "refund", True),
        ("kind", "ne", "refund", False),
        ("kind", "contains", "fun", True),
        ("amount", "gt", 100, True),
        ("amount", "le", 100, False),
        ("amount", "eq", "120", True),
        ("text", "ge", 8, True),
        ("kind", "gt", 1, False),
        ("ok", "eq", True, True),
        ("ok", "eq", "true", True),
        ("ok", "gt", 0, False),
        ("tags", "contains", "urgent", True),
        ("tags", "contains", "late", False),
        ("who.name", "eq", "ada", True),
        ("who.age", "eq", 1, False),
        ("who.age", "ne", 1, False),
        ("kind.deeper", "eq", "x", False),
    ],
)
def test_fields_compare(field: str, operator: Any, value: Any, holds: bool) -> None:
    assert compares(FieldCondition(field=field, operator=operator, value=value), TICKET) is holds


def test_a_text_compares_as_a_whole() -> None:
    assert compares(FieldCondition(operator="eq", value="yes"), "Yes\n")
    assert not compares(FieldCondition(field="kind", value="yes"), "yes")


def test_what_was_seen_is_told() -> None:
    condition = FieldCondition(field="amount", operator="gt", value=100)

    assert field_seen(condition, TICKET) == "amount = 120, asked for > 100"
    assert field_seen(condition, {}) == "amount = missing, asked for > 100"


def test_an_expression_tells_what_it_looks_at() -> None:
    variables = {"output": TICKET, "steps": {"Risk check": {"level": "high"}}, "state": {}, "count": 2}

    assert readings('output.kind == "x" && count < 3', variables) == "output.kind = Refund, count = 2"
    assert readings('steps["Risk check"].level == "high"', variables) == 'steps["Risk check"].level = high'
    assert (
        readings("has(output.owner) || output.tags.exists(t, t == 'x')", variables)
        == 'output.tags = ["Urgent", 7]'
    )
    assert readings("true", variables) == ""
