"""CEL in Python: it reads well, and it gives the same value."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from core.organization.expressions import ExpressionError, evaluate
from core.sdk.codegen.cel import translate
from core.sdk.codegen.support import cel_expressions, expressions

NAMES = {
    "input": "here.input",
    "output": "output",
    "steps": "here.steps",
    "state": "here.state",
    "item": "item",
    "index": "index",
    "count": "count",
    "error": "here.error",
}
VALUES: dict[str, Any] = {
    "input": "Please refund 20.00 for A1001",
    "output": {
        "n": 7,
        "f": 2.5,
        "text": "Zoë",
        "tags": ["urgent", "b"],
        "ok": True,
        "none": None,
        "list": [1, 2, 3],
    },
    "steps": {"Risk check": {"level": "high"}},
    "state": {"n": -5, "good": False},
    "item": {"x": 1},
    "index": 0,
    "count": 2,
    "error": {"step": "A", "code": "timeout", "message": "late"},
}


@pytest.mark.parametrize(
    ("expression", "python"),
    [
        (
            'output.kind == "refund" && output.amount > 100',
            "output['kind'] == 'refund' and output['amount'] > 100",
        ),
        ('has(output.owner) ? output.owner : "nobody"', "output['owner'] if has(output, 'owner') else 'nobody'"),
        ('!("a" in output)', "'a' not in output"),
        ("output.ok == true", "output['ok'] is True"),
        ("output.none != null", "output['none'] is not None"),
        ("output.tags.map(t, t + '!')", "[t + '!' for t in output['tags']]"),
        ("output.list.filter(class, class > 1)", "[class_ for class_ in output['list'] if class_ > 1]"),
        ('"a" in steps ? steps["a"] : state.b', "here.steps['a'] if 'a' in here.steps else here.state['b']"),
    ],
)
def test_it_reads_like_python(expression: str, python: str) -> None:
    assert translate(expression, NAMES).code == python


@pytest.mark.parametrize(
    "expression",
    [
        "output.n / 2 + output.n % 4",
        "state.n / 2",
        "state.n % 3",
        "-output.n + 3 * 2 - (1 - 4)",
        "size(output.text) + size(output.tags) + output.list.size()",
        "string(output.n) + string(output.f) + string(4.0)",
        'output.text.startsWith("Z") && output.text.endsWith("ë") || output.ok',
        'input.matches("[0-9]+\\\\.[0-9]{2}") && input.contains("refund")',
        "output.tags.exists(tag, tag == 'urgent') && output.list.all(n, n > 0)",
        "output.list.exists_one(n, n == 2)",
        "output.list.map(n, n > 1, n * 2)",
        "output.list.map(n, output.tags.map(t, t + string(n)))",
        'steps["Risk check"].level == "high" ? [1, 2.5, null] : []',
        "{'a': output.n, 'b': {'c': [true]}}",
        "has(output.missing) || has(output.none)",
        "int('7') + int(output.f) == 9",
        "double(output.n) > 6.5",
        "'it\\'s \"so\" \\u00e9\\n'",
        "r'a\\b'",
        "output.ok == true && output.none == null && output.n != 8",
        "error.code + string(item.x) + string(index + count)",
        "output.n > 6 ? 'big' : output.n > 3 ? 'middle' : 'small'",
        "timestamp('2026-01-01T00:00:00Z') < timestamp('2026-02-01T00:00:00Z')",
        "output.list[size(output.tags)]",
        "type(output.n) == int",
        "1 == true",
        "b'a' == b'a'",
    ],
)
def test_it_gives_the_same_value(expression: str) -> None:
    assert _run(translate(expression, NAMES).code) == evaluate(expression, VALUES)


@pytest.mark.parametrize(
    "expression", ["output.missing", "output.n && true", "has(input.x)", "output.list[7]", "output.text > 1"]
)
def test_what_has_no_value_has_none_here_either(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, VALUES)
    with pytest.raises((LookupError, TypeError, ValueError)):
        _run(translate(expression, NAMES).code)


def test_a_condition_is_true_or_false() -> None:
    assert translate("state.good", NAMES, condition=True).code == "is_true(here.state['good'])"
    assert translate("output.n > 1", NAMES, condition=True).code == "output['n'] > 1"


def test_what_python_says_otherwise_is_left_to_the_cel_package() -> None:
    translation = translate("duration('1h') > duration('5m')", NAMES)

    assert translation.helpers == {"evaluate"}
    assert _run(translation.code) is True


def _run(code: str) -> Any:
    here = SimpleNamespace(**{name: VALUES[name] for name in ("input", "steps", "state", "error")})
    local = {name: VALUES[name] for name in ("output", "item", "index", "count")}
    known = {**vars(expressions), "evaluate": cel_expressions.evaluate, "re": re, "here": here, **local}
    return eval(code, known)
