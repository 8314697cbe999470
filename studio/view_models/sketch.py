"""A small neutral drawing of an organization, for cards: what there is and how it is linked, told by shape.

Agents are rounded boxes with a head, tools circles, MCP servers squares with a plug's two pins, guardrails
shields. Handoffs are arrows, agents as tools dashed arrows, uses and guards thin lines. All in `currentColor`.
"""

from collections.abc import Mapping
from html import escape
from itertools import combinations
from math import hypot

from core.organization.layout import auto_layout
from core.organization.spec import (
    AgentSpec,
    GuardrailBase,
    GuardrailSpec,
    Link,
    McpToolBase,
    Organization,
    Position,
    ToolSpec,
)

MARGIN_X = 20
MARGIN_Y = 16
ROOM = 5
"""Between the end of a line and the shape that it leads to."""

Node = AgentSpec | ToolSpec | GuardrailSpec
Point = tuple[float, float]

_SIZES: Mapping[str, Point] = {"agent": (15, 11), "tool": (6, 6), "server": (6, 6), "guardrail": (7, 8)}
"""Half the width and half the height of each shape."""
_SHAPES = {
    "agent": '<rect x="-15" y="-11" width="30" height="22" rx="6" stroke-width="1.5"{fill}/>'
    '<circle cy="-3" r="2.6" fill="currentColor" stroke="none"/>'
    '<path d="M-5 6c0-3 2-4.6 5-4.6s5 1.6 5 4.6Z" fill="currentColor" stroke="none"/>',
    "tool": '<circle r="5.5" stroke-width="1.25"/>',
    "server": '<rect x="-6" y="-6" width="12" height="12" rx="2" stroke-width="1.25"/>'
    '<path d="M-2 -2v4M2 -2v4" stroke-width="1.25"/>',
    "guardrail": '<path d="M0 -8l6.5 2.5v4.5c0 4-2.5 6.5-6.5 9c-4-2.5-6.5-5-6.5-9v-4.5Z" stroke-width="1.25"/>',
}
_STARTS = ' fill="currentColor" fill-opacity=".16"'
SMALLEST = 0.3
_LINES = {
    "handoff": 'stroke-width="1.5"',
    "as_tool": 'stroke-width="1.5" stroke-dasharray="4 3"',
    "uses": 'stroke-width="1" opacity=".55"',
    "guards": 'stroke-width="1" stroke-dasharray="1 3" stroke-linecap="round"',
}


def sketch_svg(org: Organization, *, width: int = 240, height: int = 120) -> str:
    """The drawing as an SVG element of that size in pixels. Names appear as tooltips."""
    nodes: dict[str, Node] = {node.name: node for node in (*org.agents, *org.tools, *org.guardrails)}
    points = _fitted(auto_layout(org, only_missing=True), width, height)
    scale = _shape_scale(points, nodes)
    lines = [
        _line(link, points, nodes, scale)
        for link in org.links
        if link.source in points and link.target in points and link.source != link.target
    ]
    shapes = [_shape(node, points[name], scale, starts=name == org.entry) for name, node in nodes.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(_label(org))}" '
        f'fill="none" stroke="currentColor" color="inherit">{"".join(lines + shapes)}</svg>'
    )


def _label(org: Organization) -> str:
    counts = ((len(org.agents), "agent"), (len(org.tools), "tool"), (len(org.guardrails), "guardrail"))
    parts = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count]
    return f"Drawing of {org.name}: {', '.join(parts) or 'empty'}"


def _fitted(places: Mapping[str, Position], width: int, height: int) -> dict[str, Point]:
    """The places scaled into the drawing, each direction for itself; a lonely row or column is centred."""
    if not places:
        return {}
    across = _scale([place.x for place in places.values()], MARGIN_X, width - MARGIN_X)
    down = _scale([place.y for place in places.values()], MARGIN_Y, height - MARGIN_Y)
    return {name: (across[0] + place.x * across[1], down[0] + place.y * down[1]) for name, place in places.items()}


def _scale(values: list[float], start: float, end: float) -> Point:
    """Offset and factor that bring the values between start and end, at most at a third of their size."""
    low, high = min(values), max(values)
    factor = min((end - start) / (high - low), 1 / 3) if high > low else 0
    return (start + end) / 2 - (low + high) / 2 * factor, factor


def _shape_scale(points: Mapping[str, Point], nodes: Mapping[str, Node]) -> float:
    """How large the shapes can be without touching: 1 where there is room."""
    scale = 1.0
    for (one, a), (other, b) in combinations(points.items(), 2):
        (width, height), (other_width, other_height) = _SIZES[_form(nodes[one])], _SIZES[_form(nodes[other])]
        across = abs(a[0] - b[0]) / (width + other_width + 2)
        down = abs(a[1] - b[1]) / (height + other_height + 2)
        scale = min(scale, max(across, down))
    return max(scale, SMALLEST)


def _line(link: Link, points: Mapping[str, Point], nodes: Mapping[str, Node], scale: float) -> str:
    a, b = points[link.source], points[link.target]
    room = ROOM if link.kind in {"handoff", "as_tool"} else 1
    start = _towards(a, b, _half(nodes[link.source], scale), 1)
    end = _towards(b, a, _half(nodes[link.target], scale), room)
    line = f'<path d="M{_at(start)}L{_at(end)}" {_LINES[link.kind]}/>'
    return line + _arrow(start, end) if link.kind in {"handoff", "as_tool"} else line


def _towards(inside: Point, outside: Point, half: Point, room: float) -> Point:
    """Where a line from outside meets the box around a shape, a little before it."""
    dx, dy = outside[0] - inside[0], outside[1] - inside[1]
    length = hypot(dx, dy) or 1
    reach = min(half[0] / abs(dx) if dx else 9e9, half[1] / abs(dy) if dy else 9e9)
    share = min(reach + room / length, 0.5)
    return inside[0] + dx * share, inside[1] + dy * share


def _arrow(start: Point, end: Point) -> str:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy) or 1
    ux, uy = dx / length, dy / length
    tip = (end[0] + ux * 4, end[1] + uy * 4)
    left = (end[0] - uy * 3 - ux, end[1] + ux * 3 - uy)
    right = (end[0] + uy * 3 - ux, end[1] - ux * 3 - uy)
    return f'<path d="M{_at(tip)}L{_at(left)}L{_at(right)}Z" fill="currentColor" stroke="none"/>'


def _shape(node: Node, point: Point, scale: float, *, starts: bool) -> str:
    drawn = _SHAPES[_form(node)].replace("{fill}", _STARTS if starts else "")
    size = f" scale({scale:.2f})" if scale < 1 else ""
    return f'<g transform="translate({_at(point)}){size}"><title>{escape(node.name)}</title>{drawn}</g>'


def _half(node: Node, scale: float) -> Point:
    width, height = _SIZES[_form(node)]
    return width * scale, height * scale


def _form(node: Node) -> str:
    match node:
        case AgentSpec():
            return "agent"
        case GuardrailBase():
            return "guardrail"
        case McpToolBase():
            return "server"
        case _:
            return "tool"


def _at(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
