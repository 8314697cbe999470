"""Checks JSON schemas that a person wrote."""

import json
from functools import lru_cache
from typing import Any

from core.organization.spec import JsonObject


def schema_fault(schema: JsonObject) -> str | None:
    """What is wrong with a schema that must describe an object, in words; None when it is good."""
    if schema.get("type") != "object":
        return "it must describe an object (`type: object`)"
    return _metaschema_fault(json.dumps(schema, sort_keys=True, default=str))


def property_names(schema: JsonObject) -> set[str]:
    """The names of an object schema's properties; none when it is malformed."""
    properties = schema.get("properties")
    return set(properties) if isinstance(properties, dict) else set()


def required_names(schema: JsonObject) -> set[str]:
    """The names that an object schema requires; none when it is malformed."""
    required = schema.get("required")
    return {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()


@lru_cache(maxsize=512)
def _metaschema_fault(text: str) -> str | None:
    # Importing jsonschema takes longer than the rest of this package together.
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    schema: Any = json.loads(text)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = ".".join(str(step) for step in error.absolute_path)
        return f"at '{place}': {error.message}" if place else error.message
    return None
