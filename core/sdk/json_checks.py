"""Checks of values against a JSON schema, told field by field."""

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from core.errors import InvalidSpecError
from core.organization.spec import JsonObject

MOST_PROBLEMS = 5


def json_validator(schema: JsonObject, *, what: str) -> Draft202012Validator:
    """A validator for that schema; `what` names the schema if it is broken."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise InvalidSpecError(
            f"{what} is no valid JSON schema: {_place(error)}{error.message}",
            hint="Correct the schema; draft 2020-12 is understood.",
        ) from error
    # Without this registry a `$ref` to a URL would be fetched from the network.
    return Draft202012Validator(schema, registry=Registry())


def json_problems(validator: Draft202012Validator, value: Any) -> list[str]:
    """What is wrong with `value`, at most five sentences, each with the field it is about."""
    try:
        found = sorted(validator.iter_errors(value), key=lambda error: [str(part) for part in error.path])
    except Unresolvable as error:
        return [f"the schema refers to something unknown: {error}"]
    return [f"{_place(error)}{error.message}" for error in found[:MOST_PROBLEMS]]


def _place(error: ValidationError | SchemaError) -> str:
    path = ".".join(str(part) for part in error.absolute_path)
    return f"'{path}': " if path else ""
