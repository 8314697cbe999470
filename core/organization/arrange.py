"""Aligns and spaces nodes on the canvas."""

from collections.abc import Collection
from typing import Literal

from core.organization.drawing import Position
from core.organization.layering import NODE_HEIGHT, NODE_WIDTH
from core.organization.spec import Organization

Alignment = Literal["left", "center", "right", "top", "middle", "bottom", "columns", "rows"]
"""Edges or middles in line; `columns` and `rows` give equal gaps from left to right and from top to bottom."""


def aligned(
    org: Organization, nodes: Collection[str], how: Alignment, sizes: dict[str, tuple[float, float]] | None = None
) -> dict[str, Position]:
    """New positions of these nodes. `sizes` are widths and heights in pixels as they are drawn; the usual ones
    where they are not known. Nodes without a place are passed over."""
    boxes = {name: _Box(org.layout[name], (sizes or {}).get(name)) for name in nodes if name in org.layout}
    if len(boxes) < 2:
        return {}
    match how:
        case "columns" | "rows":
            return _spread(boxes, along_x=how == "columns")
        case "left":
            goal = min(box.x for box in boxes.values())
            return {name: Position(x=goal, y=box.y) for name, box in boxes.items()}
        case "right":
            goal = max(box.x + box.width for box in boxes.values())
            return {name: Position(x=goal - box.width, y=box.y) for name, box in boxes.items()}
        case "center":
            goal = _middle([(box.x, box.width) for box in boxes.values()])
            return {name: Position(x=round(goal - box.width / 2), y=box.y) for name, box in boxes.items()}
        case "top":
            goal = min(box.y for box in boxes.values())
            return {name: Position(x=box.x, y=goal) for name, box in boxes.items()}
        case "bottom":
            goal = max(box.y + box.height for box in boxes.values())
            return {name: Position(x=box.x, y=goal - box.height) for name, box in boxes.items()}
        case "middle":
            goal = _middle([(box.y, box.height) for box in boxes.values()])
            return {name: Position(x=box.x, y=round(goal - box.height / 2)) for name, box in boxes.items()}


class _Box:
    def __init__(self, place: Position, size: tuple[float, float] | None) -> None:
        self.x, self.y = place.x, place.y
        usual: tuple[float, float] = (NODE_WIDTH, NODE_HEIGHT)
        self.width, self.height = size or usual


def _middle(spans: list[tuple[float, float]]) -> float:
    """The middle of what all spans cover together."""
    return (min(start for start, _ in spans) + max(start + length for start, length in spans)) / 2


def _spread(boxes: dict[str, _Box], *, along_x: bool) -> dict[str, Position]:
    """The outer ones stay; the gaps between all become equal (and none when they do not fit)."""
    order = sorted(boxes, key=lambda name: boxes[name].x if along_x else boxes[name].y)
    starts = [boxes[name].x if along_x else boxes[name].y for name in order]
    lengths = [boxes[name].width if along_x else boxes[name].height for name in order]
    room = starts[-1] + lengths[-1] - starts[0] - sum(lengths)
    gap = max(0.0, room / (len(order) - 1))
    places = {}
    at = starts[0]
    for name, length in zip(order, lengths, strict=True):
        box = boxes[name]
        places[name] = Position(x=round(at), y=box.y) if along_x else Position(x=box.x, y=round(at))
        at += length + gap
    return places
