"""Finds places for nodes: layers from left to right, parents beside the middle of their children."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.organization.spec import Organization, Position

NODE_WIDTH = 220
NODE_HEIGHT = 72
GAP_X = 100
GAP_Y = 36
SWEEPS = 4

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Grid:
    """Sizes of nodes and of the gaps between them, in pixels."""

    width: float = NODE_WIDTH
    height: float = NODE_HEIGHT
    gap_x: float = GAP_X
    gap_y: float = GAP_Y


GRID = Grid()


def auto_layout(org: Organization, *, only_missing: bool = False) -> dict[str, Position]:
    """A place for every node: guardrails left of what they guard, agents in the order of handoffs and calls, tools
    right of their agents. With `only_missing`, nodes that have a place keep it."""
    names = list(dict.fromkeys(_reading_order(org)))
    found = layered(names, [(link.source, link.target) for link in org.links])
    if not only_missing:
        return found
    kept = {name: org.layout[name] for name in names if name in org.layout}
    return _placed_around(kept, found) if kept else found


def layered(nodes: Sequence[str], edges: Iterable[Edge], *, grid: Grid = GRID) -> dict[str, Position]:
    """Places (top left corners, from 0, 0) in columns, so that edges lead to the right where there is no circle.
    The order of `nodes` decides what comes first. Edges of unknown nodes are passed over."""
    known = set(nodes)
    sound = [(source, target) for source, target in edges if {source, target} <= known and source != target]
    forward = _without_circles(nodes, list(dict.fromkeys(sound)))
    columns = _columns(nodes, forward)
    heights = _heights(nodes, columns, forward, grid)
    top = min(heights.values(), default=0)
    return {
        name: Position(x=columns[name] * (grid.width + grid.gap_x), y=round(heights[name] - top)) for name in nodes
    }


def _reading_order(org: Organization) -> list[str]:
    """The entry first, so that circles are cut behind it; then agents, guardrails and tools."""
    first = [org.entry] if org.agent(org.entry) else []
    nodes = (*org.agents, *org.guardrails, *org.tools)
    return [*first, *(node.name for node in nodes)]


def _without_circles(nodes: Sequence[str], edges: list[Edge]) -> list[Edge]:
    """The edges without those that lead back to where a walk from the first nodes came from."""
    followers = _followers(edges)
    done: set[str] = set()
    on_way: set[str] = set()
    forward: list[Edge] = []
    for start in nodes:
        if start in done:
            continue
        way = [(start, iter(followers.get(start, [])))]
        on_way.add(start)
        while way:
            name, remaining = way[-1]
            target = next(remaining, None)
            if target is None:
                way.pop()
                on_way.discard(name)
                done.add(name)
            elif target not in on_way:
                forward.append((name, target))
                if target not in done:
                    on_way.add(target)
                    way.append((target, iter(followers.get(target, []))))
    return forward


def _columns(nodes: Sequence[str], forward: list[Edge]) -> dict[str, int]:
    """The column of each node: one after the last of those before it; what only leads on stands next to that."""
    followers, waiting = _followers(forward), dict.fromkeys(nodes, 0)
    for _, target in forward:
        waiting[target] += 1
    columns = dict.fromkeys(nodes, 0)
    ready = [name for name in nodes if not waiting[name]]
    starts = list(ready)
    for name in ready:
        for target in followers.get(name, []):
            columns[target] = max(columns[target], columns[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for name in starts:
        if name in followers:
            columns[name] = min(columns[target] for target in followers[name]) - 1
    return columns


def _heights(nodes: Sequence[str], columns: dict[str, int], forward: list[Edge], grid: Grid) -> dict[str, float]:
    """Sweeps to and fro over the columns, each time putting nodes beside the middle of their neighbours."""
    step = grid.height + grid.gap_y
    members: dict[int, list[str]] = {}
    for name in nodes:
        members.setdefault(columns[name], []).append(name)
    heights = {name: place * step for names in members.values() for place, name in enumerate(names)}
    before, after = _followers([(target, source) for source, target in forward]), _followers(forward)
    order = sorted(members)
    for number in range(SWEEPS):
        rightward = number % 2 == 0
        neighbours = before if rightward else after
        for column in order if rightward else reversed(order):
            wanted = {
                name: _middle([heights[other] for other in neighbours.get(name, [])], heights[name])
                for name in members[column]
            }
            members[column] = sorted(members[column], key=lambda name: wanted[name])
            heights |= _spread(members[column], wanted, step)
    return heights


def _spread(names: list[str], wanted: dict[str, float], step: float) -> dict[str, float]:
    """Heights in this order, at least a step apart, with the least squared distance from the wanted ones."""
    # Pool adjacent violators: blocks that would overlap are joined and stand at the mean of their wishes.
    blocks: list[tuple[float, int]] = []
    for number, name in enumerate(names):
        mean, size = wanted[name] - number * step, 1
        while blocks and blocks[-1][0] >= mean:
            other, other_size = blocks.pop()
            mean = (mean * size + other * other_size) / (size + other_size)
            size += other_size
        blocks.append((mean, size))
    bases = [mean for mean, size in blocks for _ in range(size)]
    return {name: base + number * step for number, (name, base) in enumerate(zip(names, bases, strict=True))}


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


def _middle(values: list[float], otherwise: float) -> float:
    return (min(values) + max(values)) / 2 if values else otherwise


def _followers(edges: list[Edge]) -> dict[str, list[str]]:
    followers: dict[str, list[str]] = {}
    for source, target in edges:
        followers.setdefault(source, []).append(target)
    return followers
