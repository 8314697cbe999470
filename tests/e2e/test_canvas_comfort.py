"""What makes a large canvas comfortable: finding, copying, notes, groups, aligning."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.organization.spec import AgentSpec, FunctionToolSpec, HandoffLink, Organization, Position, UsesLink
from tests.support.browser_canvas import CanvasOnPage
from tests.support.server import StudioServer
from tests.support.studio import until

pytestmark = pytest.mark.e2e

SHOP = Organization(
    name="Shop",
    entry="Triage",
    agents=[AgentSpec(name="Triage"), AgentSpec(name="Billing", handoff_description="Money")],
    tools=[FunctionToolSpec(name="refund", function="core.toolbox.billing:issue_refund")],
    links=[HandoffLink(source="Triage", target="Billing"), UsesLink(source="Billing", target="refund")],
    layout={
        "Triage": Position(x=0, y=0),
        "Billing": Position(x=320, y=60),
        "refund": Position(x=640, y=0),
    },
)


def test_a_node_is_found_by_keyboard(page: Page, server: StudioServer) -> None:
    """Ctrl+F, some letters and Enter lead to a node, which is selected and has the focus; Z zooms to it."""
    canvas = _open(page, server)
    canvas.node("Triage").click()

    page.keyboard.press("Control+f")
    search = canvas.region.get_by_role("combobox", name="Find a node")
    expect(search).to_be_focused()
    page.keyboard.type("agent")
    chosen = canvas.region.get_by_role("option", selected=True)
    first = chosen.inner_text()
    page.keyboard.press("ArrowDown")
    expect(chosen).not_to_have_text(first)
    search.fill("billing")
    expect(chosen).to_contain_text("Billing")
    page.keyboard.press("Enter")

    expect(search).to_have_count(0)
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Billing")
    expect(canvas.node("Billing")).to_be_focused()
    page.keyboard.press("z")
    expect(canvas.zoom).to_have_text("150%")


def test_a_search_that_is_left_changes_nothing(page: Page, server: StudioServer) -> None:
    canvas = _open(page, server)
    canvas.tool("Find").click()
    search = canvas.region.get_by_role("combobox", name="Find a node")
    search.fill("no such thing")
    expect(canvas.region.get_by_text("No node has these words.")).to_be_visible()

    page.keyboard.press("Escape")

    expect(search).to_have_count(0)
    expect(canvas.region.locator(".react-flow__node.selected")).to_have_count(0)
    page.keyboard.press("/")
    expect(search).to_be_focused()


def test_nodes_are_copied_into_another_organization_in_another_tab(page: Page, server: StudioServer) -> None:
    """The system's clipboard carries them; the text on it is YAML that a person can read."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    canvas = _open(page, server)
    canvas.node("Billing").click()
    page.keyboard.press("Control+c")
    expect(canvas.hint("Copied.")).to_be_visible()
    assert "name: Billing" in page.evaluate("navigator.clipboard.readText()")

    other = page.context.new_page()
    target = _open(other, server)
    target.node("Triage").click()
    other.keyboard.press("Control+v")

    expect(target.node("Billing 2")).to_be_visible()
    expect(other.get_by_role("textbox", name="Name", exact=True)).to_have_value("Billing 2")
    other.evaluate("navigator.clipboard.writeText('Dear all')")
    other.keyboard.press("Control+v")
    expect(other.get_by_text("The clipboard").first).to_be_visible()
    expect(target.nodes).to_have_count(4)


def test_a_refused_clipboard_offers_the_text(page: Page, server: StudioServer) -> None:
    """Without HTTPS a page may not write to the clipboard."""
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    canvas = _open(page, server)
    canvas.node("Billing").click()

    page.keyboard.press("Control+c")

    text = canvas.region.get_by_role("textbox", name="What was copied")
    expect(text).to_be_focused()
    expect(text).to_have_value(re.compile("name: Billing"))
    page.keyboard.press("Escape")
    expect(text).to_have_count(0)


def test_a_note_is_written_moved_and_taken_back(page: Page, server: StudioServer) -> None:
    canvas = _open(page, server)
    canvas.node("Triage").click()

    page.keyboard.press("t")
    field = canvas.region.get_by_role("textbox", name="Text of the note")
    expect(field).to_be_focused()
    page.keyboard.type("Ask Ada first")
    page.keyboard.press("Escape")
    note = canvas.region.locator(".tc-paper", has_text="Ask Ada first")
    expect(note).to_be_visible()
    page.keyboard.press("F2")
    field.fill("Ask Bob first")
    page.keyboard.press("Control+Enter")
    expect(canvas.region.locator(".tc-paper", has_text="Ask Bob first")).to_be_visible()

    page.keyboard.press("Control+z")
    expect(note).to_be_visible()
    page.keyboard.press("Delete")
    expect(canvas.region.locator(".tc-paper")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(note).to_be_visible()


def test_a_group_takes_its_nodes_along_and_collapses_to_one_box(page: Page, server: StudioServer) -> None:
    organization_id = server.core.organizations.create(SHOP)
    canvas = _open(page, server, organization_id)
    _select_both(page, canvas)
    page.keyboard.press("g")
    head = canvas.region.locator(".tc-frame-head")
    expect(head).to_have_text("Group")

    before = _places(server, organization_id)
    box = head.bounding_box()
    assert box is not None, "it is drawn"
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 52, box["y"] + 72, steps=6)
    page.mouse.up()
    until(lambda: _places(server, organization_id)["Billing"] != before["Billing"])
    after = _places(server, organization_id)
    moves = {name: (after[name][0] - before[name][0], after[name][1] - before[name][1]) for name in before}
    assert moves["Billing"] == moves["refund"] != (0, 0)
    assert moves["Triage"] == (0, 0)

    canvas.tool("Collapse Group").click()
    expect(canvas.node("Billing")).to_have_count(0)
    expect(canvas.region.locator(".react-flow__edge")).to_have_count(1)
    canvas.tool("Expand Group").click()
    expect(canvas.node("Billing")).to_be_visible()
    canvas.tool("Ungroup Group").click()
    expect(head).to_have_count(0)


def test_selected_nodes_are_aligned(page: Page, server: StudioServer) -> None:
    organization_id = server.core.organizations.create(SHOP)
    canvas = _open(page, server, organization_id)
    _select_both(page, canvas)

    canvas.tool("Align").click()
    canvas.region.get_by_role("menuitem", name="Left edges").click()

    until(lambda: len({x for x, _ in _places(server, organization_id, "Billing", "refund").values()}) == 1)


def _select_both(page: Page, canvas: CanvasOnPage) -> None:
    canvas.node("Billing").click()
    page.keyboard.down("Control")
    canvas.node("refund").click()
    page.keyboard.up("Control")
    expect(canvas.region.locator(".react-flow__node.selected")).to_have_count(2)


def _places(server: StudioServer, organization_id: str, *names: str) -> dict[str, tuple[float, float]]:
    layout = server.core.organizations.draft(organization_id).spec.layout
    return {name: (place.x, place.y) for name, place in layout.items() if not names or name in names}


def _open(page: Page, server: StudioServer, organization_id: str | None = None) -> CanvasOnPage:
    page.goto(f"/design?organization={organization_id or server.core.organizations.create(SHOP)}")
    canvas = CanvasOnPage(page)
    canvas.show()
    return canvas
