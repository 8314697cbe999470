"""MCP servers: the SDK's own, with variables from the environment, approval rules and words for failures."""

from collections.abc import Awaitable, Callable
from typing import Any

from agents import RunContextWrapper
from agents.agent import AgentBase
from agents.mcp import MCPServerStdio, MCPServerStreamableHttp, create_static_tool_filter
from mcp.types import Tool

from .approvals import NeedsApproval
from .calls import Effect, failed
from .environment import expand, expand_all

Rule = bool | Callable[[RunContextWrapper[Any], dict[str, Any], str], Awaitable[bool]]
STREAM_SECONDS = 300


class StdioServer(MCPServerStdio):
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
            failure_error_function=failed(name, failure_message=failure_message),
        )
        self.description = description
        self.effect = effect
        self._arguments = arguments or []
        self._environment = environment or {}
        self._rule = _Rule(needs_approval, approval_tools)

    async def connect(self) -> None:
        """Starts the process; only now the environment must hold what it needs."""
        where = f"MCP server '{self.name}'"
        self.params.args = [expand(argument, where=where) for argument in self._arguments]
        self.params.env = expand_all(self._environment, where=where)
        await super().connect()  # type: ignore[no-untyped-call]

    def _get_needs_approval_for_tool(self, tool: Tool, agent: AgentBase[Any] | None) -> Rule:
        return self._rule.of(tool.name)


class HttpServer(MCPServerStreamableHttp):
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
            failure_error_function=failed(name, failure_message=failure_message),
        )
        self.description = description
        self.effect = effect
        self._url = url
        self._headers = headers or {}
        self._rule = _Rule(needs_approval, approval_tools)

    async def connect(self) -> None:
        """Connects; only now the environment must hold what it needs."""
        where = f"MCP server '{self.name}'"
        self.params["url"] = expand(self._url, where=where)
        self.params["headers"] = expand_all(self._headers, where=where)
        await super().connect()  # type: ignore[no-untyped-call]

    def _get_needs_approval_for_tool(self, tool: Tool, agent: AgentBase[Any] | None) -> Rule:
        return self._rule.of(tool.name)


class _Rule:
    """The approval rule of a server, which may hold for some of its tools only."""

    def __init__(self, rule: NeedsApproval, tools: list[str] | None) -> None:
        self._rule = rule
        self._tools = tools

    def of(self, tool: str) -> Rule:
        return self._rule if self._tools is None or tool in self._tools else False
