"""Trying an expression or template on a sample: what is offered, and what comes out in words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.organization.expression_scope import ScopeField
from core.organization.expressions import ExpressionError, as_text, evaluate, holds, render

TrialKind = Literal["condition", "value", "template"]
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Trial:
    """What an expression gives; `value` is None when it cannot be evaluated, and `words` say why."""

    words: str
    value: str | None = None

    @property
    def worked(self) -> bool:
        return self.value is not None


def tried(kind: TrialKind, text: str, variables: Mapping[str, Any]) -> Trial:
    """The expression or template with these values."""
    try:
        match kind:
            case "condition":
                return (
                    Trial("It holds.", "true") if holds(text, variables) else Trial("It does not hold.", "false")
                )
            case "template":
                return Trial("It reads:", render(text, variables))
            case "value":
                return Trial("It gives:", shown(evaluate(text, variables)))
    except ExpressionError as error:
        return Trial(f"{error.message} {error.hint or ''}".strip())


def shown(value: Any) -> str:
    """A sample for a text field: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def read_sample(text: str) -> Any:
    """The JSON that a person typed, or the text itself when it is none."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def with_samples(variables: Mapping[str, Any], output: str, others: str) -> dict[str, Any]:
    """The variables with what a person typed for `output` and, as one JSON object, for the rest."""
    typed = read_sample(others)
    rest = (
        typed if isinstance(typed, dict) else {name: each for name, each in variables.items() if name != "output"}
    )
    return {**rest, "output": read_sample(output)}


def field_lines(fields: list[ScopeField]) -> list[str]:
    """Each field as it is written in an expression, with its sample."""
    return [f"`{field.name}` {_short(as_text(field.value))}" for field in fields]


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHORT else plain[: _SHORT - 1] + "…"
