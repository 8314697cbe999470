"""Structured answers whose JSON schema is data."""

import json
from copy import deepcopy
from typing import Any

from agents import AgentOutputSchemaBase, ModelBehaviorError, UserError
from agents.strict_schema import ensure_strict_json_schema

from .checks import problems, validator

_SHAPES = {"type", "enum", "const", "anyOf", "$ref"}
_OPEN = {
    *("allOf", "oneOf", "not", "if", "patternProperties", "prefixItems"),
    *("dependentSchemas", "dependentRequired"),
}


class JsonOutput(AgentOutputSchemaBase):
    """The answer must satisfy `schema`. Strict mode, in which the provider guarantees the shape, is used where the
    schema allows it: every property required, no free-form objects."""

    def __init__(self, schema: dict[str, Any], *, agent: str) -> None:
        self._agent = agent
        self._validator = validator(schema)
        strict = _strict_schema(schema)
        self._strict = strict is not None
        self._schema = strict or deepcopy(schema)

    def is_plain_text(self) -> bool:
        return False

    def name(self) -> str:
        return str(self._schema.get("title") or "output")

    def json_schema(self) -> dict[str, Any]:
        return self._schema

    def is_strict_json_schema(self) -> bool:
        return self._strict

    def validate_json(self, json_str: str) -> Any:
        """The value in that text, or an error that names the fields which are wrong."""
        try:
            value = json.loads(json_str)
        except ValueError as error:
            raise ModelBehaviorError(
                f"Agent '{self._agent}' should have answered in JSON, but its answer is none: {error}. "
                f"It begins with: {json_str[:120]!r}"
            ) from error
        if found := problems(self._validator, value):
            raise ModelBehaviorError(
                f"The answer of agent '{self._agent}' does not fit its output schema: {'; '.join(found)}."
            )
        return value


def _strict_schema(schema: dict[str, Any]) -> dict[str, Any] | None:
    """The schema in the provider's strict form, or None where that would change what it means."""
    try:
        strict = ensure_strict_json_schema(deepcopy(schema))
    except UserError:
        return None
    # The conversion makes optional properties required and closes objects; both would change the meaning.
    return strict if _is_closed(schema) else None


def _is_closed(schema: Any) -> bool:
    """Whether the schema says all about its value: every property required, every list with its items."""
    if not isinstance(schema, dict) or schema.keys() & _OPEN or not schema.keys() & _SHAPES:
        return False
    kinds = schema.get("type", [])
    properties = schema.get("properties", {})
    if "object" in kinds:
        closed = schema.get("additionalProperties", False) is False
        if not closed or not properties or set(schema.get("required", [])) != set(properties):
            return False
    if "array" in kinds and "items" not in schema:
        return False
    items = [schema["items"]] if "items" in schema else []
    parts = [*properties.values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", []), *items]
    return all(_is_closed(part) for part in parts)
