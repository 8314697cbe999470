"""Generates `guardrails.py`."""

from core.organization.spec import (
    GuardrailSpec,
    JudgeGuardrailSpec,
    KeywordGuardrailSpec,
    RegexGuardrailSpec,
)
from core.sdk.codegen.calls import Keyword, call
from core.sdk.codegen.frame import Frame
from core.sdk.codegen.literals import literal, quoted


def guardrails_module(frame: Frame) -> str:
    """The text of `guardrails.py`."""
    names = "input_guardrail, judge, keywords, output_guardrail, regex"
    lines = [
        '"""What the agents must not be told, and must not say."""',
        f"from {frame.package}.support.guardrails import {names}",
        *(f"{frame.guardrails[spec.name]} = {_code(spec)}" for spec in frame.guardrail_specs),
    ]
    return "\n\n".join(lines)


def _code(spec: GuardrailSpec) -> str:
    keywords: list[Keyword] = [("name", quoted(spec.name)), ("check", _check(spec))]
    if spec.message:
        keywords.append(("message", literal(spec.message)))
    return call(f"{spec.stage}_guardrail", keywords=keywords)


def _check(spec: GuardrailSpec) -> str:
    match spec:
        case RegexGuardrailSpec():
            keywords = [] if spec.ignore_case else [("ignore_case", "False")]
            arguments = ", ".join([_pattern(spec.pattern), *(f"{name}={code}" for name, code in keywords)])
            return f"regex({arguments})"
        case KeywordGuardrailSpec():
            return f"keywords({literal(spec.keywords)})"
        case JudgeGuardrailSpec():
            model = "" if spec.model is None else f", model={quoted(spec.model)}"
            return f"judge({literal(spec.instructions)}{model})"


def _pattern(pattern: str) -> str:
    """Patterns are read best in raw strings, where those can say them."""
    if "\\" in pattern and pattern.isprintable() and '"' not in pattern and not pattern.endswith("\\"):
        return f'r"{pattern}"'
    return quoted(pattern)
