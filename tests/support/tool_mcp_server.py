"""A small MCP server, started as a process over standard input and output, or served over HTTP."""

import os

import anyio
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ImageContent, TextContent, ToolAnnotations

server = MCPServer("shop", log_level="CRITICAL")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def look_up(order: str, detail: bool = False) -> str:
    """Look up an order."""
    return f"{order} is on its way" + (" with Norpost" if detail else "")


@server.tool()
def refund(order: str, amount: float) -> str:
    """Refund an order."""
    if amount > 100:
        raise ToolError(f"{amount:g} is more than was paid for {order}")
    return f"refunded {amount:g} for {order}"


@server.tool(name="shop.label")
def label() -> list[TextContent | ImageContent]:
    """Make a label."""
    return [TextContent(text="the label:"), ImageContent(data="aGVsbG8h", mime_type="image/png")]


@server.tool()
async def wait(seconds: float) -> str:
    """Answer late."""
    await anyio.sleep(seconds)
    return "done"


@server.tool()
def stop() -> str:
    """End the server without an answer."""
    os._exit(3)


@server.tool()
def environment(name: str) -> str:
    """A variable of the server's own environment."""
    return os.environ.get(name, "not set")


if __name__ == "__main__":
    server.run("stdio")
