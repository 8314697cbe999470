"""The canvas without a pointer."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_canvas import CanvasOnPage
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

MOST_STEPS = 60
FOCUSED_NAME = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
}"""


def test_add_and_connect_an_agent(page: Page, server: StudioServer) -> None:
    """Tab, Enter, C and the arrows are enough to add an agent and to link it; Ctrl+Z takes the link back."""
    organization_id = server.core.organizations.create_from_pattern("single")
    page.goto(f"/design?organization={organization_id}")
    canvas = CanvasOnPage(page)
    canvas.show()
    linked = canvas.link("Help desk hands off to Agent")

    _tab_to(page, "Add Agent")
    page.keyboard.press("Enter")
    expect(canvas.node("Agent")).to_be_visible()
    _tab_to(page, "Agent Help desk")
    page.keyboard.press("c")
    choices = canvas.region.get_by_role("listbox")
    expect(choices).to_be_focused()
    chosen = choices.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("AgentHandoff")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("AgentAgent as tool")
    page.keyboard.press("ArrowUp")
    expect(chosen).to_contain_text("AgentHandoff")
    page.keyboard.press("Enter")
    expect(linked).to_be_visible()
    expect(canvas.node("Help desk")).to_be_focused()

    page.keyboard.press("Control+z")
    expect(linked).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(linked).to_be_visible()
    assert "handoff:Help desk→Agent" in [
        link.key for link in server.core.organizations.draft(organization_id).spec.links
    ]


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until what is so called has the focus."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED_NAME).startswith(name):
            return
    raise AssertionError(f"Tab does not lead to '{name}'.")
