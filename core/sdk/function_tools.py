"""Function tools: a Python function named in the spec becomes a tool of the SDK."""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

import orjson
from agents import FunctionTool, ToolOutputFileContent, ToolOutputImage, ToolOutputText
from agents.exceptions import AgentsException
from agents.function_schema import FuncSchema, function_schema
from agents.tool_context import ToolContext
from pydantic import BaseModel, PydanticUserError, ValidationError

from core.errors import TroupeError
from core.organization.spec import FunctionToolSpec, JsonObject
from core.sdk.tool_arguments import ToolArgumentError, parse_arguments

_SHOWN = (ToolOutputText, ToolOutputImage, ToolOutputFileContent)


class ToolImportError(TroupeError):
    """A `module:function` that cannot be imported, or cannot be offered as a tool."""

    code = "tool_import"


@dataclass(frozen=True, slots=True)
class FunctionDescription:
    """What the inspector shows of a function; `description` is its docstring without the parameters."""

    name: str
    description: str
    parameters: JsonObject


def build_function_tool(spec: FunctionToolSpec) -> FunctionTool:
    """The tool of that spec. A call raises what the function raises, and `ToolArgumentError` before it runs."""
    function = import_function(spec.function)
    schema = _schema(spec.function, function)

    async def invoke(context: ToolContext[Any], arguments: str) -> Any:
        data = _validated(schema, spec.name, arguments)
        positional, named = schema.to_call_args(data)
        if schema.takes_context:
            positional.insert(0, context)
        result = await _call(function, positional, named)
        return result if _is_shown(result) else result_text(result)

    return FunctionTool(
        name=spec.name,
        description=spec.description or schema.description or "",
        params_json_schema={**schema.params_json_schema, "additionalProperties": False},
        on_invoke_tool=invoke,
        strict_json_schema=False,
    )


def describe_function(reference: str) -> FunctionDescription:
    """Name, description and parameters of `module:function`, which is imported but not called."""
    schema = _schema(reference, import_function(reference))
    return FunctionDescription(schema.name, schema.description or "", schema.params_json_schema)


def import_function(reference: str) -> Callable[..., Any]:
    """The function that `module:function` names."""
    module_name, _, name = reference.partition(":")
    module = _module(reference, module_name)
    function = getattr(module, name, None)
    if isinstance(function, FunctionTool):
        # Decorated with the SDK's `function_tool`: what it wraps is the function that is meant.
        function = getattr(function, "__wrapped__", None)
    if not callable(function) or inspect.isclass(function):
        raise ToolImportError(
            f"Module '{module_name}' has no function '{name}'.", hint=_similar(name, _function_names(module))
        )
    found: Callable[..., Any] = function
    return found


def _is_shown(result: Any) -> bool:
    """Whether the model is to see more than text: pictures and files, which the SDK has kinds for."""
    parts = result if isinstance(result, list | tuple) else [result]
    return bool(parts) and all(isinstance(part, _SHOWN) for part in parts)


def result_text(result: Any) -> str:
    """What a function returned as text for the model: text as it is, anything else as JSON."""
    if isinstance(result, str):
        return result
    try:
        return orjson.dumps(result, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:
        # Numbers beyond 64 bits and endless structures have no JSON here; their text still says something.
        return str(result)


def _module(reference: str, module_name: str) -> ModuleType:
    try:
        return import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module_name}.".startswith(f"{error.name}."):
            message, hint = f"There is no module '{error.name}'.", "Check the name, or install its package."
        else:
            message = f"Module '{module_name}' needs '{error.name}', which is not installed."
            hint = "Install that package beside Troupe."
        raise ToolImportError(f"Tool function '{reference}': {message}", hint=hint) from error
    # A module runs its own code when it is imported, so it may raise anything, or end the program.
    except (Exception, SystemExit) as error:
        raise ToolImportError(
            f"Tool function '{reference}': module '{module_name}' fails when it is imported: "
            f"{type(error).__name__}: {error}",
            hint="Mend the module; it must be importable without side effects.",
        ) from error


def _function_names(module: ModuleType) -> list[str]:
    """Functions that the module itself defines, or else all it has."""
    names = [name for name, found in inspect.getmembers(module, callable) if not name.startswith("_")]
    own = [name for name in names if getattr(getattr(module, name), "__module__", "") == module.__name__]
    return [name for name in own or names if not inspect.isclass(getattr(module, name))]


def _similar(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    listed = f"Its functions: {', '.join(known[:12])}." if known else "It has no functions."
    return f"Did you mean '{close[0]}'? {listed}" if close else listed


@lru_cache(maxsize=500)
def _schema(reference: str, function: Callable[..., Any]) -> FuncSchema:
    try:
        return function_schema(function, strict_json_schema=False)
    except (AgentsException, PydanticUserError, NameError, TypeError, ValueError, AttributeError) as error:
        raise ToolImportError(
            f"Function '{reference}' cannot be offered as a tool: {error}",
            hint="Give every parameter a type that has a JSON form: text, number, list, dataclass, model.",
        ) from error


def _validated(schema: FuncSchema, tool: str, arguments: str) -> BaseModel:
    given = parse_arguments(tool, arguments)
    known = set(schema.params_pydantic_model.model_fields)
    if unknown := sorted(set(given) - known):
        raise ToolArgumentError(
            f"Tool '{tool}' has no argument {_listed(unknown)}.",
            hint=f"It takes: {', '.join(sorted(known))}.",
        )
    try:
        return schema.params_pydantic_model.model_validate(given)
    except ValidationError as error:
        problems = "; ".join(_field_problem(dict(found)) for found in error.errors(include_url=False))
        raise ToolArgumentError(f"The arguments of '{tool}' do not fit: {problems}.") from error


def _field_problem(error: dict[str, Any]) -> str:
    field = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"'{field}' is missing"
    return f"'{field}' {error['msg'][0].lower()}{error['msg'][1:]}, got {error['input']!r:.80}"


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


async def _call(function: Callable[..., Any], positional: list[Any], named: dict[str, Any]) -> Any:
    if inspect.iscoroutinefunction(function):
        return await function(*positional, **named)
    # A thread, so that a slow function does not stop the other runs; it takes the context variables along.
    result = await asyncio.to_thread(function, *positional, **named)
    return await result if inspect.isawaitable(result) else result


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
