"""What is shown to others: pictures, presentations, links to a node; and what is selected on the way."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from core.organization.drawing import Group, Note
from tests.e2e.test_canvas_comfort import SHOP
from tests.support.browser import settle
from tests.support.browser_canvas import CanvasOnPage
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

SHOWN = SHOP.model_copy(
    update={
        "notes": [Note(id="note-1", text="Why billing?", x=0, y=300)],
        "groups": [Group(name="Money", members=["Billing", "refund"])],
    }
)
PNG = b"\x89PNG\r\n\x1a\n"


def test_a_picture_holds_the_whole_drawing_and_opens_alone(
    page: Page, server: StudioServer, tmp_path: Path
) -> None:
    _open(page, server)
    _menu(page, "Export…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Picture", exact=True).click()
    expect(dialog.get_by_role("img", name="Picture of Shop")).to_be_visible()

    with page.expect_download() as png:
        dialog.get_by_role("button", name="Download PNG").click()
    with page.expect_download() as svg:
        dialog.get_by_role("button", name="Download SVG").click()

    assert (svg.value.suggested_filename, png.value.suggested_filename) == ("shop.svg", "shop.png")
    svg.value.save_as(tmp_path / "shop.svg")
    words = [element.text for element in ElementTree.parse(tmp_path / "shop.svg").iter()]
    assert {"Triage", "Billing", "refund", "Why billing?", "Money"} <= set(words)
    pixels = Path(png.value.path()).read_bytes()
    width = int(dialog.locator(".tp-size").inner_text().split()[0])
    assert (pixels[:8], int.from_bytes(pixels[16:20])) == (PNG, 2 * width)
    page.goto((tmp_path / "shop.svg").as_uri())
    expect(page.get_by_text("Why billing?")).to_be_visible()


def test_a_presentation_is_followed_and_left_by_keyboard(page: Page, server: StudioServer) -> None:
    """From a shared link: nothing can be edited, arrows go the way of a run, Escape leads to the page."""
    canvas = _open(page, server, "&present=1")
    said = canvas.region.locator(".tc-caption")
    expect(page.get_by_role("navigation")).to_have_count(0)

    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Agent · Default model · hands off to Billing")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("uses refund")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+d")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Python function")
    expect(canvas.nodes).to_have_count(3)

    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("refund")
    canvas.node("refund").click()
    page.keyboard.press("p")
    expect(canvas.region.get_by_text("3 / 3")).to_be_visible()
    canvas.region.get_by_role("button", name="Leave").click()
    expect(canvas.tool("Add Agent")).to_be_visible()


def test_a_link_to_a_node_leads_there_each_time(page: Page, server: StudioServer) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    canvas = _open(page, server, "&node=Billing")
    expect(canvas.region.locator(".react-flow__node.selected")).to_have_attribute("data-id", "Billing")
    page.locator(".st-key-node_link").get_by_role("button").first.click()
    expect(canvas.hint("Link copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url

    canvas.node("Triage").click()
    expect(page).not_to_have_url(re.compile("node="))
    settle(page)
    page.go_back()

    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Billing")
    expect(canvas.region.locator(".react-flow__node.selected")).to_have_attribute("data-id", "Billing")


def test_copies_are_selected_and_a_new_link_leaves_the_next_selection_alone(
    page: Page, server: StudioServer
) -> None:
    canvas = _open(page, server)
    canvas.node("Triage").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+d")
    copies = canvas.region.locator(".react-flow__node-troupe.selected")
    expect(copies).to_have_count(3)
    expect(copies.first).to_have_attribute("data-id", "Triage 2")
    page.keyboard.press("Control+z")
    expect(canvas.nodes).to_have_count(3)

    canvas.connect("Billing", "handoff", "Triage")
    canvas.node("refund").click()

    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("refund")
    expect(canvas.link("Billing hands off to Triage")).to_be_visible()
    expect(canvas.region.locator(":is(.react-flow__node, .react-flow__edge).selected")).to_have_attribute(
        "data-id", "refund"
    )


def test_the_keys_are_listed(page: Page, server: StudioServer) -> None:
    canvas = _open(page, server, "&view=code")
    _menu(page, "Keyboard…")
    keys = canvas.region.get_by_role("dialog", name="Keyboard")
    expect(keys).to_be_focused()
    expect(keys).to_contain_text("Ctrl+D")

    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("?")
    expect(keys).to_be_visible()


def _menu(page: Page, entry: str) -> None:
    page.get_by_role("button", name="More").click()
    page.get_by_text(entry, exact=True).click()


def _open(page: Page, server: StudioServer, more: str = "") -> CanvasOnPage:
    page.goto(f"/design?organization={server.core.organizations.create(SHOWN)}{more}")
    canvas = CanvasOnPage(page)
    if "view=" not in more:
        canvas.show()
    settle(page)
    return canvas
