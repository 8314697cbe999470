"""JSON schemas of classes in the files, without running them: pydantic models, dataclasses, TypedDicts, enums."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from core.organization.spec import JsonObject
from core.sdk.reflect.calls import base_names
from core.sdk.reflect.evaluate import Evaluator
from core.sdk.reflect.objects import given
from core.sdk.reflect.values import Class, Const, External, Frame, Items, Made, Mapping, Value, plain, text_of

_SCALARS: dict[str, JsonObject] = {
    "builtins.str": {"type": "string"},
    "builtins.int": {"type": "integer"},
    "builtins.float": {"type": "number"},
    "builtins.bool": {"type": "boolean"},
    "builtins.object": {},
    "typing.Any": {},
    "decimal.Decimal": {"type": "number"},
    "datetime.datetime": {"type": "string", "format": "date-time"},
    "datetime.date": {"type": "string", "format": "date"},
    "datetime.time": {"type": "string", "format": "time"},
    "uuid.UUID": {"type": "string", "format": "uuid"},
    "pydantic.EmailStr": {"type": "string", "format": "email"},
    "pydantic.HttpUrl": {"type": "string", "format": "uri"},
    "pydantic.AnyUrl": {"type": "string", "format": "uri"},
    "pathlib.Path": {"type": "string", "format": "path"},
}
_LISTS = {"list", "List", "Sequence", "Iterable", "Collection", "tuple", "Tuple"}
_SETS = {"set", "Set", "frozenset", "FrozenSet"}
_DICTS = {"dict", "Dict", "Mapping", "MutableMapping"}
_LIMITS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "pattern": "pattern",
    "description": "description",
    "title": "title",
    "examples": "examples",
}
_ENUMS = {"enum.Enum", "enum.StrEnum", "enum.IntEnum"}
_FIELD_HOLDERS = {
    "dataclasses.dataclass",
    "pydantic.dataclasses.dataclass",
    "typing.TypedDict",
    "typing_extensions.TypedDict",
}


class SchemaReader:
    """Makes the JSON schema of one type; `doubts` says what of it is not known."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._definitions: dict[str, JsonObject] = {}
        self._names: dict[int, str] = {}
        self.doubts: list[str] = []

    def schema(self, node: ast.expr, frame: Frame) -> JsonObject | None:
        """The schema of an annotation, with the classes that it names under `$defs`; None for plain text."""
        found = self._type(node, frame)
        if found in ({"type": "string"}, {"type": "null"}) and not self.doubts:
            return None
        return self._complete(found)

    def _complete(self, found: JsonObject) -> JsonObject:
        root = found.get("$ref")
        if isinstance(root, str) and len(found) == 1:
            name = root.rpartition("/")[2]
            # A class that mentions itself must stay among the definitions.
            again = any(f'"{root}"' in _as_text(each) for each in self._definitions.values())
            found = self._definitions[name] if again else self._definitions.pop(name)
        if self._definitions:
            found = {"$defs": self._definitions, **found}
        return found

    # -- types ----------------------------------------------------------------------------------

    def _type(self, node: ast.expr, frame: Frame) -> JsonObject:
        match node:
            case ast.Constant(value=None):
                return {"type": "null"}
            case ast.Constant(value=str() as text):
                return self._quoted(text, node, frame)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return _any_of([*_flat(self._type(left, frame)), *_flat(self._type(right, frame))])
            case ast.Subscript(value=owner, slice=inner):
                return self._generic(owner, inner, node, frame)
            case _:
                return self._named(self._evaluator.value(node, frame), node, frame)

    def _quoted(self, text: str, node: ast.expr, frame: Frame) -> JsonObject:
        try:
            inner = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return self._unknown(node, frame)
        return self._type(ast.copy_location(inner, node), frame)

    def _generic(self, owner: ast.expr, inner: ast.expr, node: ast.expr, frame: Frame) -> JsonObject:
        value = self._evaluator.value(owner, frame)
        name = value.name.rpartition(".")[2] if isinstance(value, External) else ""
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name in _LISTS:
            return {"type": "array", "items": self._type(parts[0], frame)}
        if name in _SETS:
            return {"type": "array", "items": self._type(parts[0], frame), "uniqueItems": True}
        if name in _DICTS:
            values = self._type(parts[1], frame) if len(parts) > 1 else {}
            return {"type": "object", "additionalProperties": values or True}
        if name == "Optional":
            return _any_of([*_flat(self._type(inner, frame)), {"type": "null"}])
        if name == "Union":
            return _any_of([each for part in parts for each in _flat(self._type(part, frame))])
        if name == "Literal":
            return self._literal(parts, node, frame)
        if name == "Annotated":
            return self._annotated(parts, frame)
        if name in {"Required", "NotRequired", "ReadOnly", "ClassVar", "Final"}:
            return self._type(inner, frame)
        return self._named(value, node, frame)

    def _literal(self, parts: list[ast.expr], node: ast.expr, frame: Frame) -> JsonObject:
        values = [self._evaluator.value(part, frame) for part in parts]
        known = [
            value.value for value in values if isinstance(value, Const) and not isinstance(value.value, bytes)
        ]
        if len(known) != len(values):
            return self._unknown(node, frame)
        if len(known) == 1:
            return {"const": known[0], **_kind_of(known)}
        return {"enum": known, **_kind_of(known)}

    def _annotated(self, parts: list[ast.expr], frame: Frame) -> JsonObject:
        found = self._type(parts[0], frame)
        for part in parts[1:]:
            value = self._evaluator.value(part, frame)
            if isinstance(value, Made):
                found = {**found, **self._limits(value, found)}
            elif (text := text_of(value)) is not None:
                found = {**found, "description": text}
        return found

    def _named(self, value: Value, node: ast.expr, frame: Frame) -> JsonObject:
        match value:
            case External(name=name) if name in _SCALARS:
                return dict(_SCALARS[name])
            case External(name=name) if name.rpartition(".")[2] in _LISTS | _SETS:
                return {"type": "array", "items": {}}
            case External(name=name) if name.rpartition(".")[2] in _DICTS:
                return {"type": "object", "additionalProperties": True}
            case Class():
                return self._class(value, node, frame)
            case Const(value=None):
                return {"type": "null"}
            case _:
                return self._unknown(node, frame)

    def _unknown(self, node: ast.expr, frame: Frame) -> JsonObject:
        self.doubts.append(f"`{frame.module.source(node)[:80]}`")
        return {}

    # -- classes --------------------------------------------------------------------------------

    def _class(self, of: Class, node: ast.expr, frame: Frame) -> JsonObject:
        name = self._names.get(id(of.node))
        if name is None:
            name = of.node.name
            while name in self._definitions:
                name += "_"
            self._names[id(of.node)] = name
            self._definitions[name] = {}
            if not self._is_data(of):
                self.doubts.append(f"`{of.node.name}`")
                del self._definitions[name], self._names[id(of.node)]
                return {}
            self._definitions[name] = self._definition(of)
        return {"$ref": f"#/$defs/{name}"}

    def _is_data(self, of: Class) -> bool:
        bases = base_names(self._evaluator, of)
        if any(base.startswith("pydantic.") or base in _ENUMS | _FIELD_HOLDERS for base in bases):
            return True
        makers = [self._evaluator.value(each, of.frame) for each in of.node.decorator_list]
        names = [maker.name if isinstance(maker, External) else getattr(maker, "maker", "") for maker in makers]
        # A base from outside may well be a model of theirs; fields tell that it holds data.
        outside = any("." in base and not base.startswith(("builtins.", "abc.", "typing.")) for base in bases)
        return any(name in _FIELD_HOLDERS for name in names) or outside

    def _definition(self, of: Class) -> JsonObject:
        if any(base in _ENUMS for base in base_names(self._evaluator, of)):
            return self._enumeration(of)
        properties: JsonObject = {}
        required: set[str] = set()
        optional = any(keyword.arg == "total" and _is_false(keyword.value) for keyword in of.node.keywords)
        for owner in reversed(self._line(of)):
            for name, annotation, default in _fields(owner.node):
                inside = self._evaluator.frame(owner.frame.scope.inner[id(owner.node)])
                found, needed, alias = self._field(annotation, default, inside)
                properties[alias or name] = found
                required.discard(alias or name)
                required |= {alias or name} if needed and not (optional and owner is of) else set()
        described = ast.get_docstring(of.node, clean=False)
        return {
            **({"description": inspect.cleandoc(described)} if described else {}),
            "properties": properties,
            **({"required": [name for name in properties if name in required]} if required else {}),
            "title": of.node.name,
            "type": "object",
        }

    def _line(self, of: Class, depth: int = 0) -> list[Class]:
        """The class and those of the files that it comes from."""
        found = [of]
        for base in of.node.bases:
            value = self._evaluator.value(base, of.frame)
            if isinstance(value, Class) and depth < 10:
                found += self._line(value, depth + 1)
        return found

    def _enumeration(self, of: Class) -> JsonObject:
        scope = of.frame.scope.inner[id(of.node)]
        inside = self._evaluator.frame(scope)
        values = [
            self._evaluator.value(event.value, inside)
            for name, events in scope.events.items()
            for event in events[:1]
            if event.kind == "set" and event.value is not None and not name.startswith("_")
        ]
        known = [
            value.value for value in values if isinstance(value, Const) and not isinstance(value.value, bytes)
        ]
        if len(known) != len(values):
            self.doubts.append(f"`{of.node.name}`")
            return {"title": of.node.name}
        return {"enum": known, "title": of.node.name, **_kind_of(known)}

    def _field(
        self, annotation: ast.expr, default: ast.expr | None, frame: Frame
    ) -> tuple[JsonObject, bool, str | None]:
        """The schema of a field, whether it must be there, and its other name."""
        found = self._type(annotation, frame)
        needed = not _is_not_required(annotation)
        if default is None:
            return found, needed, None
        value = self._evaluator.value(default, frame)
        if not (isinstance(value, Made) and value.maker.rpartition(".")[2] in {"Field", "field"}):
            return {**found, **_default(value)}, False, None
        limits = self._limits(value, found)
        first = given(self._evaluator, value, "default")
        if first is None and value.call.args:
            first = self._evaluator.value(value.call.args[0], value.frame)
        factory = given(self._evaluator, value, "default_factory")
        alias = text_of(given(self._evaluator, value, "alias"))
        is_ellipsis = value.call.args and isinstance(value.call.args[0], ast.Constant) and first is not None
        if is_ellipsis and value.call.args and getattr(value.call.args[0], "value", 0) is ...:
            first = None
        needed = needed and first is None and factory is None
        return {**found, **(_default(first) if first is not None else {}), **limits}, needed, alias

    def _limits(self, made: Made, of: JsonObject) -> JsonObject:
        found: JsonObject = {}
        for option, key in _LIMITS.items():
            value = given(self._evaluator, made, option)
            if isinstance(value, Const | Items | Mapping):
                try:
                    found[key] = plain(value)
                except ValueError:
                    continue
        for option, suffix in (("min_length", "min"), ("max_length", "max")):
            value = given(self._evaluator, made, option)
            if isinstance(value, Const) and isinstance(value.value, int):
                found[f"{suffix}{'Items' if of.get('type') == 'array' else 'Length'}"] = value.value
        return found


