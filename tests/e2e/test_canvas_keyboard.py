"""The canvas without a pointer."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_canvas import CanvasOnPage
from tests.support.browser_keys import tab_to
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e


def test_add_and_connect_an_agent(page: Page, server: StudioServer) -> None:
    """Tab, Enter, C and the arrows are enough to add an agent and to link it; Ctrl+Z takes the link back."""
    organization_id = server.core.organizations.create_from_pattern("single")
    page.goto(f"/design?organization={organization_id}")
    canvas = CanvasOnPage(page)
    canvas.show()
    linked = canvas.link("Help desk hands off to Agent")

    tab_to(page, "Add Agent")
    page.keyboard.press("Enter")
    expect(canvas.node("Agent")).to_be_visible()
    tab_to(page, "Agent Help desk")
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
