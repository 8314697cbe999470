"""Reads YAML and JSON text into plain data, and remembers in which line each part stands.

Only data is read: no tags that make objects, no references from one part to another (`*name`), no doubled keys.
`yes`, `on` and dates are text, as in YAML 1.2 and JSON.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import yaml

from core.errors import InvalidSpecError
from core.organization.wording import Path
from core.organization.yaml_types import IMPLICIT_TYPES, MAKE, TAG, finite, integer

try:
    from yaml import CSafeLoader as _BaseLoader
except ImportError:  # pyyaml built without libyaml
    from yaml import SafeLoader as _BaseLoader  # type: ignore[assignment]


MAX_DEPTH = 100
"""How deeply lists and mappings of a text may be nested."""
_QUOTE = "Put quotes around it, or write a number that is less large."
_KEEP_ONE = "Keep one of the two."


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data, where it comes from, and the line of each part that was read from a text."""

    data: Any
    source: str = ""
    lines: dict[Path, int] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """`file.yaml, line 12: ` for a part, or for the nearest part around it that stands in the text."""
        return _place(self.source, self.line(path))

    def line(self, path: Path) -> int | None:
        """The line of a part, or of the nearest part around it that stands in the text."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def part(self, path: Path) -> "Document":
        """A part of the document as a document; KeyError or IndexError when there is none."""
        data = self.data
        for step in path:
            data = data[step]
        size = len(path)
        lines = {place[size:]: line for place, line in self.lines.items() if place[:size] == path}
        return Document(data, self.source, lines)


def read_document(text: str, *, source: str = "") -> Document:
    """The mapping that a YAML or JSON text holds; InvalidSpecError when it holds none."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        document = _read_json(text.lstrip("\ufeff"), source)
    else:
        document = _read_yaml(text, source)
    if not isinstance(document.data, dict):
        raise InvalidSpecError(
            f"{_place(source, None)}This text does not describe an organization.",
            hint="It begins with fields such as `name:` and `agents:`.",
        )
    return document


class _Loader(_BaseLoader):
    yaml_implicit_resolvers = IMPLICIT_TYPES


def _read_yaml(text: str, source: str) -> Document:
    try:
        reader = _Reader(text, source)
        return Document(reader.document(), source, reader.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise InvalidSpecError(
            f"{_place(source, line)}This is not YAML: {what}.",
            hint="Check the indentation and the quotes there.",
            line=line,
        ) from error
    except yaml.reader.ReaderError as error:
        raise InvalidSpecError(
            f"{_place(source, None)}This text has a character that YAML does not allow: {error.reason}.",
            hint="Save the file as UTF-8 text.",
        ) from error


def _read_json(text: str, source: str) -> Document:
    try:
        data = json.loads(
            text, object_pairs_hook=_unique, parse_float=finite, parse_int=integer, parse_constant=finite
        )
    except json.JSONDecodeError as error:
        return _read_braced_yaml(text, source, error)
    except _DoubledKeyError as error:
        _read_yaml(text, source)  # says the line, too
        raise InvalidSpecError(f"{_place(source, None)}This text {error}.", hint=_KEEP_ONE) from error
    except ValueError as error:
        raise InvalidSpecError(
            f"{_place(source, None)}This text has a value that cannot be read: {error}.",
            hint=_QUOTE,
        ) from error
    except RecursionError as error:
        raise InvalidSpecError(
            f"{_place(source, None)}This text is nested too deeply.", hint="Flatten its lists and mappings."
        ) from error
    try:
        lines = _read_yaml(text, source).lines
    except InvalidSpecError:
        # JSON that YAML cannot read, such as tabs before a value: its parts have no lines.
        lines = {}
    return Document(data, source, lines)


def _read_braced_yaml(text: str, source: str, error: json.JSONDecodeError) -> Document:
    """YAML may begin with a brace too; when it is no YAML either, it was meant as JSON."""
    try:
        return _read_yaml(text, source)
    except InvalidSpecError:
        raise InvalidSpecError(
            f"{_place(source, error.lineno)}This is not JSON: {error.msg} (column {error.colno}).",
            hint="Check the commas, quotes and brackets there.",
            line=error.lineno,
        ) from error


class _Reader:
    """Makes plain data of YAML events, noting the line of each part. The parser's own way of building is not
    used: it follows references, and crashes the process on text that is nested very deeply."""

    def __init__(self, text: str, source: str) -> None:
        self._loader: Any = _Loader(text)
        self._source = source
        self.lines: dict[Path, int] = {}

    def document(self) -> Any:
        """What the only document of the text holds; None when there is none."""
        self._loader.get_event()  # start of the stream
        if not self._loader.check_event(yaml.DocumentStartEvent):
            return None
        self._loader.get_event()
        data = self._value(())
        self._loader.get_event()  # end of the document
        if not self._loader.check_event(yaml.StreamEndEvent):
            raise self._refused(self._loader.get_event(), "holds more than one document", "Keep the first one.")
        return data

    def _value(self, path: Path) -> Any:
        event = self._loader.get_event()
        self.lines.setdefault(path, _line(event))
        if len(path) > MAX_DEPTH:
            raise self._refused(event, "is nested too deeply", "Flatten its lists and mappings.")
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(path)
            case yaml.SequenceStartEvent():
                return self._sequence(path)
            case yaml.ScalarEvent():
                return self._scalar(event)
            case _:
                raise self._refused(event, "refers to another part (`*name`)", "Write the part out here.")

    def _mapping(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not self._loader.check_event(yaml.MappingEndEvent):
            event = self._loader.get_event()
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refused(event, "has a key that is no text", "Put a word before the colon.")
            key = event.value
            if key in mapping:
                raise self._refused(event, str(_DoubledKeyError(key)), _KEEP_ONE)
            self.lines[(*path, key)] = _line(event)
            mapping[key] = self._value((*path, key))
        self._loader.get_event()
        return mapping

    def _sequence(self, path: Path) -> list[Any]:
        sequence: list[Any] = []
        while not self._loader.check_event(yaml.SequenceEndEvent):
            sequence.append(self._value((*path, len(sequence))))
        self._loader.get_event()
        return sequence

    def _scalar(self, event: Any) -> Any:
        tag = event.tag or self._loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        make = MAKE.get(tag)
        if make is None:
            shown = tag.replace(TAG, "!!")
            raise self._refused(event, f"has the tag '{shown}', which is not read", "Remove the tag.")
        try:
            return make(event.value)
        except ValueError as error:
            raise self._refused(event, f"has a value that cannot be read: {error}", _QUOTE) from error

    def _refused(self, event: Any, what: str, hint: str) -> InvalidSpecError:
        line = _line(event)
        return InvalidSpecError(f"{_place(self._source, line)}This text {what}.", hint=hint, line=line)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _DoubledKeyError(ValueError):
    """The same key stands twice in one mapping."""

    def __init__(self, key: str) -> None:
        super().__init__(f"has the key '{key}' twice")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in pairs:
        if key in mapping:
            raise _DoubledKeyError(key)
        mapping[key] = value
    return mapping


def _place(source: str, line: int | None) -> str:
    if line is None:
        return f"{source}: " if source else ""
    return f"{source}, line {line}: " if source else f"Line {line}: "
