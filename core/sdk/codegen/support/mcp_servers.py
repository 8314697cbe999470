"""MCP servers: the SDK's own, with variables from the environment, approval rules and words for failures."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from agents import Agent, Handoff, RunContextWrapper
from agents.agent import AgentBase
from agents.exceptions import UserError
from agents.mcp import MCPServer, MCPServerStdio, MCPServerStreamableHttp, create_static_tool_filter
from agents.tool import ToolErrorFunction
from agents.tool_context import ToolContext
from mcp import types

from .approvals import NeedsApproval
from .calls import Effect, Limits, reason
from .environment import expand, expand_all
from .mcp_names import mcp_names

Rule = bool | Callable[[RunContextWrapper[Any], dict[str, Any], str], Awaitable[bool]]
STREAM_SECONDS = 300


class McpToolError(UserError):
    """The server says that the call failed."""

    hint = ""


class _Server(MCPServer):
    """What both kinds of servers have: names that providers take, approval rules, answers in plain text."""

    needs_approval: NeedsApproval = False
    approval_tools: list[str] | None = None
    _true_names: Mapping[str, str] = MappingProxyType({})

    async def list_tools(
        self, run_context: RunContextWrapper[Any] | None = None, agent: AgentBase[Any] | None = None
    ) -> list[types.Tool]:
        """The tools that are offered, each under a name that no other tool of the agent has."""
        tools = await self.own_tools(run_context, agent)
        offered = {self.name: [tool.name for tool in tools]}
        taken = _other_names(agent)
        for server in agent.mcp_servers if agent else []:
            if isinstance(server, _Server):
                offered[server.name] = [tool.name for tool in await server.own_tools(run_context, agent)]
            else:
                taken |= {tool.name for tool in await server.list_tools(run_context, agent)}
        names = mcp_names(offered, taken)
        # Agents may know a tool by different names, but no name stands for two tools of this server.
        self._true_names = {**self._true_names, **{names[self.name, tool.name]: tool.name for tool in tools}}
        return [tool.model_copy(update={"name": names[self.name, tool.name]}) for tool in tools]

    async def own_tools(
        self, run_context: RunContextWrapper[Any] | None, agent: AgentBase[Any] | None
    ) -> list[types.Tool]:
        """The tools as the server calls them."""
        return await super().list_tools(run_context, agent)  # type: ignore[safe-super]

    async def call_tool(
        self, tool_name: str, arguments: dict[str, Any] | None, meta: dict[str, Any] | None = None
    ) -> types.CallToolResult:
        """The answer as one text. Raises McpToolError when the server says that the call failed."""
        name = self._true_names.get(tool_name, tool_name)
        result = await super().call_tool(name, arguments, meta)  # type: ignore[safe-super]
        text = "\n".join(_block_text(block) for block in result.content)
        if result.is_error:
            raise McpToolError(text or f"Tool '{name}' failed without saying why.")
        return result.model_copy(update={"content": [types.TextContent(text=text)]})

    def _get_needs_approval_for_tool(self, tool: types.Tool, agent: AgentBase[Any] | None) -> Rule:
        name = self._true_names.get(tool.name, tool.name)
        return self.needs_approval if self.approval_tools is None or name in self.approval_tools else False


class StdioServer(_Server, MCPServerStdio):
    """A server that is started as a process and spoken to over its standard input and output."""

    def __init__(
        self,
        *,
        name: str,
        command: str,
        arguments: list[str] | None = None,
        environment: dict[str, str] | None = None,
        allowed_tools: list[str] | None = None,
        blocked_tools: list[str] | None = None,
        approval_tools: list[str] | None = None,
        description: str = "",
        effect: Effect = "writes",
        needs_approval: NeedsApproval = False,
        timeout_seconds: float = 30,
        failure_message: str = "",
    ) -> None:
        super().__init__(
            {"command": command, "args": arguments or []},
            name=name,
            cache_tools_list=True,
            client_session_timeout_seconds=timeout_seconds,
            tool_filter=create_static_tool_filter(allowed_tools, blocked_tools),
            failure_error_function=_failed(name, effect, failure_message),
        )
        self.description = description
        self.effect = effect
        self._arguments = arguments or []
        self._environment = environment or {}
        self.needs_approval = needs_approval
        self.approval_tools = approval_tools

    async def connect(self) -> None:
        """Starts the process; only now the environment must hold what it needs."""
        where = f"MCP server '{self.name}'"
        self.params.args = [expand(argument, where=where) for argument in self._arguments]
        self.params.env = expand_all(self._environment, where=where)
        await super().connect()  # type: ignore[no-untyped-call]


class HttpServer(_Server, MCPServerStreamableHttp):
    """A server that is reached by streamable HTTP."""

    def __init__(
        self,
        *,
        name: str,
        url: str,
        headers: dict[str, str] | None = None,
        allowed_tools: list[str] | None = None,
        blocked_tools: list[str] | None = None,
        approval_tools: list[str] | None = None,
        description: str = "",
        effect: Effect = "writes",
        needs_approval: NeedsApproval = False,
        timeout_seconds: float = 30,
        failure_message: str = "",
    ) -> None:
        super().__init__(
            {
                "url": url,
                "timeout": timeout_seconds,
                "sse_read_timeout": max(STREAM_SECONDS, timeout_seconds),
            },
            name=name,
            cache_tools_list=True,
            client_session_timeout_seconds=timeout_seconds,
            tool_filter=create_static_tool_filter(allowed_tools, blocked_tools),
            failure_error_function=_failed(name, effect, failure_message),
        )
        self.description = description
        self.effect = effect
        self._url = url
        self._headers = headers or {}
        self.needs_approval = needs_approval
        self.approval_tools = approval_tools

    async def connect(self) -> None:
        """Connects; only now the environment must hold what it needs."""
        where = f"MCP server '{self.name}'"
        self.params["url"] = expand(self._url, where=where)
        self.params["headers"] = expand_all(self._headers, where=where)
        await super().connect()  # type: ignore[no-untyped-call]


def _failed(server: str, effect: Effect, failure_message: str) -> ToolErrorFunction:
    def tell(context: RunContextWrapper[Any], error: Exception) -> str:
        name = context.tool_name if isinstance(context, ToolContext) else server
        return Limits(name, effect, 0, failure_message).told(reason(error))

    return tell


def _other_names(agent: AgentBase[Any] | None) -> set[str]:
    """What an agent can call beside the tools of servers."""
    if agent is None:
        return set()
    handoffs = agent.handoffs if isinstance(agent, Agent) else []
    return {
        *(tool.name for tool in agent.tools),
        *(handoff.tool_name for handoff in handoffs if isinstance(handoff, Handoff)),
    }


def _block_text(block: types.ContentBlock) -> str:
    match block:
        case types.TextContent():
            return block.text
        case types.ImageContent() | types.AudioContent():
            return f"[{block.mime_type}, {len(block.data) * 3 // 4} bytes: not shown, no text]"
        case types.EmbeddedResource(resource=types.TextResourceContents() as resource):
            return resource.text
        case _:
            return block.model_dump_json(exclude_none=True)
