"""A small neutral drawing of an organization, for cards: what there is and how it is linked, told by shape.

Agents are rounded boxes with a head, tools circles, MCP servers squares with a plug's two pins, guardrails
shields; each step of a workflow has its own shape (sketch_shapes.py). The flow is thick arrows, handoffs arrows,
agents as tools dashed arrows, uses and guards thin lines. All in `currentColor`.
"""

from collections.abc import Mapping
from html import escape
from itertools import combinations
from math import hypot

from core.organization.layout import auto_layout
from core.organization.spec import Link, Organization, Position
from studio.view_models.sketch_shapes import Node, Point, half, shape

MARGIN_X = 20
MARGIN_Y = 16
ROOM = 5
"""Between the end of a line and the shape that it leads to."""
SMALLEST = 0.3
CROWDED = 0.6
"""Of their size; smaller shapes cannot be told apart."""
_ARROWS = {"handoff", "as_tool", "flow"}
_LINES = {
    "flow": 'stroke-width="2"',
    "handoff": 'stroke-width="1.5"',
    "as_tool": 'stroke-width="1.5" stroke-dasharray="4 3"',
    "uses": 'stroke-width="1" opacity=".55"',
    "guards": 'stroke-width="1" stroke-dasharray="1 3" stroke-linecap="round"',
}


def sketch_svg(org: Organization, *, width: int = 240, height: int = 120) -> str:
    """The drawing as an SVG element of that size in pixels. Names appear as tooltips. Where shapes would be too
    small to be told apart, only agents and steps are drawn."""
    flow: dict[str, Node] = {node.name: node for node in (*org.agents, *org.steps)}
    nodes: dict[str, Node] = {**flow, **{node.name: node for node in (*org.tools, *org.guardrails)}}
    places = auto_layout(org, only_missing=True)
    points = _fitted(places, width, height)
    scale = _shape_scale(points, nodes)
    if scale < CROWDED and flow:
        nodes = flow
        if not org.has_workflow:
            # Their places leave room for the tools, which is not needed now.
            places = auto_layout(org.model_copy(update={"tools": [], "guardrails": [], "layout": {}}))
        points = _fitted({name: places[name] for name in places if name in flow}, width, height)
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
    counts = (
        (len(org.agents), "agent"),
        (len(org.tools), "tool"),
        (len(org.guardrails), "guardrail"),
        (len(org.steps), "step"),
    )
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
        (width, height), (other_width, other_height) = half(nodes[one], 1), half(nodes[other], 1)
        across = abs(a[0] - b[0]) / (width + other_width + 2)
        down = abs(a[1] - b[1]) / (height + other_height + 2)
        scale = min(scale, max(across, down))
    return max(scale, SMALLEST)


def _line(link: Link, points: Mapping[str, Point], nodes: Mapping[str, Node], scale: float) -> str:
    a, b = points[link.source], points[link.target]
    if link.kind == "flow" and b[0] < a[0]:
        return _way_back(a, b, half(nodes[link.source], scale), half(nodes[link.target], scale))
    room = ROOM if link.kind in _ARROWS else 1
    start = _towards(a, b, half(nodes[link.source], scale), 1)
    end = _towards(b, a, half(nodes[link.target], scale), room)
    line = f'<path d="M{_at(start)}L{_at(end)}" {_LINES[link.kind]}/>'
    return line + _arrow(start, end) if link.kind in _ARROWS else line


def _way_back(a: Point, b: Point, source: Point, target: Point) -> str:
    """The end of a loop's body leads back in an arc over what lies between."""
    start, end = (a[0], a[1] - source[1] - 1), (b[0], b[1] - target[1] - ROOM)
    top = (a[0] + b[0]) / 2, max(min(start[1], end[1]) - min(abs(a[0] - b[0]) / 5, 26), 2 - min(start[1], end[1]))
    return f'<path d="M{_at(start)}Q{_at(top)} {_at(end)}" {_LINES["flow"]}/>' + _arrow(top, end)


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
    size = f" scale({scale:.2f})" if scale < 1 else ""
    drawn = shape(node, starts=starts)
    return f'<g transform="translate({_at(point)}){size}"><title>{escape(node.name)}</title>{drawn}</g>'


def _at(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
