"""MCP servers and guardrails in the inspector: changing their kind, and what a server offers."""

from collections.abc import Sequence

from core.organization.edits import replace_node
from core.organization.spec import (
    GuardrailSpec,
    JudgeGuardrailSpec,
    KeywordGuardrailSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    Organization,
    RegexGuardrailSpec,
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


def offered_lines(offered: Sequence[ToolFacts], spec: McpStdioToolSpec | McpHttpToolSpec) -> list[str]:
    """What a server offers, a line of markdown for each tool; those that the filter holds back say so."""
    return [_offered_line(tool, through=_lets_through(spec, tool.name)) for tool in offered]


def _offered_line(tool: ToolFacts, *, through: bool) -> str:
    icon = ":material/check:" if through else ":material/block:"
    notes = [note for note, holds in (("left out", not through), ("reads only", tool.read_only)) if holds]
    said = f" ({', '.join(notes)})" if notes else ""
    description = " ".join(tool.description.split())
    return f"{icon} **{markdown_safe(tool.name)}**{said} {markdown_safe(description)}"


def _lets_through(spec: McpStdioToolSpec | McpHttpToolSpec, name: str) -> bool:
    return (spec.allowed_tools is None or name in spec.allowed_tools) and name not in spec.blocked_tools
