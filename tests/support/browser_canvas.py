"""The canvas as a person uses it: by pointer and by what it says of itself."""

from playwright.sync_api import FloatRect, Locator, Page, expect


class CanvasOnPage:
    """The organization canvas of the Design or Run page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.region = page.get_by_role("region", name="Organization canvas")

    @property
    def nodes(self) -> Locator:
        return self.region.locator(".react-flow__node-troupe")

    @property
    def zoom(self) -> Locator:
        """The zoom in words: `100%`."""
        return self.region.locator(".tc-zoom")

    def node(self, name: str) -> Locator:
        return self.region.locator(f'.react-flow__node[data-id="{name}"]')

    def link(self, words: str) -> Locator:
        """A link by how it is read out: `Triage hands off to Billing`."""
        return self.region.get_by_role("group", name=words)

    def tool(self, name: str) -> Locator:
        """A button of the bars: `Undo`, `Add Agent`."""
        return self.region.get_by_role("button", name=name, exact=True)

    def hint(self, words: str) -> Locator:
        """What the canvas says in passing."""
        return self.region.get_by_role("status").filter(has_text=words)

    def show(self) -> None:
        """Wait until the organization is drawn and the view rests."""
        expect(self.nodes.first).to_be_visible()
        self.nodes.first.hover(trial=True)

    def drag_in(self, what: str, *, x: float, y: float) -> None:
        """Drag an item of the palette to a place, given in shares of the drawing area."""
        pane = self.region.locator(".react-flow__pane")
        box = _box(pane)
        target = {"x": box["width"] * x, "y": box["height"] * y}
        self.tool(f"Add {what}").drag_to(pane, target_position={"x": target["x"], "y": target["y"]})

    def connect(self, source: str, handle: str, target: str) -> None:
        """Draw a link from a handle (`handoff`, `tool`, `guard`) to a node."""
        self.node(source).hover()
        start = _box(self.node(source).locator(f'[data-handleid="{handle}"]'))
        end = _box(self.node(target))
        self._page.mouse.move(*_middle(start))
        self._page.mouse.down()
        # The left edge is where links arrive.
        self._page.mouse.move(end["x"] + 4, end["y"] + end["height"] / 2, steps=12)
        self._page.mouse.up()


def _box(place: Locator) -> FloatRect:
    box = place.bounding_box()
    assert box is not None, "it is drawn"
    return box


def _middle(box: FloatRect) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
