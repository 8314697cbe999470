"""Sorts the tools of an agent into domains: what belongs together by where it comes from."""

from urllib.parse import urlsplit

from core.organization.spec import (
    FunctionToolSpec,
    HttpToolSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    Organization,
    ToolSpec,
    UsesLink,
)


def tools_of(org: Organization, agent: str) -> list[ToolSpec]:
    """The tools that an agent uses, in the order of its links."""
    found = (org.tool(link.target) for link in org.links if isinstance(link, UsesLink) and link.source == agent)
    return [tool for tool in found if tool is not None]


def domains(tools: list[ToolSpec]) -> dict[str, list[ToolSpec]]:
    """The tools by domain: functions by their module, HTTP calls by host and first part of the path, every MCP
    server by itself."""
    sorted_tools: dict[str, list[ToolSpec]] = {}
    for tool in tools:
        sorted_tools.setdefault(_domain(tool), []).append(tool)
    return sorted_tools


def tool_count(tools: list[ToolSpec]) -> int:
    """How many tools a model is offered; an MCP server whose tools are not listed counts as one."""
    return sum(len(getattr(tool, "allowed_tools", None) or [tool]) for tool in tools)


def _domain(tool: ToolSpec) -> str:
    match tool:
        case FunctionToolSpec():
            return tool.function.partition(":")[0].rpartition(".")[2]
        case HttpToolSpec():
            address = urlsplit(tool.url)
            first = address.path.strip("/").partition("/")[0]
            return (
                f"{address.hostname or 'http'} {first}".strip() if "{" not in first else address.hostname or "http"
            )
        case McpStdioToolSpec() | McpHttpToolSpec():
            return tool.name
