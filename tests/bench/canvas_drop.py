"""The canvas of the Design page: from the drop of a palette item until the inspector that Python makes for it is
painted, with 12 nodes; frames while a node is dragged, and loading, with 300 or as many as CANVAS_NODES says."""

import math
import os
from pathlib import Path

from playwright.sync_api import Browser, Page

from core.organization.layout import auto_layout
from core.organization.spec import AgentSpec, FunctionToolSpec, HandoffLink, Link, Organization, UsesLink
from tests.bench.figures import Figure, figure_of, print_table
from tests.bench.on_page import bench_context, studio_server
from tests.support.browser import PATIENCE, chromium, settle
from tests.support.browser_canvas import CanvasOnPage
from tests.support.server import StudioServer

WARM_UPS = 2
ROUNDS = 5
DROPPED = ("Agent", "Function", "HTTP call", "Guardrail")
CHILDREN = 5
LOADS = 5
LARGE = int(os.environ.get("CANVAS_NODES", "300"))
DRAGS = 4
STEPS = 60

_ON_DROP = Path(__file__).with_name("drop_on_page.js").read_text()
_CENTRES = """
nodes => nodes.map((node) => {
  const box = node.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})
"""
_FRAMES = """
() => new Promise((done) => {
  const frames = [];
  let last = performance.now();
  window.stopFrames = () => done(frames);
  const next = (now) => { frames.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(next); });
})
"""


def figures() -> list[Figure]:
    """Drops with 12 nodes; drags and loads with many."""
    with studio_server() as server, chromium() as browser:
        return [*_drops(server, browser), *_large(server, browser, LARGE)]


def organization(agents: int, tools: int) -> Organization:
    """A tree of agents; the tools belong to them in turn."""
    names = [f"Agent {number}" for number in range(1, agents + 1)]
    links: list[Link] = [
        HandoffLink(source=names[(at - 1) // CHILDREN], target=names[at]) for at in range(1, agents)
    ]
    links += [UsesLink(source=names[at % agents], target=f"tool_{at}") for at in range(tools)]
    org = Organization(
        name=f"With {agents + tools} nodes",
        entry=names[0],
        agents=[
            AgentSpec(name=name, instructions="Do your part.", handoff_description="Does a part.")
            for name in names
        ],
        tools=[
            FunctionToolSpec(name=f"tool_{at}", function="core.toolbox.billing:look_up_invoice", effect="reads")
            for at in range(tools)
        ],
        links=links,
    )
    return org.with_layout(auto_layout(org))


def _drops(server: StudioServer, browser: Browser) -> list[Figure]:
    organization_id = server.core.organizations.create(organization(agents=7, tools=5))
    with bench_context(browser, server.address) as context:
        page = context.new_page()
        page.goto(f"/design?organization={organization_id}")
        canvas = CanvasOnPage(page)
        canvas.show()
        page.evaluate(_ON_DROP)
        made = []
        for number in range(WARM_UPS + ROUNDS):
            for what in DROPPED:
                milliseconds = _drop(page, canvas, what)
                if number >= WARM_UPS:
                    made.append(milliseconds)
    return [figure_of("drop to Python-made element, 12 nodes", made, goal=60)]


def _drop(page: Page, canvas: CanvasOnPage, what: str) -> float:
    """Milliseconds of one drop; afterwards it is taken back."""
    page.evaluate("bench.made = null")
    canvas.drag_in(what, x=0.5, y=0.9)
    page.wait_for_function("bench.made !== null", polling=200, timeout=PATIENCE)
    settle(page)
    canvas.tool("Undo").click()
    page.wait_for_function("bench.shown() === null", polling=100, timeout=PATIENCE)
    settle(page)
    return float(page.evaluate("bench.made"))


def _large(server: StudioServer, browser: Browser, nodes: int) -> list[Figure]:
    agents = nodes * 2 // 5
    organization_id = server.core.organizations.create(organization(agents=agents, tools=nodes - agents))
    loads, frames = [], []
    with bench_context(browser, server.address) as context:
        page = context.new_page()
        for _ in range(LOADS):
            page.goto("about:blank")
            page.goto(f"/design?organization={organization_id}", wait_until="commit")
            page.evaluate(_ON_DROP)
            page.wait_for_function(f"bench.nodes === {nodes}", polling=100, timeout=PATIENCE)
            loads.append(float(page.evaluate("bench.all_painted - performance.timeOrigin")))
        settle(page)
        for _ in range(DRAGS):
            frames += _drag(page)
    return [
        figure_of(f"frames while dragging, {nodes} nodes", frames, goal=20),
        figure_of(f"loading, {nodes} nodes", loads, goal=3000),
    ]


def _drag(page: Page) -> list[float]:
    """The lengths of the frames while a node goes around."""
    canvas = CanvasOnPage(page)
    stage = canvas.region.bounding_box()
    assert stage is not None, "it is drawn"
    middle = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    boxes: list[tuple[float, float]] = canvas.nodes.evaluate_all(_CENTRES)
    x, y = min(boxes, key=lambda at: math.dist(at, middle))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5, y + 5)
    page.evaluate(f"() => {{ window.framesDone = ({_FRAMES})(); }}")
    page.mouse.move(x + 120, y + 60, steps=STEPS)
    page.mouse.move(x + 10, y + 10, steps=STEPS)
    page.mouse.up()
    frames: list[float] = page.evaluate("() => { stopFrames(); return framesDone; }")
    settle(page)
    return frames


if __name__ == "__main__":
    print_table(figures())
