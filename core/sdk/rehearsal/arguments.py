"""From a JSON schema to a value that satisfies it, filled with what the conversation says."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jsonschema
from jsonschema import Draft202012Validator
from referencing.exceptions import Unresolvable

from core.sdk.rehearsal.evidence import Evidence, best_option
from core.sdk.rehearsal.fields import NEEDED_KINDS, Field, read_field
from core.sdk.rehearsal.schemas import branches, merged, resolve, type_names
from core.sdk.rehearsal.synthesis import FORMATS, number_in_bounds, text_of_length, text_of_pattern
from core.sdk.rehearsal.words import terms

SAID, GIVEN, ASSUMED, INVENTED = "said", "given", "assumed", "invented"
"""Where a value is from: the conversation, the schema alone, a guess the schema allows, nothing at all."""

DEEP, DEEPEST = 6, 24
"""From here on only what must be is filled; from there on nothing, as the schema has no end."""
_MIDDLE = ("normal", "medium", "other", "general", "unknown", "none", "default")
_PAGE_DEFAULTS = {"limit": 5, "top": 5, "k": 5, "results": 5, "page": 1, "offset": 0}
_UNCHECKABLE = (re.error, jsonschema.SchemaError, jsonschema.exceptions.UnknownType, Unresolvable, RecursionError)


@dataclass(frozen=True, slots=True)
class Filled:
    """A value and where it is from."""

    value: Any
    origin: str


@dataclass(slots=True)
class Notes:
    """What is to be said about the values: names of fields that nobody gave, and guesses with their values."""

    missing: list[str] = field(default_factory=list)
    assumed: dict[str, Any] = field(default_factory=dict)
    must_ask: list[str] = field(default_factory=list)
    """Those of `missing` that must not be made up: ids, amounts, dates and other numbers."""

    def copy(self) -> "Notes":
        return Notes(list(self.missing), dict(self.assumed), list(self.must_ask))


Writer = Callable[[Field], Any]
"""Gives a value for a field of an answer, or None."""


class Filler:
    """Fills one schema. `acts`: the value is for something that changes the world, so that nothing is guessed.
    `writer` is set when the value is an answer: then every property is wanted."""

    def __init__(
        self,
        schema: dict[str, Any],
        evidence: Evidence,
        *,
        hint: str = "",
        acts: bool = False,
        writer: Writer | None = None,
    ):
        self.root = schema
        self.evidence = evidence
        self.hint = hint
        self.acts = acts
        self.writer = writer
        self.notes = Notes()
        self._validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    def fill(self) -> Any:
        """The value of the whole schema; `notes` say what had to be guessed."""
        return self._value(self.root, "", "", 0).value

    def valid(self, schema: Any, value: Any) -> bool:
        """Whether the value satisfies the (sub)schema; one that cannot be checked passes."""
        try:
            return bool(self._validator.evolve(schema=schema).is_valid(value))
        except _UNCHECKABLE:
            return True

    def _value(self, schema: Any, name: str, path: str, depth: int) -> Filled:
        if not isinstance(schema, dict):
            return Filled("" if schema is not False else None, GIVEN)
        if depth > DEEPEST:
            return Filled(None, INVENTED)
        schema = resolve(schema, self.root)
        if "const" in schema:
            return Filled(schema["const"], GIVEN)
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return self._option(schema, name, path)
        if options := branches(schema, self.root):
            return self._first_fitting(schema, options, name, path, depth)
        return self._typed(merged(schema, self.root), type_names(schema)[0], name, path, depth)

    def _first_fitting(
        self, schema: dict[str, Any], options: list[dict[str, Any]], name: str, path: str, depth: int
    ) -> Filled:
        """The first branch that the conversation speaks of, else null where that is allowed, else any."""
        fallback: tuple[Filled, Notes] | None = None
        before = self.notes
        ordered = sorted(options, key=lambda option: type_names(option)[0] == "null")
        if depth > DEEP:
            ordered.sort(key=lambda option: type_names(option)[0] in {"object", "array"})
        for option in ordered:
            self.notes = before.copy()
            filled = self._value(option, name, path, depth + 1)
            if not self.valid(schema, filled.value):
                continue
            null = type_names(option)[0] == "null"
            if filled.origin == SAID or (null and self.writer is None) or depth > DEEP:
                return filled
            fallback = fallback or (filled, self.notes)
        if fallback is None:
            self.notes = before
            return Filled(None, INVENTED)
        self.notes = fallback[1]
        return fallback[0]

    def _typed(self, schema: dict[str, Any], kind: str, name: str, path: str, depth: int) -> Filled:
        match kind:
            case "object":
                return self._object(schema, path, depth)
            case "array":
                return self._array(schema, name, path, depth)
            case "null":
                return Filled(None, GIVEN)
            case "boolean":
                return self._boolean(schema, name)
            case _:
                return self._scalar(schema, kind, name, path)

    # -- scalars ------------------------------------------------------------------------------------

    def _scalar(self, schema: dict[str, Any], kind: str, name: str, path: str) -> Filled:
        wanted = read_field(name, {**schema, "type": kind}, kind, self.hint)
        written = self.writer(wanted) if self.writer else None
        for value in (written, self.evidence.find(wanted)):
            fitted = self._fit(schema, kind, value)
            if fitted is not None:
                return Filled(fitted, SAID)
        if "default" in schema and self.valid(schema, schema["default"]):
            return self._note(Filled(schema["default"], ASSUMED if wanted.kind in NEEDED_KINDS else GIVEN), path)
        for example in [*_listlike(schema.get("examples")), _PAGE_DEFAULTS.get(name.lower().split("_")[-1])]:
            if example is not None and self.valid(schema, example) and wanted.kind not in NEEDED_KINDS:
                return Filled(example, GIVEN)
        unclear = wanted.kind == "unknown" and self.acts
        needed = wanted.kind in NEEDED_KINDS or kind in {"integer", "number"} or unclear
        return self._note(self._made_up(schema, kind, wanted), path, needed=needed)

    def _fit(self, schema: dict[str, Any], kind: str, value: Any) -> Any:
        """The value in the schema's type and limits, or None when it cannot be."""
        if value is None:
            return None
        for candidate in _casts(value, kind, schema):
            if self.valid(schema, candidate):
                return candidate
        return None

    def _made_up(self, schema: dict[str, Any], kind: str, wanted: Field) -> Filled:
        if kind in {"integer", "number"}:
            wish = 0.5 if wanted.name in {"confidence", "probability"} else None
            return Filled(number_in_bounds(schema, whole=kind == "integer", wish=wish), INVENTED)
        if kind != "string":
            return Filled("", INVENTED)
        if pattern := schema.get("pattern"):
            said = self._pattern_in_text(schema, str(pattern))
            if said is not None:
                return Filled(said, SAID)
            made = text_of_pattern(str(pattern), int(schema.get("minLength", 0)))
            return Filled(made if made is not None else "", ASSUMED if made is not None else INVENTED)
        if schema.get("format") in FORMATS:
            made = FORMATS[str(schema["format"])]
            return Filled(text_of_length(made, int(schema.get("minLength", 0)), schema.get("maxLength")), INVENTED)
        words = "unknown" if wanted.kind in NEEDED_KINDS or not self.evidence.request else self.evidence.request
        text = text_of_length(words, int(schema.get("minLength", 0)), schema.get("maxLength", 400))
        return Filled(text, INVENTED)

    def _pattern_in_text(self, schema: dict[str, Any], pattern: str) -> str | None:
        inner = re.sub(r"^\^|(?<!\\)\$$", "", pattern)
        for source in self.evidence.sources:
            try:
                found = [match[0] for match in re.finditer(rf"(?<!\w)(?:{inner})(?!\w)", source.text[:2000])]
            except re.error:
                return None
            for value in found:
                if value and self.valid(schema, value):
                    return value
        return None

    def _option(self, schema: dict[str, Any], name: str, path: str) -> Filled:
        options = [option for option in schema["enum"] if self.valid(schema, option)] or schema["enum"]
        written = self.writer(Field(name, "unknown", schema)) if self.writer else None
        if written in options:
            return Filled(written, SAID)
        for source in self.evidence.sources[:1] if len(options) > 1 else ():
            chosen = best_option(options, source.text, name)
            if chosen is not None:
                return Filled(chosen, SAID)
        if "default" in schema and schema["default"] in options:
            return Filled(schema["default"], GIVEN)
        if None in options and self.writer is None:
            return Filled(None, GIVEN)
        middle = next(
            (option for wish in _MIDDLE for option in options if str(option).lower() == wish), options[0]
        )
        return self._note(Filled(middle, GIVEN if len(options) == 1 else ASSUMED), path)

    def _boolean(self, schema: dict[str, Any], name: str) -> Filled:
        written = self.writer(Field(name, "unknown", {**schema, "type": "boolean"})) if self.writer else None
        if isinstance(written, bool):
            return Filled(written, SAID)
        if isinstance(schema.get("default"), bool):
            return Filled(schema["default"], GIVEN)
        said = {term.stem for term in terms(self.evidence.request)}
        named = [term for term in terms(name) if term.weight == 1.0]
        mentioned = bool(named) and self.writer is None and all(term.stem in said for term in named)
        return Filled(True, SAID) if mentioned else Filled(False, GIVEN)

    # -- containers ---------------------------------------------------------------------------------

    def _object(self, schema: dict[str, Any], path: str, depth: int) -> Filled:
        properties = schema.get("properties") or {}
        required = [name for name in _listlike(schema.get("required")) if isinstance(name, str)]
        value: dict[str, Any] = {}
        origins: list[str] = []
        for name in [*properties, *(name for name in required if name not in properties)]:
            wanted = name in required or (self.writer is not None and depth < 3)
            filled = self._property(schema, name, path, depth, wanted=wanted)
            if filled is not None:
                value[name] = filled.value
                origins.append(filled.origin)
        self._reach_size(schema, value)
        return Filled(value, SAID if SAID in origins else GIVEN if set(origins) <= {GIVEN} else INVENTED)

    def _property(
        self, schema: dict[str, Any], name: str, path: str, depth: int, *, wanted: bool
    ) -> Filled | None:
        """The property's value; an optional one only when the conversation gives it."""
        if not wanted and depth > DEEP:
            return None
        extra = schema.get("additionalProperties", True)
        inner = (schema.get("properties") or {}).get(
            name, extra if isinstance(extra, dict) else {"type": "string"}
        )
        before = self.notes
        self.notes = before.copy()
        filled = self._value(inner, name, f"{path}.{name}" if path else name, depth + 1)
        if wanted or (
            filled.origin == SAID and self.valid(inner, filled.value) and not self._is_whole_request(filled)
        ):
            return filled
        self.notes = before
        return None

    def _is_whole_request(self, filled: Filled) -> bool:
        """An optional free text is not worth filling with the request once more."""
        return isinstance(filled.value, str) and len(filled.value) > 40 and filled.value in self.evidence.request

    def _reach_size(self, schema: dict[str, Any], value: dict[str, Any]) -> None:
        extra = schema.get("additionalProperties", True)
        names = [name for name in schema.get("properties") or {} if name not in value]
        for name in names[: max(0, int(schema.get("minProperties", 0)) - len(value))]:
            value[name] = self._value(schema["properties"][name], name, name, DEEP).value
        while len(value) < int(schema.get("minProperties", 0)) and extra is not False:
            name = f"item_{len(value) + 1}"
            value[name] = self._value(
                extra if isinstance(extra, dict) else {"type": "string"}, name, name, DEEP
            ).value

    def _array(self, schema: dict[str, Any], name: str, path: str, depth: int) -> Filled:
        fixed = [
            self._value(item, name, f"{path}[{index}]", depth + 1)
            for index, item in enumerate(_listlike(schema.get("prefixItems")))
        ]
        items, most = schema.get("items", {"type": "string"}), schema.get("maxItems")
        said = (self._said_items(items, name) or self._said_object(items, name, path, depth)) if not fixed else []
        value = [*(one.value for one in fixed), *said][:most]
        least = int(schema.get("minItems", 0)) or int(self.writer is not None and depth < 4 and most != 0)
        while len(value) < least and items is not False:
            filled = self._value(items, name, path, depth + 1)
            value.append(self._unlike(filled.value, value, items) if schema.get("uniqueItems") else filled.value)
        if not value and self._needed(items, name):
            return self._note(Filled(value, INVENTED), path, needed=True)
        return Filled(value, SAID if said else INVENTED if least and not fixed else GIVEN)

    def _said_object(self, items: Any, name: str, path: str, depth: int) -> list[Any]:
        """One object for a list of objects, when the conversation speaks of it."""
        if depth > DEEP or not isinstance(items, dict) or type_names(resolve(items, self.root))[0] != "object":
            return []
        before = self.notes
        self.notes = before.copy()
        filled = self._value(items, name, f"{path}[0]", depth + 1)
        if filled.origin == SAID:
            return [filled.value]
        self.notes = before
        return []

    def _needed(self, items: Any, name: str) -> bool:
        """Whether an empty list would hide that nobody said which ids, addresses or dates are meant."""
        if self.writer is not None or not isinstance(items, dict) or "enum" in items:
            return False
        kind = type_names(resolve(items, self.root))[0]
        return read_field(name.removesuffix("s"), {**items, "type": kind}, kind, self.hint).kind in NEEDED_KINDS

    def _said_items(self, items: Any, name: str) -> list[Any]:
        if not isinstance(items, dict):
            return []
        items = resolve(items, self.root)
        kind = type_names(items)[0]
        wanted = read_field(name, {**items, "type": kind}, kind, self.hint)
        written = self.writer(Field(name, wanted.kind, {**items, "type": "array"})) if self.writer else None
        found = written if isinstance(written, list) else []
        if not found and "enum" in items:
            found = [
                option for option in items["enum"] if best_option([option], self.evidence.request) is not None
            ]
        if not found and kind in {"string", "integer", "number"} and "enum" not in items:
            singular = read_field(name.removesuffix("s"), {**items, "type": kind}, kind, self.hint)
            found = self.evidence.all(singular)
        fitted = [self._fit(items, kind, value) for value in found]
        return [value for index, value in enumerate(fitted) if value is not None and value not in fitted[:index]]

    def _unlike(self, value: Any, taken: list[Any], items: Any) -> Any:
        """Another value than those taken, when a list must not repeat itself."""
        if value not in taken:
            return value
        for candidate in _variations(value, items if isinstance(items, dict) else {}, len(taken)):
            if candidate not in taken and self.valid(items, candidate):
                return candidate
        return value

    def _note(self, filled: Filled, path: str, *, needed: bool = False) -> Filled:
        if filled.origin == INVENTED:
            self.notes.missing.append(path)
            self.notes.must_ask += [path] if needed else []
        elif filled.origin == ASSUMED:
            self.notes.assumed[path] = filled.value
        return filled


