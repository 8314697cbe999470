"""Finds places for a workflow: the flow from left to right, and what hangs on its agents below them."""

from collections.abc import Iterable, Sequence
from itertools import chain

from core.organization.layering import GRID, Edge, Grid, Room, layered
from core.organization.spec import FlowLink, Organization, Position
from core.organization.steps import ERROR, AgentJoin, JoinStep, ports

INDENT = 24
BELOW = 30
LABEL_ROOM = 110
"""Beside a step with several ways out stands when each is taken."""
STEP_DROP = 7
"""An agent is so much higher than the head of a step that lines between them are straight then."""
STEP_HEIGHT = 46
PORT_HEIGHT = 22
HANGING = Grid(width=212, height=60, gap_x=80, gap_y=18)
FLOW = Grid(width=212, height=60, gap_x=90, gap_y=44)


def flow_layout(org: Organization, names: Sequence[str]) -> dict[str, Position]:
    """A place for every one of `names`, which are all nodes of the organization in reading order."""
    line = _line(org, names)
    edges = list(_hanging_edges(org))
    blocks = _blocks(line, names, edges)
    places = {name: layered(block, edges, grid=HANGING) for name, block in blocks.items()}
    rooms = {name: _room(org, name, places[name]) for name in line}
    flow = [(link.source, link.target) for link in org.flows()]
    found: dict[str, Position] = {}
    for name, place in layered(line, flow, grid=FLOW, rooms=rooms).items():
        found[name] = _moved(place, 0, STEP_DROP if org.step(name) else 0)
        below = place.y + _height(org, name) + BELOW
        found |= {other: _moved(inner, place.x + INDENT, below) for other, inner in places[name].items()}
    return found | _apart([name for name in names if name not in found], edges, found)


def _line(org: Organization, names: Sequence[str]) -> list[str]:
    """The agents and steps that the flow goes through, in the order of a walk that takes the ways out one after
    the other: what a step's first way leads to stands above the rest."""
    ends = set(chain.from_iterable((link.source, link.target) for link in org.flows()))
    steps = {step.name for step in org.steps}
    followers: dict[str, list[str]] = {}
    for link in sorted(org.flows(), key=lambda link: _rank(org, link)):
        followers.setdefault(link.source, []).append(link.target)
    walked: dict[str, None] = {}
    waiting = [name for name in reversed(names) if name in steps or (name in ends and org.agent(name))]
    known = set(waiting)
    while waiting:
        name = waiting.pop()
        if name in known and name not in walked:
            walked[name] = None
            waiting.extend(reversed(followers.get(name, [])))
    return list(walked)


def _rank(org: Organization, link: FlowLink) -> int:
    known = ports(org.step(link.source))
    return known.index(link.port) if link.port in known else len(known)


def _hanging_edges(org: Organization) -> Iterable[Edge]:
    """What hangs on what: tools, handoff targets and guardrails on agents, the joining agent on its join."""
    for link in org.links:
        if link.kind == "guards":
            yield link.target, link.source
        elif link.kind != "flow":
            yield link.source, link.target
    for step in org.steps:
        if isinstance(step, JoinStep) and isinstance(step.by, AgentJoin):
            yield step.name, step.by.agent


def _blocks(line: list[str], names: Sequence[str], edges: list[Edge]) -> dict[str, list[str]]:
    """What hangs on each node of the line, directly or not; of several the first has it."""
    taken = set(line)
    blocks: dict[str, list[str]] = {}
    for owner in line:
        block: dict[str, None] = {}
        waiting = [owner]
        for name in waiting:
            for source, target in edges:
                if source == name and target not in taken and target in names:
                    taken.add(target)
                    block[target] = None
                    waiting.append(target)
        blocks[owner] = list(block)
    return blocks


def _room(org: Organization, name: str, hanging: dict[str, Position]) -> Room:
    width, height = FLOW.width, _height(org, name)
    if len(_ways(org, name)) > 1:
        width += LABEL_ROOM
    if hanging:
        width = max(width, INDENT + HANGING.width + max(place.x for place in hanging.values()))
        height += BELOW + HANGING.height + max(place.y for place in hanging.values())
    return width, height


def _height(org: Organization, name: str) -> float:
    """How high a node is drawn: the ways out of a step stand in rows when there are several."""
    if org.step(name) is None:
        return FLOW.height
    ways = len(_ways(org, name))
    return STEP_DROP + STEP_HEIGHT + (PORT_HEIGHT * ways if ways > 1 else 0)


def _ways(org: Organization, name: str) -> list[str]:
    step = org.step(name)
    return [] if step is None else [port for port in ports(step) if port != ERROR]


def _apart(names: list[str], edges: list[Edge], found: dict[str, Position]) -> dict[str, Position]:
    """What has nothing to do with the flow, below it."""
    bottom = max((place.y for place in found.values()), default=-GRID.gap_y)
    below = bottom + GRID.height + GRID.gap_y
    return {name: _moved(place, 0, below) for name, place in layered(names, edges).items()}


def _moved(place: Position, x: float, y: float) -> Position:
    return Position(x=place.x + x, y=place.y + y)
