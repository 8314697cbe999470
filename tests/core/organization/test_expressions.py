"""Expressions and templates."""

import pytest

from core.organization.expressions import (
    ExpressionError,
    evaluate,
    expression_fault,
    free_names,
    holds,
    render,
    template_fault,
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("output.score >= 0.8", True),
        ("output.score > 1", False),
        ("'urgent' in output.tags", True),
        ("output.tags.map(tag, tag + '!')", ["urgent!"]),
        ("has(output.owner) ? output.owner : 'nobody'", "nobody"),
        ("{'n': size(output.tags)}", {"n": 1}),
        ('steps["Risk check"].level == "high"', True),
    ],
)
def test_values_are_json(expression: str, value: object) -> None:
    variables = {"output": {"score": 1, "tags": ["urgent"]}, "steps": {"Risk check": {"level": "high"}}}

    assert evaluate(expression, variables) == value


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ExpressionError, match="there is no 'owner'"):
        evaluate("output.owner == 'x'", {"output": {}})


def test_a_condition_must_be_true_or_false() -> None:
    with pytest.raises(ExpressionError, match="neither true nor false"):
        holds("output", {"output": "yes"})


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ExpressionError, match="no JSON value"):
        evaluate("b'abc'", {})


def test_a_template_takes_text_as_it_is_and_the_rest_as_json() -> None:
    text = render("Dear {{ output.name }}: {{ output.tags }}.", {"output": {"name": "Zoë", "tags": [1, "é"]}})

    assert text == 'Dear Zoë: [1, "é"].'


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("", "empty"),
        ("output.score >", "column 15"),
        ("outptu.score > 1", "'outptu' is no variable"),
    ],
)
def test_faults_are_found_without_values(expression: str, fault: str) -> None:
    assert fault in (expression_fault(expression) or "")


def test_a_good_expression_has_no_fault() -> None:
    assert expression_fault("output.items.exists(one, one.price > state.limit)") is None
    assert template_fault("No holes") is None


def test_a_template_with_a_broken_hole_has_a_fault() -> None:
    assert "column" in (template_fault("Rate {{ output. }}") or "")


def test_macros_bind_names_of_their_own() -> None:
    assert free_names("output.items.exists(one, one.price > state.limit)") == ["output", "state"]


def test_fields_come_in_the_same_order_each_time() -> None:
    """A text that is made of an object must be the same when a run is repeated."""
    value = dict.fromkeys(("zebra", "ant", "mole", "bee", "yak", "cow"), 1)

    rendered = render("{{ output }}", {"output": value})

    assert rendered == '{"ant": 1, "bee": 1, "cow": 1, "mole": 1, "yak": 1, "zebra": 1}'
