"""The tools of an MCP server as function tools, so that they are journalled and approved like all others."""

from dataclasses import dataclass, field
from typing import Any

import mcp.types
from agents import FunctionTool, mcp_tools_span
from agents.mcp import MCPServer
from agents.tool_context import ToolContext
from agents.tracing import FunctionSpanData, Span

from core.errors import TroupeError
from core.organization.mcp_names import own_name
from core.organization.spec import JsonObject, NeverApprove
from core.sdk.approvals import needs_approval
from core.sdk.mcp_servers import TRANSPORT_ERRORS, McpConnectionError, McpSpec, connection_fault, open_mcp_server
from core.sdk.tool_arguments import ToolArgumentError, parse_arguments


class McpToolError(TroupeError):
    """The server says that the call failed, or it is gone."""

    code = "mcp_tool"


@dataclass(frozen=True, slots=True)
class McpToolInfo:
    """A tool that a server offers."""

    name: str
    description: str
    parameters: JsonObject
    read_only: bool
    """The server's own claim that the tool changes nothing; a hint, not a proof."""


@dataclass
class McpFunctionTool(FunctionTool):
    """A tool of a server, under a name that models can call it by."""

    true_name: str = ""
    """What the server calls it."""
    server: str = ""
    """The server's node."""
    definition: JsonObject = field(default_factory=dict)
    """As the server describes it."""

    def tell(self, span: Span[Any] | None) -> None:
        """Say in the span of a call whose tool this is."""
        if span is not None and isinstance(span.span_data, FunctionSpanData):
            span.span_data.mcp_data = {"server": self.server, "tool": self.true_name}


async def list_mcp_tools(spec: McpSpec) -> list[McpToolInfo]:
    """All tools that the server offers, also those that the spec leaves out. Connects, asks, and closes."""
    async with open_mcp_server(spec.model_copy(update={"allowed_tools": None, "blocked_tools": []})) as server:
        return [_info(tool) for tool in await _listed(server, spec)]


async def mcp_function_tools(server: MCPServer, spec: McpSpec) -> list[McpFunctionTool]:
    """The tools of a connected server that the spec lets through, with its approval rule. Their calls raise
    `ToolArgumentError` and `McpToolError`."""
    return [_function_tool(server, spec, tool) for tool in await _listed(server, spec)]


def recorded_function_tools(definitions: list[JsonObject], spec: McpSpec) -> list[McpFunctionTool]:
    """The same as they were described once, without a server: they cannot be called."""
    tools = [mcp.types.Tool.model_validate(definition) for definition in definitions]
    return [_function_tool(None, spec, tool) for tool in tools]


async def _listed(server: MCPServer, spec: McpSpec) -> list[mcp.types.Tool]:
    with mcp_tools_span(server=spec.name) as span:
        try:
            tools = await server.list_tools()
        except TRANSPORT_ERRORS as error:
            raise McpConnectionError(
                f"MCP server '{spec.name}' cannot list its tools: it {connection_fault(error)}.",
                hint="Test the server on its own; it may offer no tools at all.",
            ) from error
        span.span_data.result = [tool.name for tool in tools]
        return tools


def _info(tool: mcp.types.Tool) -> McpToolInfo:
    read_only = tool.annotations is not None and tool.annotations.read_only_hint is True
    return McpToolInfo(tool.name, tool.description or "", tool.input_schema, read_only)


def _function_tool(server: MCPServer | None, spec: McpSpec, tool: mcp.types.Tool) -> McpFunctionTool:
    async def invoke(context: ToolContext[Any], arguments: str) -> str:
        assert server is not None, "a replay takes results from its cassette"
        # An agent may know the tool by another name than the server.
        name = context.tool_name
        given = parse_arguments(name, arguments)
        if missing := [field for field in tool.input_schema.get("required", []) if field not in given]:
            raise ToolArgumentError(f"The arguments of '{name}' do not fit: '{missing[0]}' is missing.")
        try:
            result = await server.call_tool(tool.name, given)
        except TRANSPORT_ERRORS as error:
            raise McpToolError(f"MCP server '{spec.name}' {connection_fault(error)}.") from error
        text = _result_text(result)
        if result.is_error:
            raise McpToolError(text or f"Tool '{tool.name}' failed without saying why.")
        return text

    asks = spec.approval_tools is None or tool.name in spec.approval_tools
    return McpFunctionTool(
        name=own_name(tool.name),
        true_name=tool.name,
        server=spec.name,
        definition=tool.model_dump(mode="json", by_alias=True, exclude_none=True),
        description=tool.description or "",
        params_json_schema={"properties": {}, **tool.input_schema},
        on_invoke_tool=invoke,
        strict_json_schema=False,
        needs_approval=needs_approval(spec.approval if asks else NeverApprove()),
    )


def _result_text(result: mcp.types.CallToolResult) -> str:
    return "\n".join(_block_text(block) for block in result.content)


def _block_text(block: mcp.types.ContentBlock) -> str:
    match block:
        case mcp.types.TextContent():
            return block.text
        case mcp.types.ImageContent() | mcp.types.AudioContent():
            return f"[{block.mime_type}, {len(block.data) * 3 // 4} bytes: not shown, no text]"
        case mcp.types.EmbeddedResource(resource=mcp.types.TextResourceContents() as resource):
            return resource.text
        case _:
            return block.model_dump_json(exclude_none=True)
