"""An MCP server over HTTP whose tool changes something; it lives on when the studio's process is killed."""

import sys

from mcp.server.mcpserver import MCPServer

from tests.kill_matrix.death import Ledger

server = MCPServer("store", log_level="CRITICAL")


@server.tool()
def book(what: str, ledger: str) -> str:
    """Book something in a ledger."""
    from pathlib import Path

    Ledger(Path(ledger)).add_effect("", what)
    return f"Booked {what}."


if __name__ == "__main__":
    server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]), stateless_http=True)
