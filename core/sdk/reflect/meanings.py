"""What the variables of a workflow's code stand for: the input, the state, outputs of agents, CEL expressions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal

from core.organization.spec import JsonObject

Kind = Literal["text", "number", "bool", "list", "object", "null", "any"]
ATOM, UNARY, TIMES, PLUS, RELATION, AND, OR, CHOICE = 10, 8, 7, 6, 5, 4, 3, 2


@dataclass(frozen=True, slots=True)
class Cel:
    """A CEL expression; `strength` says how tightly it binds."""

    text: str
    kind: Kind = "any"
    strength: int = ATOM
    schema: JsonObject = field(default_factory=dict)
    """The JSON schema of its value, as far as it is known."""

    def within(self, strength: int) -> str:
        """The text, in parentheses where something that binds more tightly is around it."""
        return self.text if self.strength >= strength else f"({self.text})"


@dataclass(frozen=True, slots=True)
class RunOf:
    """The result of running the agent of a step."""

    node: str
    schema: JsonObject | None

    @property
    def output(self) -> Cel:
        """The final output."""
        return Cel(f"steps[{quoted(self.node)}]", "object" if self.schema else "text", ATOM, self.schema or {})


@dataclass(frozen=True, slots=True)
class Fields:
    """A dictionary of the code whose fields have meanings of their own."""

    fields: dict[str, Meaning]


@dataclass(frozen=True, slots=True)
class History:
    """The list of messages so far; it began with `start`, a template."""

    start: str


@dataclass(frozen=True, slots=True)
class State:
    """The variables of the workflow."""


@dataclass(frozen=True, slots=True)
class Given:
    """The input of the workflow: an object with the text in it."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """The result of guardrails; `tripped` when it is the question whether one has tripped."""

    tripped: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that cannot be said in CEL."""

    source: str


Meaning = Cel | RunOf | Fields | History | State | Given | Guarded | Unknown


def quoted(text: str) -> str:
    """A CEL text literal that can also stand in a template: two closing braces in a row would end a hole."""
    return json.dumps(text, ensure_ascii=False).replace("}}", "}\\u007d")


def kind_of(schema: JsonObject) -> Kind:
    """The kind of a value with that schema."""
    kinds: dict[object, Kind] = {
        "string": "text",
        "integer": "number",
        "number": "number",
        "boolean": "bool",
        "array": "list",
        "object": "object",
    }
    found = schema.get("type")
    if isinstance(found, str):
        return kinds.get(found, "any")
    return "any"


def as_cel(meaning: Meaning) -> Cel | None:
    """A meaning as an expression."""
    match meaning:
        case Cel():
            return meaning
        case RunOf():
            return meaning.output
        case Given():
            return Cel("input", "text")
        case State():
            return Cel("state", "object")
        case Fields(fields=fields):
            parts = {name: as_cel(each) for name, each in fields.items()}
            known = {name: each.text for name, each in parts.items() if each is not None}
            if len(known) != len(parts):
                return None
            inside = ", ".join(f"{quoted(name)}: {text}" for name, text in known.items())
            # The space keeps two closing braces apart, which would end a hole of a template.
            return Cel(f"{{{inside}{' ' if inside.endswith('}') else ''}}}", "object")
        case History() | Guarded() | Unknown():
            return None


def hole(expression: str) -> str:
    """A hole of a template."""
    return f"{{{{ {expression} }}}}"


def plain_text(text: str) -> str:
    """Text as it stands in a template: two opening braces in a row would begin a hole."""
    escaped = text.replace("{{", hole(quoted("{{")))
    return f"{escaped[:-1]}{hole(quoted('{'))}" if text.endswith("{") and not text.endswith("{{") else escaped
