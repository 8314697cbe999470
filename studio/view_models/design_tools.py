"""MCP servers and guardrails in the inspector: changing their kind, and what a server offers."""

from collections.abc import Mapping, Sequence

from core.organization.edits import replace_node
from core.organization.mcp_names import mcp_names, own_name
from core.organization.names import offered_tools
from core.organization.spec import (
    GuardrailSpec,
    JudgeGuardrailSpec,
    KeywordGuardrailSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    Organization,
    RegexGuardrailSpec,
    UsesLink,
)
from core.services.tools import ToolFacts
from studio.view_models.design_text import markdown_safe


def other_transport(org: Organization, tool: str, kind: str) -> Organization:
    """With an MCP server reached in the other way; what both ways have in common stays."""
    old = org.tool(tool)
    if not isinstance(old, McpStdioToolSpec | McpHttpToolSpec) or old.kind == kind:
        return org
    common = {
        name: getattr(old, name)
        for name in McpStdioToolSpec.model_fields
        if name in McpHttpToolSpec.model_fields and name != "kind"
    }
    if kind == "mcp_http":
        return replace_node(org, tool, McpHttpToolSpec(**common, url=""))
    return replace_node(org, tool, McpStdioToolSpec(**common, command=""))


def other_guardrail(org: Organization, name: str, kind: str) -> Organization:
    """With a guardrail that looks for something else; name, stage and message stay."""
    old = org.guardrail(name)
    if old is None or old.kind == kind:
        return org
    common = {"name": old.name, "stage": old.stage, "message": old.message}
    new: GuardrailSpec
    if kind == "regex":
        new = RegexGuardrailSpec(**common, pattern="")
    elif kind == "keyword":
        new = KeywordGuardrailSpec(**common, keywords=[])
    else:
        new = JudgeGuardrailSpec(**common, instructions="")
    return replace_node(org, name, new)


def offered_lines(
    offered: Sequence[ToolFacts], spec: McpStdioToolSpec | McpHttpToolSpec, called: Mapping[str, str]
) -> list[str]:
    """What a server offers, a line of markdown for each tool; those that the filter holds back say so. `called`
    are the words of `other_names`."""
    return [
        _offered_line(tool, through=_lets_through(spec, tool.name), called=called.get(tool.name, ""))
        for tool in offered
    ]


def other_names(org: Organization, server: str, listed: Mapping[str, Sequence[ToolFacts]]) -> dict[str, str]:
    """By what other name agents call which tool of a server, because another of their tools is called alike.
    `listed` is what is known of the organization's servers so far."""
    callers: dict[tuple[str, str], list[str]] = {}
    for agent in org.agents:
        used = [link.target for link in org.links if isinstance(link, UsesLink) and link.source == agent.name]
        offered = {name: _let_through(org, name, listed[name]) for name in used if name in listed}
        names = mcp_names(offered, {tool.name for tool in offered_tools(org, agent.name)})
        for tool in offered.get(server, []):
            if names[server, tool] != own_name(tool):
                callers.setdefault((tool, names[server, tool]), []).append(agent.name)
    words: dict[str, list[str]] = {}
    for (tool, name), agents in callers.items():
        words.setdefault(tool, []).append(f"called {name} by {', '.join(agents)}")
    return {tool: "; ".join(each) for tool, each in words.items()}


def _let_through(org: Organization, server: str, offered: Sequence[ToolFacts]) -> list[str]:
    spec = org.tool(server)
    if not isinstance(spec, McpStdioToolSpec | McpHttpToolSpec):
        return []
    return [tool.name for tool in offered if _lets_through(spec, tool.name)]


def _offered_line(tool: ToolFacts, *, through: bool, called: str) -> str:
    icon = ":material/check:" if through else ":material/block:"
    notes = [note for note, holds in (("left out", not through), ("reads only", tool.read_only)) if holds]
    notes += [markdown_safe(called)] if called else []
    said = f" ({', '.join(notes)})" if notes else ""
    description = " ".join(tool.description.split())
    return f"{icon} **{markdown_safe(tool.name)}**{said} {markdown_safe(description)}"


def _lets_through(spec: McpStdioToolSpec | McpHttpToolSpec, name: str) -> bool:
    return (spec.allowed_tools is None or name in spec.allowed_tools) and name not in spec.blocked_tools
