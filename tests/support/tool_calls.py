"""Calls a tool as the SDK does, without a model."""

import json
from typing import Any

from agents import FunctionTool
from agents.tool_context import ToolContext


def tool_context(tool: FunctionTool, arguments: str, *, call_id: str = "call_1") -> ToolContext[Any]:
    return ToolContext(context={}, tool_name=tool.name, tool_call_id=call_id, tool_arguments=arguments)


async def call_tool(tool: FunctionTool, **arguments: Any) -> Any:
    """What the tool gives back for those arguments."""
    return await call_with_text(tool, json.dumps(arguments))


async def call_with_text(tool: FunctionTool, arguments: str) -> Any:
    """The same for arguments as the model wrote them."""
    return await tool.on_invoke_tool(tool_context(tool, arguments), arguments)
