"""Function tools in the inspector: which functions to offer, and what one takes."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.organization.edits import replace_node
from core.organization.names import TOOL_NAME_LIMIT, fresh_name
from core.organization.spec import FunctionToolSpec, JsonObject, Organization
from core.organization.wording import with_fields
from core.services.tools import ToolboxEntry
from studio.view_models.design_text import markdown_safe


def function_words(entries: Sequence[ToolboxEntry]) -> dict[str, str]:
    """How the functions of the toolbox are called in the picker, by reference."""
    return {entry.reference: f"{entry.module} · {entry.name}" for entry in entries}


def parameter_lines(parameters: JsonObject) -> list[str]:
    """One line of markdown for each argument: name, type, whether it may be left out, and what it is."""
    properties: Mapping[str, Any] = parameters.get("properties") or {}
    required = set(parameters.get("required") or [])
    return [_line(name, schema, needed=name in required) for name, schema in properties.items()]


def picked(org: Organization, tool: str, reference: str, entries: Sequence[ToolboxEntry]) -> Organization:
    """With another function in a tool. A name that came from the old function follows; a function of the toolbox
    brings its side effect along, and a description that was written for the old function goes."""
    old = org.tool(tool)
    if not isinstance(old, FunctionToolSpec) or old.function == reference:
        return org
    fields: dict[str, Any] = {"function": reference}
    entry = next((entry for entry in entries if entry.reference == reference), None)
    if entry is not None:
        fields |= {"effect": entry.effect, "description": ""}
    if old.name.rstrip("0123456789").rstrip("_") == _function_name(old.function):
        taken = [name for name in org.node_names() if name != tool]
        fields["name"] = fresh_name(_function_name(reference), taken, separator="_", limit=TOOL_NAME_LIMIT)
    return replace_node(org, tool, with_fields(old, **fields))


def _function_name(reference: str) -> str:
    return reference.rpartition(":")[2]


def _line(name: str, schema: Any, *, needed: bool) -> str:
    about = schema if isinstance(schema, dict) else {}
    kind = " or ".join(f"`{choice}`" for choice in about["enum"]) if "enum" in about else _kind(about)
    optional = "" if needed else ", optional"
    description = str(about.get("description") or "")
    return f"**{markdown_safe(name)}** ({kind}{optional}){' ' if description else ''}{markdown_safe(description)}"


def _kind(schema: Mapping[str, Any]) -> str:
    options = schema.get("anyOf")
    if isinstance(options, list):
        return " or ".join(_kind(option) for option in options if isinstance(option, dict))
    kind = schema.get("type", "anything")
    return "nothing" if kind == "null" else str(kind)
