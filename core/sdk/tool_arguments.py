"""What the model passed to a tool: JSON text that must be an object, or an error it can read."""

import json
from typing import NoReturn

from core.errors import TroupeError
from core.organization.spec import JsonObject


class ToolArgumentError(TroupeError):
    """The model called a tool with arguments that do not fit its parameters."""

    code = "tool_arguments"


def parse_arguments(tool: str, text: str) -> JsonObject:
    """The arguments in that JSON text; empty text means no arguments."""
    try:
        given = json.loads(text or "{}", parse_constant=_no_number)
    except ValueError as error:
        raise ToolArgumentError(f"The arguments of '{tool}' are no JSON: {error}.") from error
    if not isinstance(given, dict):
        raise ToolArgumentError(f"The arguments of '{tool}' must be a JSON object.")
    return given


def _no_number(constant: str) -> NoReturn:
    # Python reads NaN and Infinity, which JSON does not have and every comparison lets through.
    raise ValueError(f"{constant} is no JSON number")
