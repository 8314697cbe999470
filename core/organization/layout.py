"""Finds places for the nodes of an organization."""

from core.organization.flow_layout import flow_layout
from core.organization.layering import GAP_Y, layered
from core.organization.layering import NODE_HEIGHT as NODE_HEIGHT
from core.organization.layering import NODE_WIDTH as NODE_WIDTH
from core.organization.spec import Organization, Position


def auto_layout(org: Organization, *, only_missing: bool = False) -> dict[str, Position]:
    """A place for every node: guardrails left of what they guard, agents in the order of handoffs and calls, tools
    right of their agents; a workflow from left to right, what its agents use below them. With `only_missing`,
    nodes that have a place keep it."""
    names = list(dict.fromkeys(_reading_order(org)))
    if only_missing and all(name in org.layout for name in names):
        return {name: org.layout[name] for name in names}
    if org.has_workflow:
        found = flow_layout(org, names)
    else:
        found = layered(names, [(link.source, link.target) for link in org.links])
    if not only_missing:
        return found
    kept = {name: org.layout[name] for name in names if name in org.layout}
    return _placed_around(kept, found) if kept else found


def _reading_order(org: Organization) -> list[str]:
    """The entry first, so that circles are cut behind it; then agents, guardrails and tools."""
    first = [org.entry] if org.agent(org.entry) or org.step(org.entry) else []
    nodes = (*org.agents, *org.steps, *org.guardrails, *org.tools)
    return [*first, *(node.name for node in nodes)]


def _placed_around(kept: dict[str, Position], found: dict[str, Position]) -> dict[str, Position]:
    """`kept`, and the other nodes where they were found, shifted to the kept ones and down to where it is free."""
    count = len(kept)
    shift_x = sum(place.x - found[name].x for name, place in kept.items()) / count
    shift_y = sum(place.y - found[name].y for name, place in kept.items()) / count
    places = dict(kept)
    for name, place in found.items():
        if name in kept:
            continue
        x, y = round(place.x + shift_x), round(place.y + shift_y)
        while below := [other.y for other in places.values() if _overlap(other, x, y)]:
            y = round(max(below)) + NODE_HEIGHT + GAP_Y
        places[name] = Position(x=x, y=y)
    return {name: places[name] for name in found}


def _overlap(other: Position, x: float, y: float) -> bool:
    return abs(other.x - x) < NODE_WIDTH + GAP_Y and abs(other.y - y) < NODE_HEIGHT + GAP_Y / 2
