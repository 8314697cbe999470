"""What an expression is known to be without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.sdk.reflect.scopes import Module, Scope

Scalar = str | int | float | bool | None | bytes


@dataclass(eq=False, slots=True)
class Frame:
    """One run through a scope, as far as it is known: a module, or a function with the arguments of a call."""

    scope: Scope = field(repr=False)
    arguments: dict[str, Value] = field(default_factory=dict, repr=False)
    parent: Frame | None = field(default=None, repr=False)

    @property
    def module(self) -> Module:
        return self.scope.module


@dataclass(frozen=True, slots=True)
class Const:
    """A constant."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Text:
    """Text with holes: an f-string of which parts are not known. Holes are written as in the code, `{name}`."""

    text: str
    holes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list, tuple or set; `unknown` are the parts of it that are not known."""

    items: tuple[Value, ...]
    unknown: tuple[Opaque, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """A dictionary."""

    pairs: tuple[tuple[Value, Value], ...]
    unknown: tuple[Opaque, ...] = ()

    def get(self, key: str) -> Value | None:
        """The value under a text key; the last one counts."""
        found = [value for name, value in self.pairs if isinstance(name, Const) and name.value == key]
        return found[-1] if found else None

    def names(self) -> dict[str, Value]:
        """The values under text keys."""
        return {
            name.value: value
            for name, value in self.pairs
            if isinstance(name, Const) and isinstance(name.value, str)
        }


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """An object that a call makes: an agent, settings, a handoff, anything we do not look into further."""

    maker: str
    """Dotted name of what is called, such as `agents.Agent`."""
    call: ast.Call
    frame: Frame
    receiver: Value | None = None
    """Of a method call, the object before the dot."""
    bases: tuple[str, ...] = ()
    """Of an object of a class in the files: dotted names of the classes that it is made of."""

    @property
    def key(self) -> tuple[int, int]:
        """Equal for the same object."""
        return id(self.call), id(self.frame)


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the files."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    frame: Frame
    """Where it is defined."""
    receiver: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class of the files."""

    node: ast.ClassDef
    frame: Frame


@dataclass(frozen=True, slots=True)
class External:
    """Something that is imported from outside the files, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class ModuleValue:
    """A module of the files."""

    module: Module


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment."""

    name: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Opaque:
    """An expression that only running it could tell, kept as it is written."""

    source: str
    where: str


Value = Const | Text | Items | Mapping | Made | Function | Class | External | ModuleValue | Variable | Opaque


def text_of(value: Value | None) -> str | None:
    """The text that a value is, or None; holes are kept."""
    match value:
        case Const(value=str() as text):
            return text
        case Text(text=text):
            return text
        case Variable(default=str() as default):
            return default
        case _:
            return None


def plain(value: Value) -> object:
    """The value as JSON data; ValueError for what has none."""
    match value:
        case Const(value=bytes()):
            raise ValueError("bytes")
        case Const(value=scalar):
            return scalar
        case Items(items=items, unknown=()):
            return [plain(item) for item in items]
        case Mapping(unknown=()):
            names = value.names()
            if len(names) != len(value.pairs):
                raise ValueError("keys that are no text, or doubled")
            return {name: plain(each) for name, each in names.items()}
        case _:
            raise ValueError(type(value).__name__)
