"""Places nodes in layers from left to right, parents beside the middle of their children."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from core.organization.spec import Position

NODE_WIDTH = 220
NODE_HEIGHT = 72
GAP_X = 100
GAP_Y = 36
SWEEPS = 4

Edge = tuple[str, str]
Room = tuple[float, float]
"""Width and height that a node takes together with what hangs on it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Sizes of nodes and of the gaps between them, in pixels."""

    width: float = NODE_WIDTH
    height: float = NODE_HEIGHT
    gap_x: float = GAP_X
    gap_y: float = GAP_Y


GRID = Grid()


def layered(
    nodes: Sequence[str], edges: Iterable[Edge], *, grid: Grid = GRID, rooms: Mapping[str, Room] | None = None
) -> dict[str, Position]:
    """Places (top left corners, from 0, 0) in columns, so that edges lead to the right where there is no circle.
    The order of `nodes` decides what comes first. Edges of unknown nodes are passed over. `rooms` are those of
    nodes that take more or less than the grid gives them."""
    room = dict.fromkeys(nodes, (grid.width, grid.height)) | dict(rooms or {})
    known = set(nodes)
    sound = [(source, target) for source, target in edges if {source, target} <= known and source != target]
    forward = _without_circles(nodes, list(dict.fromkeys(sound)))
    columns = _columns(nodes, forward)
    lefts = _lefts(columns, {name: room[name][0] + grid.gap_x for name in nodes})
    heights = _heights(nodes, columns, forward, {name: room[name][1] + grid.gap_y for name in nodes})
    top = min(heights.values(), default=0)
    return {name: Position(x=lefts[columns[name]], y=round(heights[name] - top)) for name in nodes}


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


def _lefts(columns: dict[str, int], widths: dict[str, float]) -> dict[int, float]:
    """Where each column begins: they are as wide as the widest of their nodes."""
    wide: dict[int, float] = {}
    for name, column in columns.items():
        wide[column] = max(wide.get(column, 0), widths[name])
    order = sorted(wide)
    return dict(zip(order, accumulate((wide[column] for column in order[:-1]), initial=0.0), strict=False))


def _heights(
    nodes: Sequence[str], columns: dict[str, int], forward: list[Edge], steps: dict[str, float]
) -> dict[str, float]:
    """Sweeps to and fro over the columns, each time putting nodes beside the middle of their neighbours. `steps`
    says how far below a node the next one can stand."""
    members: dict[int, list[str]] = {}
    for name in nodes:
        members.setdefault(columns[name], []).append(name)
    heights = {
        name: top for names in members.values() for name, top in zip(names, _tops(names, steps), strict=True)
    }
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
            heights |= _spread(members[column], wanted, _tops(members[column], steps))
    return heights


def _tops(names: list[str], steps: dict[str, float]) -> list[float]:
    """How far each node stands below the first one when they stand as close as can be."""
    return list(accumulate((steps[name] for name in names[:-1]), initial=0.0))


def _spread(names: list[str], wanted: dict[str, float], tops: list[float]) -> dict[str, float]:
    """Heights in this order, at least as far apart as `tops`, with the least squared distance from the wanted."""
    # Pool adjacent violators: blocks that would overlap are joined and stand at the mean of their wishes.
    blocks: list[tuple[float, int]] = []
    for name, top in zip(names, tops, strict=True):
        mean, size = wanted[name] - top, 1
        while blocks and blocks[-1][0] >= mean:
            other, other_size = blocks.pop()
            mean = (mean * size + other * other_size) / (size + other_size)
            size += other_size
        blocks.append((mean, size))
    bases = [mean for mean, size in blocks for _ in range(size)]
    return {name: base + top for name, base, top in zip(names, bases, tops, strict=True)}


def _middle(values: list[float], otherwise: float) -> float:
    return (min(values) + max(values)) / 2 if values else otherwise


def _followers(edges: list[Edge]) -> dict[str, list[str]]:
    followers: dict[str, list[str]] = {}
    for source, target in edges:
        followers.setdefault(source, []).append(target)
    return followers
