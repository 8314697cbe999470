"""Makes a Python function a tool; its signature and docstring give the parameters."""

import asyncio
import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

from agents import FunctionTool
from agents.function_schema import FuncSchema, function_schema
from agents.tool_context import ToolContext
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from .approvals import NeedsApproval
from .calls import Effect, Limits, ToolArgumentError, parse_arguments


def tool(
    function: Callable[..., Any] | FunctionTool,
    *,
    name: str,
    description: str = "",
    effect: Effect = "writes",
    needs_approval: NeedsApproval = False,
    timeout_seconds: float = 30,
    failure_message: str = "",
) -> FunctionTool:
    """The tool of a function. Its result goes to the model as text, or else as JSON."""
    called = _plain_function(function)
    schema = function_schema(called, strict_json_schema=False)
    limits = Limits(name, effect, timeout_seconds, failure_message)

    async def invoke(context: ToolContext[Any], arguments: str) -> str:
        async def run() -> str:
            positional, named = schema.to_call_args(_validated(schema, name, arguments))
            if schema.takes_context:
                positional.insert(0, context)
            return _text(await _call(called, positional, named))

        return await limits.call(context.tool_call_id, run)

    return FunctionTool(
        name=name,
        description=description or schema.description or "",
        params_json_schema={**schema.params_json_schema, "additionalProperties": False},
        on_invoke_tool=invoke,
        strict_json_schema=False,
        needs_approval=needs_approval,
    )


def import_function(reference: str) -> Callable[..., Any]:
    """The function that `module:function` names, where an import statement cannot name it."""
    module, _, name = reference.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def _plain_function(function: Callable[..., Any] | FunctionTool) -> Callable[..., Any]:
    """What a function that is decorated as a tool already wraps."""
    found: Callable[..., Any] = function.__wrapped__ if isinstance(function, FunctionTool) else function
    return found


def _validated(schema: FuncSchema, name: str, arguments: str) -> BaseModel:
    given = parse_arguments(name, arguments)
    known = sorted(schema.params_pydantic_model.model_fields)
    if unknown := sorted(set(given) - set(known)):
        raise ToolArgumentError(f"Tool '{name}' has no argument {unknown}. It takes: {', '.join(known)}.")
    try:
        return schema.params_pydantic_model.model_validate(given)
    except ValidationError as error:
        problems = "; ".join(
            f"'{'.'.join(map(str, found['loc']))}' {found['msg'].lower()}"
            for found in error.errors(include_url=False)
        )
        raise ToolArgumentError(f"The arguments of '{name}' do not fit: {problems}.") from error


async def _call(function: Callable[..., Any], positional: list[Any], named: dict[str, Any]) -> Any:
    if inspect.iscoroutinefunction(function):
        return await function(*positional, **named)
    # A thread, so that a slow function does not stop the others; it takes the context variables along.
    result = await asyncio.to_thread(function, *positional, **named)
    return await result if inspect.isawaitable(result) else result


def _text(result: Any) -> str:
    if isinstance(result, str):
        return result
    try:
        return to_json(result, fallback=str).decode()
    except PydanticSerializationError:
        return str(result)
