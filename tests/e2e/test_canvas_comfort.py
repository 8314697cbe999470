"""What makes a large canvas comfortable: finding, zooming."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.organization.spec import AgentSpec, FunctionToolSpec, HandoffLink, Organization, UsesLink
from tests.support.browser_canvas import CanvasOnPage
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

SHOP = Organization(
    name="Shop",
    entry="Triage",
    agents=[AgentSpec(name="Triage"), AgentSpec(name="Billing", handoff_description="Money")],
    tools=[FunctionToolSpec(name="refund", function="core.toolbox.billing:issue_refund")],
    links=[HandoffLink(source="Triage", target="Billing"), UsesLink(source="Billing", target="refund")],
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


def _open(page: Page, server: StudioServer) -> CanvasOnPage:
    page.goto(f"/design?organization={server.core.organizations.create(SHOP)}")
    canvas = CanvasOnPage(page)
    canvas.show()
    return canvas
