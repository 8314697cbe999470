"""Two tabs on one draft, and going back to a revision, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenWindow
from tests.support.browser import settle
from tests.support.browser_canvas import CanvasOnPage
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e


def open_canvas(page: Page, organization_id: str) -> CanvasOnPage:
    page.goto(f"/design?organization={organization_id}")
    canvas = CanvasOnPage(page)
    canvas.show()
    settle(page)
    return canvas


def test_two_tabs_never_overwrite_each_other(open_window: OpenWindow, server: StudioServer) -> None:
    """Both add an agent; the second tab is told in words what differs, and keeps both."""
    organizations = server.core.organizations
    organization_id = organizations.create_from_pattern("single")
    one, other = open_window("light"), open_window("light")
    first, second = open_canvas(one, organization_id), open_canvas(other, organization_id)

    first.drag_in("Agent", x=0.3, y=0.85)
    expect(first.node("Agent")).to_be_visible()
    _name(one, "Theirs")
    expect(first.node("Theirs")).to_be_visible()
    settle(one)
    second.drag_in("Agent", x=0.6, y=0.85)

    alert = other.locator(".st-key-design_alerts")
    expect(alert.get_by_text("This organization was edited in another tab.")).to_be_visible()
    expect(alert.get_by_text("The agent 'Theirs' was added.")).to_be_visible()
    expect(alert.get_by_text("The agent 'Agent' was added.")).to_be_visible()
    stored = organizations.draft(organization_id).spec
    assert stored.agent("Theirs") is not None

    other.get_by_role("button", name="Keep both").click()

    expect(alert.get_by_role("button")).to_have_count(0)
    expect(second.node("Agent")).to_be_visible()
    expect(second.node("Theirs")).to_have_count(0)
    newest = organizations.revisions(organization_id)[0]
    assert [agent["name"] for agent in newest.spec["agents"]][-1] == "Theirs"
    assert organizations.draft(organization_id).spec.agents[-1].name == "Agent"


def test_a_revision_is_named_looked_at_and_restored(page: Page, server: StudioServer) -> None:
    organizations = server.core.organizations
    organization_id = organizations.create_from_pattern("specialist")
    spec = organizations.draft(organization_id).spec
    organizations.save_draft(organization_id, spec.model_copy(update={"description": "Changed."}), based_on=0)
    organizations.save(organization_id)
    page.goto(f"/design?organization={organization_id}&view=revisions")
    canvas = CanvasOnPage(page)
    expect(page.get_by_text("The description of the organization")).to_be_visible()

    page.get_by_role("button", name="Revision 1").click()
    page.get_by_role("button", name="Name and note").click()
    page.get_by_role("dialog").get_by_label("Name").fill("The beginning")
    page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    expect(page.get_by_role("button", name="Revision 1 · The beginning")).to_be_visible()
    canvas.show()
    expect(canvas.tool("Undo")).to_have_count(0)
    page.get_by_role("button", name="Restore…").click()
    page.get_by_role("button", name="Restore as the draft").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Unsaved changes").first).to_be_visible()
    assert organizations.draft(organization_id).spec.description == spec.description
    assert organizations.revisions(organization_id)[-1].name == "The beginning"

    page.get_by_text("Canvas", exact=True).click()
    canvas.tool("Undo").click()

    expect(page.get_by_text("Saved as revision 2").first).to_be_visible()


def _name(page: Page, name: str) -> None:
    field = page.get_by_role("textbox", name="Name", exact=True)
    field.fill(name)
    field.press("Tab")
