"""Splits an agent that does everything into specialists, one for each domain of its tools."""

from core.organization.edits import add_node
from core.organization.layout import auto_layout
from core.organization.lint.domains import domains, tool_count, tools_of
from core.organization.names import fresh_name
from core.organization.spec import (
    FunctionToolSpec,
    HandoffLink,
    Organization,
    Position,
    ToolSpec,
    UsesLink,
)


def split(org: Organization, agent: str) -> Organization | None:
    """The organization in which `agent` hands off to new specialists that have its tools; None when it has too few
    to share out. It keeps its instructions and links, and no tools."""
    tools = tools_of(org, agent)
    groups = [part for kind, members in domains(tools).items() for part in _portions(kind, members, org)]
    if len(groups) < 2:
        return None
    moved = {tool.name for tool in tools}
    links = [link for link in org.links if not _is_moved(link, agent, moved)]
    changed = org.model_copy(update={"links": links})
    for title, members in groups:
        changed = _with_specialist(changed, agent, title, members)
    # Every tool has moved behind another agent: places that fitted before are in each other's way now.
    return changed.with_layout(auto_layout(changed))


def _portions(kind: str, tools: list[ToolSpec], org: Organization) -> list[tuple[str, list[ToolSpec]]]:
    """One group, or several equal ones where a domain alone has too many tools."""
    count = -(-tool_count(tools) // org.lint.max_tools)
    size = -(-len(tools) // count)
    title = kind.replace("_", " ").strip().capitalize()
    if count == 1 or len(tools) <= 1:
        return [(title, tools)]
    return [(f"{title} {at // size + 1}", tools[at : at + size]) for at in range(0, len(tools), size)]


def _with_specialist(org: Organization, agent: str, title: str, tools: list[ToolSpec]) -> Organization:
    name = fresh_name(f"{title} specialist", org.node_names())
    purpose = _purpose(tools)
    fields = {
        "name": name,
        "handoff_description": f"{title}: {purpose}",
        "instructions": f"You are the specialist for {title.lower()}. You can {purpose} Answer from what your "
        "tools give you; ask when something you need is missing.",
    }
    added, name = add_node(org, "agent", Position(x=0, y=0), fields)
    new = [HandoffLink(source=agent, target=name), *(UsesLink(source=name, target=tool.name) for tool in tools)]
    return added.model_copy(update={"links": [*added.links, *new]})


def _purpose(tools: list[ToolSpec]) -> str:
    deeds = [
        tool.description.strip().partition(".")[0].lower() or tool.name.replace("_", " ")
        if not isinstance(tool, FunctionToolSpec) or tool.description
        else tool.name.replace("_", " ")
        for tool in tools
    ]
    return ", ".join(deeds) + "."


def _is_moved(link: object, agent: str, tools: set[str]) -> bool:
    return isinstance(link, UsesLink) and link.source == agent and link.target in tools
