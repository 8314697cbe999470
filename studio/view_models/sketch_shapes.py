"""The shapes of the small drawing: one for each kind of node, around the point 0, 0, all in `currentColor`."""

from collections.abc import Mapping

from core.organization.spec import AgentSpec, GuardrailBase, GuardrailSpec, McpToolBase, ToolSpec
from core.organization.steps import Step, StepBase

Node = AgentSpec | ToolSpec | GuardrailSpec | Step
Point = tuple[float, float]

SIZES: Mapping[str, Point] = {
    "agent": (15, 11),
    "tool": (6, 6),
    "server": (6, 6),
    "guardrail": (7, 8),
    "parallel": (4, 11),
    "join": (4, 11),
    "map": (9, 9),
    "branch": (11, 11),
    "loop": (10, 10),
    "approval": (10, 10),
    "transform": (7, 7),
    "end": (7, 7),
}
"""Half the width and half the height of each shape."""
_STARTS = ' fill="currentColor" fill-opacity=".16"'
_SHAPES: Mapping[str, str] = {
    "agent": '<rect x="-15" y="-11" width="30" height="22" rx="6" stroke-width="1.5"{fill}/>'
    '<circle cy="-3" r="2.6" fill="currentColor" stroke="none"/>'
    '<path d="M-5 6c0-3 2-4.6 5-4.6s5 1.6 5 4.6Z" fill="currentColor" stroke="none"/>',
    "tool": '<circle r="5.5" stroke-width="1.25"/>',
    "server": '<rect x="-6" y="-6" width="12" height="12" rx="2" stroke-width="1.25"/>'
    '<path d="M-2 -2v4M2 -2v4" stroke-width="1.25"/>',
    "guardrail": '<path d="M0 -8l6.5 2.5v4.5c0 4-2.5 6.5-6.5 9c-4-2.5-6.5-5-6.5-9v-4.5Z" stroke-width="1.25"/>',
    "parallel": '<rect x="-4" y="-11" width="8" height="22" rx="1" stroke-width="1.25"{fill}/>'
    '<path d="M0 -7v14" stroke-width="1.25"/>',
    "join": '<rect x="-4" y="-11" width="8" height="22" rx="1" stroke-width="1.25"{fill}/>',
    "map": '<path d="M-9 -9h18v5h-18ZM-9 -2.5h18v5h-18ZM-9 4h18v5h-18Z" stroke-width="1.25"{fill}/>',
    "branch": '<path d="M-11 0L0 -11L11 0L0 11Z" stroke-width="1.25"{fill}/>',
    "loop": '<circle r="10" stroke-width="1.25"{fill}/>'
    '<path d="M4.6 -2.4A5 5 0 1 0 5 1.4" stroke-width="1.25"/>'
    '<path d="M6.4 -5.2v4.4h-4.4Z" fill="currentColor" stroke="none"/>',
    "approval": '<path d="M-4 -10h8l6 6v8l-6 6h-8l-6 -6v-8Z" stroke-width="1.25"{fill}/>'
    '<path d="M-4 0.5l2.8 2.8L4.4 -3" stroke-width="1.5"/>',
    "transform": '<rect x="-7" y="-7" width="14" height="14" stroke-width="1.25"{fill}/>'
    '<path d="M-4 -2.2h8M-4 2.2h8" stroke-width="1.25"/>',
    "end": '<circle r="7" stroke-width="1.25"{fill}/>'
    '<rect x="-2.6" y="-2.6" width="5.2" height="5.2" fill="currentColor" stroke="none"/>',
}


def shape(node: Node, *, starts: bool) -> str:
    """The drawn shape; where runs start it is filled."""
    return _SHAPES[form(node)].replace("{fill}", _STARTS if starts else "")


def half(node: Node, scale: float) -> Point:
    """Half the width and height of a node's shape."""
    width, height = SIZES[form(node)]
    return width * scale, height * scale


def form(node: Node) -> str:
    """What a node is drawn as."""
    match node:
        case AgentSpec():
            return "agent"
        case GuardrailBase():
            return "guardrail"
        case McpToolBase():
            return "server"
        case StepBase():
            return node.kind
        case _:
            return "tool"
