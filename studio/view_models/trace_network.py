"""The graph of a run as vis-network draws it: shapes for kinds, colour and words for states, fixed places."""

from dataclasses import dataclass, field
from typing import Any

from core.organization.layering import Grid, layered
from studio.view_models.trace_graph import EDGE_WORDS, EdgeKind, RunGraph, RunNode

GRID = Grid(width=190, height=64, gap_x=130, gap_y=34)
MOST_NODES = 500
EDGE_LOOKS: dict[EdgeKind, tuple[bool | list[int], float]] = {
    "handoff": (False, 2.5),
    "agent_tool": ([8, 4], 2),
    "tool": (False, 1),
    "guards": ([2, 4], 1),
    "flow": (False, 2),
}
"""Dashes and width by kind."""
EDGE_LABELS: dict[EdgeKind, str] = {
    "handoff": "handoff",
    "agent_tool": "as tool",
    "tool": "",
    "guards": "guards",
    "flow": "",
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme."""

    page: str
    ink: str
    node: str
    tool: str
    border: str
    edge: str
    frame: str
    states: dict[str, str] = field(default_factory=dict)


LIGHT = Palette(
    page="#ffffff",
    ink="#15171c",
    node="#eceef2",
    tool="#f9fafb",
    border="#8a93a3",
    edge="#6b7585",
    frame="#dfe2e8",
    states={"failed": "#c62f3a", "waiting": "#b26a00", "running": "#1f6fd6"},
)
DARK = Palette(
    page="#14161b",
    ink="#e9ebf0",
    node="#2a2f3a",
    tool="#1c1f26",
    border="#6d7688",
    edge="#8f99ab",
    frame="#30343e",
    states={"failed": "#ff7b82", "waiting": "#ffb454", "running": "#6cb0ff"},
)


@dataclass(frozen=True, slots=True)
class Network:
    """What is drawn, and what is said about each node when it is clicked."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    facts: dict[str, list[str]]
    height: int


def run_network(graph: RunGraph, palette: Palette) -> Network:
    """Nodes in layers from left to right."""
    shown = list(graph.nodes.values())[:MOST_NODES]
    names = {node.id for node in shown}
    edges = [edge for edge in graph.edges.values() if edge.source in names and edge.target in names]
    places = layered([node.id for node in shown], [(edge.source, edge.target) for edge in edges], grid=GRID)
    nodes = [_node(node, palette) | {"x": places[node.id].x, "y": places[node.id].y} for node in shown]
    depth = max((place.y for place in places.values()), default=0)
    return Network(
        nodes=nodes,
        edges=[
            _edge(
                edge.source,
                edge.target,
                edge.kind,
                edge.times,
                palette,
                both=_returns(graph, edge.source, edge.target),
            )
            for edge in edges
        ],
        facts={node.id: [*node.facts, *_links(graph, node)] for node in shown},
        height=int(min(640, max(260, depth + 220))),
    )


def _node(node: RunNode, palette: Palette) -> dict[str, Any]:
    border = palette.states.get(node.state, palette.border)
    fill = palette.node if node.kind == "agent" else palette.tool
    colours = {"background": fill, "border": border}
    lines = [line for line in (node.work, node.state_words) if line]
    name = node.name if len(node.name) <= 26 else f"{node.name[:25]}…"
    return {
        "id": node.id,
        "label": "\n".join([name, *lines]),
        "shape": "box" if node.kind != "tool" else "ellipse",
        "shapeProperties": {
            "borderDashes": [4, 3] if node.kind == "guardrail" else False,
            "borderRadius": 0 if node.kind == "step" else 6,
        },
        "borderWidth": 3 if node.state else 1.5,
        "color": colours | {"highlight": colours, "hover": colours},
        "font": {"color": palette.ink, "size": 15, "multi": False},
        "margin": 10,
        "widthConstraint": {"maximum": GRID.width},
    }


def _edge(source: str, target: str, kind: EdgeKind, times: int, palette: Palette, *, both: bool) -> dict[str, Any]:
    dashes, width = EDGE_LOOKS[kind]
    label = " ".join(part for part in (EDGE_LABELS[kind], f"×{times}" if times > 1 else "") if part)
    return {
        "source": source,
        "to": target,
        "label": label,
        "dashes": dashes,
        "width": width,
        "color": {"color": palette.edge, "highlight": palette.ink, "hover": palette.ink},
        "font": {"color": palette.ink, "size": 13, "strokeWidth": 5, "strokeColor": palette.page},
        # Edges to and fro would lie on each other if they were straight.
        "smooth": {"enabled": True, "type": "curvedCW", "roundness": 0.2} if both else False,
    }


def _returns(graph: RunGraph, source: str, target: str) -> bool:
    return any(edge.source == target and edge.target == source for edge in graph.edges.values())


def _links(graph: RunGraph, node: RunNode) -> list[str]:
    found = []
    for edge in graph.edges.values():
        if edge.source == node.id:
            times = f", {edge.times} times" if edge.times > 1 else ""
            found.append(f"{EDGE_WORDS[edge.kind]} {graph.nodes[edge.target].name}{times}")
    return found
