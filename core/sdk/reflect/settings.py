"""The model of an agent, and how it is asked."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core.organization.spec import ModelSettingsSpec
from core.sdk.reflect.finder import Finder, FoundAgent
from core.sdk.reflect.report import joined
from core.sdk.reflect.values import (
    Class,
    Const,
    External,
    Function,
    Items,
    Made,
    Mapping,
    Opaque,
    Value,
    Variable,
    plain,
    text_of,
)

OPENAI = "openai/"
_SAME = ("temperature", "top_p", "max_tokens", "tool_choice", "parallel_tool_calls", "verbosity")
_OWN = {*_SAME, "reasoning", "timeout"}
_QUIET = {"include_usage", "store"}
"""Settings that change nothing in what a run does here."""


def model_of(finder: Finder, found: FoundAgent, what: str) -> str | None:
    """The model reference of an agent; None for the studio's default."""
    value = finder.field(found, "model")
    if value is None or value == Const(None):
        return None
    if isinstance(value, Made):
        name = model_of_object(finder, value)
        if name is not None:
            kind = value.maker.rpartition(".")[2]
            finder.report.approximated(
                f"model of {what}", found.where, f"`{kind}` made it; only the name '{name}' is kept, for OpenAI."
            )
            return model_reference(name)
    text = text_of(value)
    if isinstance(value, Variable):
        note = f"It comes from the environment ({value.name})"
        kept = f"; '{text}' is kept." if text else "; the studio's default model is used."
        finder.report.approximated(f"model of {what}", found.where, note + kept)
        return model_reference(text) if text else None
    if text is None or not isinstance(value, Const):
        finder.report.not_carried(f"model of {what}", found.where, f"Only running tells it: `{written(value)}`.")
        return None
    return model_reference(text)


def model_of_object(finder: Finder, made: Made) -> str | None:
    """The name in `OpenAIChatCompletionsModel(model="…")` and the like."""
    for option in ("model", "model_name"):
        text = text_of(finder.option(made, option, 0 if option == "model" else None))
        if text:
            return text
    return None


def model_reference(name: str) -> str:
    """A model's name as `provider/model`; names without a provider are OpenAI's."""
    clean = name.strip()
    return clean if "/" in clean else OPENAI + clean


def settings_of(finder: Finder, found: FoundAgent, what: str) -> ModelSettingsSpec:
    """The model settings of an agent."""
    value = finder.field(found, "model_settings")
    if value is None or value == Const(None):
        return ModelSettingsSpec()
    given = _given(finder, value)
    if given is None:
        note = f"Only running tells them: `{written(value)}`."
        finder.report.not_carried(f"model settings of {what}", found.where, note)
        return ModelSettingsSpec()
    wanted: dict[str, Any] = {}
    left = sorted(name for name in given if name not in _OWN | _QUIET)
    for name in _SAME:
        left += _take(wanted, name, given.get(name))
    left += _take(wanted, "timeout_seconds", given.get("timeout"))
    left += _effort(finder, wanted, given.get("reasoning"))
    settings, refused = _fitting(wanted)
    if left or refused:
        finder.report.not_carried(f"{joined([*left, *refused])} of the model settings of {what}", found.where)
    return settings


def _given(finder: Finder, value: Value) -> dict[str, Value] | None:
    if isinstance(value, Mapping) and not value.unknown:
        return value.names()
    if isinstance(value, Made) and value.maker == "agents.ModelSettings":
        named = [keyword.arg for keyword in value.call.keywords if keyword.arg]
        found = {name: option for name in named if (option := finder.option(value, name)) is not None}
        for keyword in value.call.keywords:
            if keyword.arg is None:
                spread = finder.evaluator.value(keyword.value, value.frame)
                found.update(spread.names() if isinstance(spread, Mapping) else {})
        return found
    return None


def _take(wanted: dict[str, Any], name: str, value: Value | None) -> list[str]:
    """Put a known value under its name; what is not known is given back as left out."""
    if value is None or value == Const(None):
        return []
    if isinstance(value, Const):
        wanted[name] = value.value
        return []
    return [f"{name} (`{written(value)}`)"]


def _effort(finder: Finder, wanted: dict[str, Any], value: Value | None) -> list[str]:
    match value:
        case None | Const(value=None):
            return []
        case Made():
            effort = finder.option(value, "effort")
        case Mapping():
            effort = value.get("effort")
        case _:
            return [f"reasoning (`{written(value)}`)"]
    return _take(wanted, "reasoning_effort", effort)


def _fitting(wanted: dict[str, Any]) -> tuple[ModelSettingsSpec, list[str]]:
    """The settings that the spec takes, and the names of those that it does not."""
    try:
        return ModelSettingsSpec.model_validate(wanted), []
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors(include_url=False)}
        kept = {name: value for name, value in wanted.items() if name not in wrong}
        return ModelSettingsSpec.model_validate(kept), [f"{name} ({wanted[name]!r:.40})" for name in sorted(wrong)]


def written(value: Value | None, limit: int = 80) -> str:
    """A value as it is told in a report."""
    match value:
        case Opaque(source=source):
            text = " ".join(source.split())
        case Made(call=call, frame=frame):
            text = " ".join(frame.module.source(call).split())
        case Const(value=scalar):
            text = repr(scalar)
        case Function(node=node) | Class(node=node):
            text = node.name
        case External(name=name):
            text = name
        case Items() | Mapping():
            try:
                text = repr(plain(value))
            except ValueError:
                text = type(value).__name__.lower()
        case _:
            text = text_of(value) or type(value).__name__.lower()
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
