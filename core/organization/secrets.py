"""Keeps secrets out of what leaves the studio: values that look like one become `${NAME}`, with a note.

A file is for sharing, so a secret in it is never right; the organization itself stays as it is. `${NAME}` is read
from the environment in tools' URLs, headers, arguments and environments: with the variables set, an exported tool
works as it did. In other texts nothing fills it in, and the note says so.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from core.organization.secret_spans import secret_spans
from core.organization.spec import (
    HttpToolSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    Organization,
)

_STRUCTURE = {"name", "kind", "source", "target", "port", "entry", "agent", "function", "node", "code"}
WORTH_HIDING = 8
"""A found secret of this length is taken out wherever else it stands; a shorter one could be any word."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A secret that was taken out: where, what stands there now, and whether the studio fills it in there."""

    node: str
    field: str
    variable: str
    filled_in: bool

    @property
    def words(self) -> str:
        place = f"`{self.field}` of '{self.node}'" if self.node else f"`{self.field}`"
        if self.filled_in:
            return f"{place} holds `${{{self.variable}}}`: set {self.variable} where the file is used."
        return f"{place} holds `${{{self.variable}}}` instead of a secret; nothing fills it in there."


@dataclass(frozen=True, slots=True)
class Shareable:
    """An organization without secrets, and what was taken out of it."""

    organization: Organization
    hidden: list[Hidden]


def without_secrets(org: Organization) -> Shareable:
    """What may leave the studio. Without secrets in it the organization is given back as it is."""
    cleaner = _Cleaner(used=set(re.findall(r"\$\{(\w+)\}", org.model_dump_json())))
    cleaned = cleaner.organization(org)
    if not cleaner.hidden:
        return Shareable(org, [])
    return Shareable(cleaner.forgotten(cleaned), list(dict.fromkeys(cleaner.hidden)))


@dataclass(slots=True)
class _Cleaner:
    """Goes through an organization once, giving each secret a variable of its own."""

    used: set[str]
    variables: dict[str, str] = field(default_factory=dict)
    """By secret."""
    hidden: list[Hidden] = field(default_factory=list)

    def organization(self, org: Organization) -> Organization:
        families = {
            family: [self._node(node) for node in getattr(org, family)]
            for family in ("agents", "tools", "guardrails", "steps")
        }
        links = [self._part(link, link.source, "") for link in org.links]
        rest = [name for name in Organization.model_fields if name not in {*families, "links", "layout", "name"}]
        others = {name: self._value(getattr(org, name), "", name) for name in rest}
        extra = {name: self._value(value, "", name) for name, value in (org.model_extra or {}).items()}
        return org.model_copy(update={**families, "links": links, **others, **extra})

    def forgotten(self, org: Organization) -> Organization:
        """Without the secrets that were found, also where they did not look like any."""
        found = sorted((secret for secret in self.variables if len(secret) >= WORTH_HIDING), key=len, reverse=True)
        if not found:
            return org
        pattern = re.compile("|".join(map(re.escape, found)))

        def forget(text: str) -> str:
            return pattern.sub(lambda match: f"${{{self.variables[match.group()]}}}", text)

        cleaned: Organization = _mapped(org, forget)
        return cleaned

    def _node(self, node: BaseModel) -> BaseModel:
        return self._part(node, str(getattr(node, "name", "")), "")

    def _part(self, part: BaseModel, node: str, path: str) -> BaseModel:
        fills = isinstance(part, HttpToolSpec | McpHttpToolSpec | McpStdioToolSpec)
        changed = {}
        for name, value in [*_fields(part), *(part.model_extra or {}).items()]:
            if name not in _STRUCTURE:
                cleaned = self._value(value, node, f"{path}.{name}".strip("."), fills=fills)
                if cleaned != value:
                    changed[name] = cleaned
        return part.model_copy(update=changed) if changed else part

    def _value(self, value: Any, node: str, path: str, *, fills: bool = False) -> Any:
        match value:
            case str():
                return self._text(value, node, path, fills=fills)
            case BaseModel():
                return self._part(value, node, path)
            case dict():
                return {key: self._value(item, node, f"{path}.{key}", fills=fills) for key, item in value.items()}
            case list():
                befores = ["", *value]
                return [
                    self._text(item, node, f"{path}.{at}", before=str(befores[at]), fills=fills)
                    if isinstance(item, str)
                    else self._value(item, node, f"{path}.{at}", fills=fills)
                    for at, item in enumerate(value)
                ]
            case _:
                return value

    def _text(self, text: str, node: str, path: str, *, before: str = "", fills: bool) -> str:
        pieces, end = [], 0
        for start, stop in secret_spans(path, text, before=before):
            variable = self._variable(text[start:stop], node, path, before)
            filled_in = fills and path.partition(".")[0] in {"url", "headers", "environment", "arguments"}
            self.hidden.append(Hidden(node, path, variable, filled_in))
            pieces += [text[end:start], f"${{{variable}}}"]
            end = stop
        return "".join([*pieces, text[end:]])

    def _variable(self, secret: str, node: str, path: str, before: str) -> str:
        if secret not in self.variables:
            family, _, label = path.partition(".")
            match family:
                case "environment":
                    wanted = label
                case "headers":
                    wanted = f"{node}_{label}"
                case "arguments" if before.startswith("-"):
                    wanted = f"{node}_{before}"
                case "url" | "arguments":
                    wanted = f"{node}_key"
                case _:
                    wanted = f"{node}_secret"
            self.variables[secret] = self._fresh(wanted)
        return self.variables[secret]

    def _fresh(self, wanted: str) -> str:
        stem = re.sub(r"[^A-Z0-9]+", "_", wanted.upper()).strip("_") or "SECRET"
        stem = f"_{stem}" if stem[0].isdigit() else stem
        name, number = stem, 2
        while name in self.used:
            name, number = f"{stem}_{number}", number + 1
        self.used.add(name)
        return name


def _fields(part: BaseModel) -> Iterator[tuple[str, Any]]:
    for name in type(part).model_fields:
        yield name, getattr(part, name)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """The same with all its texts changed, but for names."""
    match value:
        case str():
            return change(value)
        case BaseModel():
            parts = [*_fields(value), *(value.model_extra or {}).items()]
            return value.model_copy(
                update={name: _mapped(part, change) for name, part in parts if name not in _STRUCTURE}
            )
        case dict():
            return {key: _mapped(item, change) for key, item in value.items()}
        case list():
            return [_mapped(item, change) for item in value]
        case _:
            return value