def _casts(value: Any, kind: str, schema: dict[str, Any]) -> list[Any]:
    if kind == "string":
        text = f"{value:g}" if isinstance(value, float) else str(value)
        longest = schema.get("maxLength")
        least = int(schema.get("minLength", 0))
        return [text, text.lstrip("#"), text.upper(), text_of_length(text, least, longest)]
    if isinstance(value, bool):
        return []
    if isinstance(value, str):
        digits = re.search(r"-?\d+(?:\.\d+)?", value)
        value = float(digits[0]) if digits and len(digits[0]) < 300 else None
    if not isinstance(value, int | float):
        return []
    return (
        [int(value)]
        if kind == "integer" and float(value).is_integer()
        else []
        if kind == "integer"
        else [_tidy(value)]
    )


def _tidy(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _variations(value: Any, items: dict[str, Any], count: int) -> list[Any]:
    options = list(items.get("enum", []))
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        step = items.get("multipleOf", 1)
        return [value + sign * step * offset for offset in range(1, count + 2) for sign in (1, -1)] + options
    if isinstance(value, str):
        longest = items.get("maxLength")
        ends = [f"{count + offset}" for offset in range(1, 12)]
        grown = [value + end for end in ends]
        return options + grown + [value[: max(0, (longest or len(value)) - len(end))] + end for end in ends]
    return options


def _listlike(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
