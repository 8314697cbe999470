"""The names under which an agent's model calls the tools of MCP servers, which know nothing of each other."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

LIMIT = 64
_DIGITS = 6


def mcp_names(offered: Mapping[str, Sequence[str]], taken: Collection[str]) -> dict[tuple[str, str], str]:
    """The name of each tool by server and tool: its own, or with the server's before it where another tool of the
    agent is called alike. `taken` are the names of the agent's other tools and of its handoffs, which stay. The
    order of servers and tools makes no difference."""
    own = {(server, tool): own_name(tool) for server, tools in offered.items() for tool in tools}
    uses = Counter([*own.values(), *set(taken)])
    prefixed = {key: _plain("_".join(key)) for key, name in own.items() if uses[name] > 1}
    wanted = Counter([*prefixed.values(), *uses])
    return own | {
        key: name if wanted[name] == 1 and len(name) <= LIMIT else _told_apart(name, *key)
        for key, name in prefixed.items()
    }


def own_name(tool: str) -> str:
    """What a tool is called where no other is called alike: its name, in characters that model providers take."""
    return _plain(tool)[:LIMIT]


def _told_apart(name: str, server: str, tool: str) -> str:
    digest = sha256(f"{server}\0{tool}".encode()).hexdigest()[:_DIGITS]
    return f"{name[: LIMIT - _DIGITS - 1]}_{digest}"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)
