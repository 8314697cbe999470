"""Checks of values against a JSON schema, told field by field."""

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

MOST_PROBLEMS = 5


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator for that schema."""
    Draft202012Validator.check_schema(schema)
    # Without this registry a `$ref` to a URL would be fetched from the network.
    return Draft202012Validator(schema, registry=Registry())


def problems(checks: Draft202012Validator, value: Any) -> list[str]:
    """What is wrong with `value`, each sentence with the field that it is about."""
    try:
        found = sorted(checks.iter_errors(value), key=lambda error: [str(part) for part in error.path])
    except Unresolvable as error:
        return [f"the schema refers to something unknown: {error}"]
    return [f"{_place(error)}{error.message}" for error in found[:MOST_PROBLEMS]]


def _place(error: ValidationError) -> str:
    path = ".".join(str(part) for part in error.absolute_path)
    return f"'{path}': " if path else ""
