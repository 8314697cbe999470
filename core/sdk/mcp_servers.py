"""MCP servers of the spec: connecting to them, and saying in plain words why that failed."""

import asyncio
import logging
import shlex
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TextIO

import anyio
import httpx2
from agents.exceptions import AgentsException
from agents.mcp import MCPServer, MCPServerStdio, MCPServerStreamableHttp, create_static_tool_filter
from agents.mcp.server import MCPStreamTransport
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError

from core.errors import TroupeError
from core.organization.spec import McpHttpToolSpec, McpStdioToolSpec
from core.sdk.environment import expand, expand_all

McpSpec = McpStdioToolSpec | McpHttpToolSpec

TRANSPORT_ERRORS = (
    AgentsException,
    MCPError,
    OSError,
    anyio.ClosedResourceError,
    anyio.BrokenResourceError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    ExceptionGroup,
)
"""What the SDK and its MCP client raise when a server cannot be reached, or is gone."""

_STREAM_SECONDS = 300
_SHOWN_STDERR = 400


class McpConnectionError(TroupeError):
    """An MCP server that cannot be started, or does not answer."""

    code = "mcp_connection"


class _StdioServer(MCPServerStdio):
    """Writes what the process says on its standard error to a file of our choice."""

    def __init__(self, spec: McpStdioToolSpec, stderr: TextIO) -> None:
        where = f"MCP server '{spec.name}'"
        super().__init__(
            {
                "command": spec.command,
                "args": [expand(argument, where=where) for argument in spec.arguments],
                "env": expand_all(spec.environment, where=where),
            },
            name=spec.name,
            cache_tools_list=True,
            client_session_timeout_seconds=spec.timeout_seconds,
            tool_filter=create_static_tool_filter(spec.allowed_tools, spec.blocked_tools),
        )
        self._stderr = stderr

    def create_streams(self) -> AbstractAsyncContextManager[MCPStreamTransport]:
        return stdio_client(self.params, errlog=self._stderr)


def build_mcp_server(spec: McpSpec, *, stderr: TextIO = sys.stderr) -> MCPServer:
    """The server of that spec, not connected; `stderr` takes what a process writes there. Raises
    `MissingVariableError`."""
    # The client logs tracebacks of faults that also reach us as errors.
    logging.getLogger("mcp.client").setLevel(logging.CRITICAL)
    match spec:
        case McpStdioToolSpec():
            return _StdioServer(spec, stderr)
        case McpHttpToolSpec():
            where = f"MCP server '{spec.name}'"
            return MCPServerStreamableHttp(
                {
                    "url": expand(spec.url, where=where),
                    "headers": expand_all(spec.headers, where=where),
                    "timeout": spec.timeout_seconds,
                    "sse_read_timeout": max(_STREAM_SECONDS, spec.timeout_seconds),
                },
                name=spec.name,
                cache_tools_list=True,
                client_session_timeout_seconds=spec.timeout_seconds,
                tool_filter=create_static_tool_filter(spec.allowed_tools, spec.blocked_tools),
            )


@asynccontextmanager
async def open_mcp_server(spec: McpSpec) -> AsyncIterator[MCPServer]:
    """The server of that spec, connected for as long as the block runs. Raises `McpConnectionError`."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as stderr:
        server = build_mcp_server(spec, stderr=stderr)
        try:
            await _connect(server, spec, stderr)
            yield server
        finally:
            await server.cleanup()  # type: ignore[no-untyped-call]


async def _connect(server: MCPServer, spec: McpSpec, stderr: TextIO) -> None:
    try:
        # The client's own limit counts for each message of the handshake, and adds up to several times as much.
        async with asyncio.timeout(spec.timeout_seconds):
            await server.connect()  # type: ignore[no-untyped-call]
    except TimeoutError as error:
        raise McpConnectionError(
            f"MCP server '{spec.name}' did not answer within {spec.timeout_seconds:g} seconds{_written(stderr)}.",
            hint=f"Is this an MCP server: {_target(spec)}? If it only starts slowly, give it more time.",
        ) from error
    except TRANSPORT_ERRORS as error:
        raise McpConnectionError(
            f"MCP server '{spec.name}' {connection_fault(error)}{_written(stderr)}.", hint=_hint(spec, error)
        ) from error


def connection_fault(error: BaseException) -> str:
    """What happened, as the end of a sentence that begins with the server."""
    cause = _first_cause(error)
    match cause:
        case FileNotFoundError():
            return f"cannot be started: there is no command '{cause.filename}'"
        case OSError() if cause.filename:
            return f"cannot be started: {cause.strerror} ('{cause.filename}')"
        case MCPError() if "closed" in cause.message.lower():
            return "ended before it answered"
        case MCPError() if "timed out" in cause.message.lower():
            return "did not answer in time"
        case MCPError():
            return f"answered with an error: {cause.message}"
        case anyio.ClosedResourceError() | anyio.BrokenResourceError():
            return "has ended"
        case AgentsException():
            return _request_fault(str(cause))
        case _:
            return f"cannot be reached: {cause or type(cause).__name__}"


def _first_cause(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _request_fault(text: str) -> str:
    """From `Failed to connect to MCP server 'x': HTTP error 401 (Unauthorized)` what we do not say ourselves."""
    fault = (text.partition("': ")[2] or text).rstrip(".")
    nothing_new = fault.startswith(("Could not reach", "Request failed"))
    return "cannot be reached" if nothing_new else f"cannot be used: {fault}"


def _written(stderr: TextIO) -> str:
    """The end of what the process wrote on its standard error, which says best why it does not work."""
    stderr.seek(0)
    text = stderr.read().strip()
    shown = text if len(text) <= _SHOWN_STDERR else f"…{text[-_SHOWN_STDERR:]}"
    return f". It wrote: {shown.rstrip('.')}" if text else ""


def _hint(spec: McpSpec, error: BaseException) -> str:
    if isinstance(_first_cause(error), FileNotFoundError):
        return "Install it, or give the full path of the command."
    if isinstance(spec, McpHttpToolSpec):
        return f"Check the address and the headers: {_target(spec)}"
    return f"Try it in a terminal: {_target(spec)}"


def _target(spec: McpSpec) -> str:
    return spec.url if isinstance(spec, McpHttpToolSpec) else shlex.join([spec.command, *spec.arguments])
