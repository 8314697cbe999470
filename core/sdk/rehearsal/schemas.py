"""Reads JSON schemas: follows references, merges `allOf`, lists alternatives, tells types."""

from typing import Any

_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_HINTS = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
    "format": "string",
    "minimum": "number",
    "maximum": "number",
    "exclusiveMinimum": "number",
    "exclusiveMaximum": "number",
    "multipleOf": "number",
}


def resolve(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """The schema with its own references followed; what stands beside a reference is kept."""
    for _ in range(20):
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        target = _target(reference, root)
        if not isinstance(target, dict):
            return {key: value for key, value in schema.items() if key != "$ref"}
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = _both(target, beside) if beside else target
    return {}


def merged(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """The schema with the parts of its `allOf` in one."""
    parts = schema.get("allOf")
    if not isinstance(parts, list):
        return schema
    result = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        if isinstance(part, dict):
            result = _both(result, merged(resolve(part, root), root))
    return result


def branches(schema: dict[str, Any], root: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives of a schema, each with what holds for all of them; empty when there is no choice."""
    schema = merged(schema, root)
    for key in ("anyOf", "oneOf"):
        options = schema.get(key)
        if isinstance(options, list) and options:
            base = {name: value for name, value in schema.items() if name != key}
            return [_both(base, resolve(option, root)) for option in options if isinstance(option, dict)]
    types = schema.get("type")
    if isinstance(types, list) and len(types) > 1:
        return [{**schema, "type": one} for one in types]
    return []


def type_names(schema: dict[str, Any]) -> list[str]:
    """The types a schema allows, at least one: guessed from its keywords when it does not say."""
    types = schema.get("type")
    named = types if isinstance(types, list) else [types]
    known = [str(one) for one in named if one in _TYPES]
    if known:
        return known
    if "const" in schema:
        return [_type_of(schema["const"])]
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return [_type_of(schema["enum"][0])]
    return [next((kind for key, kind in _HINTS.items() if key in schema), "string")]


def _both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """A schema that asks for what both ask for, as far as keywords can be put together."""
    result = {**first, **second}
    for key in ("properties", "$defs"):
        if key in first and key in second:
            result[key] = {**first[key], **second[key]}
    if "required" in first and "required" in second:
        result["required"] = list(dict.fromkeys([*first["required"], *second["required"]]))
    for key in ("minimum", "minLength", "minItems", "exclusiveMinimum", "minProperties"):
        if key in first and key in second:
            result[key] = max(first[key], second[key])
    for key in ("maximum", "maxLength", "maxItems", "exclusiveMaximum", "maxProperties"):
        if key in first and key in second:
            result[key] = min(first[key], second[key])
    if isinstance(first.get("allOf"), list) and isinstance(second.get("allOf"), list):
        result["allOf"] = [*first["allOf"], *second["allOf"]]
    return result


def _target(reference: str, root: dict[str, Any]) -> Any:
    if not reference.startswith("#"):
        return None
    place: Any = root
    for part in reference[1:].split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(place, list) and key.isdigit() and int(key) < len(place):
            place = place[int(key)]
        elif isinstance(place, dict) and key in place:
            place = place[key]
        else:
            return None
    return place


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"
