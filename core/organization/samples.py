"""Sample values made from JSON schemas."""

from collections.abc import Mapping
from typing import Any

_DEEPEST = 8
_PLAIN: Mapping[str, Any] = {
    "string": "text",
    "number": 1.5,
    "integer": 1,
    "boolean": True,
    "null": None,
}


def sample_of(schema: Any, depth: int = 0) -> Any:
    """A value that a schema may allow: its example, default or first choice where it names one."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return None
    if "const" in schema:
        return schema["const"]
    for named in ("examples", "enum"):
        if isinstance(schema.get(named), list) and schema[named]:
            return schema[named][0]
    if "default" in schema:
        return schema["default"]
    for several in ("anyOf", "oneOf"):
        if isinstance(schema.get(several), list) and schema[several]:
            return sample_of(schema[several][0], depth + 1)
    return _typed(schema, depth)


def _typed(schema: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "array":
        return [sample_of(schema.get("items"), depth + 1)]
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        return {str(name): sample_of(part, depth + 1) for name, part in properties.items()}
    return {} if kind == "object" else _PLAIN.get(str(kind))