def _fields(node: ast.ClassDef) -> list[tuple[str, ast.expr, ast.expr | None]]:
    return [
        (each.target.id, each.annotation, each.value)
        for each in node.body
        if isinstance(each, ast.AnnAssign)
        and isinstance(each.target, ast.Name)
        and not each.target.id.startswith("_")
        and "ClassVar" not in ast.dump(each.annotation)
        and each.target.id != "model_config"
    ]


def _default(value: Value) -> JsonObject:
    try:
        return {"default": plain(value)}
    except ValueError:
        return {}


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _is_not_required(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and (
        getattr(node.value, "id", "") == "NotRequired" or getattr(node.value, "attr", "") == "NotRequired"
    )


def _flat(schema: JsonObject) -> list[JsonObject]:
    inner = schema.get("anyOf")
    return list(inner) if isinstance(inner, list) and len(schema) == 1 else [schema]


def _any_of(parts: list[JsonObject]) -> JsonObject:
    unique = [part for number, part in enumerate(parts) if part not in parts[:number]]
    return unique[0] if len(unique) == 1 else {"anyOf": unique}


def _kind_of(values: list[Any]) -> JsonObject:
    kinds = {type(value) for value in values}
    if kinds == {str}:
        return {"type": "string"}
    return {"type": "integer"} if kinds == {int} else {}


def _as_text(schema: JsonObject) -> str:
    import json

    return json.dumps(schema, default=str)
