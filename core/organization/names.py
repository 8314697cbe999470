"""Names that a model sees: sanitised tool names for agents, and fresh names for new nodes."""

import hashlib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from core.organization.spec import AsToolLink, HandoffLink, Organization, UsesLink

TOOL_NAME_LIMIT = 64
NODE_NAME_LIMIT = 80


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool name that an agent's model can call, and the node that stands for it."""

    name: str
    node: str


def as_tool_name(link: AsToolLink) -> str:
    """The name under which the source's model calls the target agent."""
    return link.tool_name or _tool_name(link.target)


def handoff_tool_name(target: str) -> str:
    """The name of the tool by which a model hands over to agent `target`."""
    return _tool_name(target, prefix="transfer_to_")


def offered_tools(org: Organization, agent: str) -> list[OfferedTool]:
    """What `agent` can call by name: function and HTTP tools, agents as tools, handoffs. The tools of MCP
    servers are left out, because only the server knows their names."""
    offered = []
    for link in org.links:
        if link.source != agent:
            continue
        match link:
            case UsesLink():
                tool = org.tool(link.target)
                if tool is not None and tool.kind in {"function", "http"}:
                    offered.append(OfferedTool(tool.name, tool.name))
            case AsToolLink():
                offered.append(OfferedTool(as_tool_name(link), link.target))
            case HandoffLink():
                offered.append(OfferedTool(handoff_tool_name(link.target), link.target))
    return offered


def fresh_name(wanted: str, taken: Collection[str], *, separator: str = " ", limit: int = NODE_NAME_LIMIT) -> str:
    """`wanted` when it is free, else the same with the next free number: `Agent`, `Agent 2`, `Agent 3`."""
    if wanted not in taken:
        return wanted
    stem = re.sub(rf"{separator}\d+$", "", wanted)
    number = 2
    while True:
        ending = f"{separator}{number}"
        name = stem[: limit - len(ending)] + ending
        if name not in taken:
            return name
        number += 1


def _tool_name(name: str, *, prefix: str = "") -> str:
    """`prefix` and a form of `name` in [a-z0-9_-]. What has no such form is told apart by a hash."""
    taken_apart = unicodedata.normalize("NFKD", name)
    letters = [letter for letter in taken_apart if unicodedata.category(letter)[0] != "M"]
    plain = "".join(letter if letter.isascii() else " " for letter in letters)
    stem = re.sub(r"[^a-z0-9-]+", "_", plain.lower()).strip("_")
    lost = any(not letter.isascii() and unicodedata.category(letter)[0] not in "PZ" for letter in letters)
    room = TOOL_NAME_LIMIT - len(prefix)
    if stem and not lost and len(stem) <= room:
        return prefix + stem
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{prefix}{stem[: room - 7] or 'agent'}_{digest}"
