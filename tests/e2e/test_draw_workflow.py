"""A workflow is drawn from nothing: with the mouse, and with the keyboard alone; every edit can be taken back."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.organization.check import check, has_errors
from core.organization.spec import Organization
from tests.support.browser_canvas import CanvasOnPage
from tests.support.browser_keys import tab_to
from tests.support.server import StudioServer
from tests.support.studio import until

pytestmark = pytest.mark.e2e

CONDITION = 'output.contains("refund")'
LINKS = {
    "flow:Agent.out→Branch",
    "flow:Branch.yes→Agent 2",
    "flow:Branch.default→Agent 3",
    "flow:Agent 2.out→End",
    "flow:Agent 3.out→End",
}


def open_empty(page: Page, server: StudioServer) -> tuple[CanvasOnPage, str]:
    organization_id = server.core.organizations.create_empty()
    page.goto(f"/design?organization={organization_id}")
    canvas = CanvasOnPage(page)
    expect(canvas.tool("Add Branch")).to_be_visible()
    return canvas, organization_id


def draft(server: StudioServer, organization_id: str) -> Organization:
    return server.core.organizations.draft(organization_id).spec


def expect_drawn(page: Page, server: StudioServer, organization_id: str) -> None:
    """Everything is linked, nothing is wrong, and it can be saved."""
    until(lambda: {link.key for link in draft(server, organization_id).links} == LINKS)
    until(lambda: not has_errors(check(draft(server, organization_id))))
    page.get_by_role("button", name="Save revision").click()
    expect(page.locator(".st-key-design_state")).to_contain_text("Saved as revision 1")


def test_with_the_mouse(page: Page, server: StudioServer) -> None:
    canvas, organization_id = open_empty(page, server)
    canvas.drag_in("Agent", x=0.5, y=0.5)
    expect(canvas.node("Agent")).to_be_visible()
    for _ in range(4):
        canvas.tool("Zoom out").click()
    expect(canvas.region.get_by_text("48%")).to_be_visible()
    for what, name, x, y in [
        ("Branch", "Branch", 0.72, 0.5),
        ("Agent", "Agent 2", 0.5, 0.2),
        ("Agent", "Agent 3", 0.5, 0.8),
        ("End", "End", 0.25, 0.5),
    ]:
        canvas.drag_in(what, x=x, y=y)
        expect(canvas.node(name)).to_be_visible()
    page.keyboard.press("Escape")

    canvas.connect("Agent", "flow:out", "Branch")
    expect(canvas.link("Agent goes on to Branch")).to_be_visible()
    canvas.connect("Branch", "flow:yes", "Agent 2")
    expect(canvas.link("Branch goes on to Agent 2: yes")).to_be_visible()
    canvas.connect("Branch", "flow:default", "Agent 3")
    expect(canvas.link("Branch goes on to Agent 3: default")).to_be_visible()
    canvas.connect("Branch", "flow:yes", "End")
    expect(canvas.hint("'yes' of Branch leads to Agent 2 already.")).to_be_visible()
    canvas.connect("Agent 2", "flow:out", "End")
    expect(canvas.link("Agent 2 goes on to End")).to_be_visible()
    canvas.connect("Agent 3", "flow:out", "End")
    expect(canvas.link("Agent 3 goes on to End")).to_be_visible()

    expect(canvas.node("Branch")).to_have_accessible_name(re.compile("error: An expression of 'Branch'"))
    canvas.node("Branch").click()
    page.get_by_label("CEL expression", exact=True).fill(CONDITION)
    page.keyboard.press("Tab")
    expect(canvas.link("Branch goes on to Agent 2: yes: output.contains")).to_be_visible()
    canvas.tool("Arrange").click()
    expect_drawn(page, server, organization_id)


def test_with_the_keyboard_alone(page: Page, server: StudioServer) -> None:
    canvas, organization_id = open_empty(page, server)
    for what, name in [("Agent", "Agent"), ("Branch", "Branch"), ("End", "End")]:
        tab_to(page, f"Add {what}")
        page.keyboard.press("Enter")
        expect(canvas.node(name)).to_be_visible()
    tab_to(page, "Add Agent")
    for name in ("Agent 2", "Agent 3"):
        page.keyboard.press("Enter")
        expect(canvas.node(name)).to_be_visible()

    for source, target in [
        ("Agent Agent,", "Branch"),
        ("Branch step Branch", "Agent 2"),
        ("Branch step Branch", "Agent 3"),
        ("Agent Agent 2", "End"),
        ("Agent Agent 3", "End"),
    ]:
        go_on(page, canvas, source, target)
    # Drawing a link selects it, a moment later.
    expect(page.get_by_text("After Agent 3 comes End.")).to_be_visible()
    tab_to(page, "Branch step Branch")
    page.keyboard.press("Enter")
    expect(page.get_by_label("CEL expression", exact=True).first).to_be_visible()
    tab_to(page, "CEL expression")
    page.keyboard.type(CONDITION)
    page.keyboard.press("Tab")

    expect_drawn(page, server, organization_id)


def go_on(page: Page, canvas: CanvasOnPage, source: str, target: str) -> None:
    """N on a node chooses what comes next, from its first way out that is free."""
    tab_to(page, source)
    page.keyboard.press("n")
    choices = canvas.region.get_by_role("listbox")
    expect(choices).to_be_focused()
    chosen = choices.get_by_role("option", selected=True)
    for _ in range(choices.get_by_role("option").count()):
        if chosen.locator(".tc-option-name").inner_text() == target:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(choices).to_have_count(0)


def test_a_way_out_is_reached_by_tab_and_the_picker_by_arrows(page: Page, server: StudioServer) -> None:
    canvas, organization_id = open_empty(page, server)
    for what in ("Loop", "End"):
        canvas.tool(f"Add {what}").click()
        expect(canvas.node(what)).to_be_visible()
    tab_to(page, "Loop step Loop")
    page.keyboard.press("Enter")

    tab_to(page, "Link from Loop: done")
    page.keyboard.press("Enter")
    option = canvas.region.get_by_role("listbox").get_by_role("option", selected=True)
    expect(option).to_contain_text("EndFlow · done")
    page.keyboard.press("ArrowRight")
    expect(option).to_contain_text("EndFlow · error")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")

    until(lambda: [link.key for link in draft(server, organization_id).links] == ["flow:Loop.done→End"])


def test_twenty_mixed_edits_are_taken_back_and_done_again(page: Page, server: StudioServer) -> None:
    canvas, organization_id = open_empty(page, server)
    start = draft(server, organization_id)
    edits = 0

    def edited(by: int = 1) -> None:
        nonlocal edits
        edits += by

    for what in ("Agent", "Agent", "Branch", "Loop", "Parallel", "Join", "Map", "Approval", "Transform", "End"):
        count = canvas.nodes.count()
        canvas.tool(f"Add {what}").click()
        expect(canvas.nodes).to_have_count(count + 1)
        edited()
    page.keyboard.press("l")
    edited()
    for source, target in [
        ("Agent Agent,", "Branch"),
        ("Branch step Branch", "Agent 2"),
        ("Loop step Loop", "End"),
    ]:
        go_on(page, canvas, source, target)
        edited()
    expect(page.get_by_text("After Loop comes End.")).to_be_visible()
    canvas.node("Branch").click()
    for label, value in [("Case 1", "refund"), ("CEL expression", CONDITION), ("Name", "Kind")]:
        page.get_by_label(label, exact=True).fill(value)
        page.keyboard.press("Tab")
        edited()
    expect(canvas.link("Kind goes on to Agent 2: refund: output.contains")).to_be_visible()
    canvas.node("Kind").focus()
    page.keyboard.press("Control+d")
    expect(canvas.node("Kind 2")).to_be_visible()
    edited()
    # By keyboard, as the copy lies above others.
    canvas.node("Transform").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    expect(canvas.node("Transform")).to_have_count(0)
    edited()
    canvas.node("Kind 2").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    expect(canvas.node("Kind 2")).to_have_count(0)
    edited()
    assert edits == 20
    until(lambda: draft(server, organization_id).step("Kind 2") is None)
    end = draft(server, organization_id)

    for _ in range(edits):
        canvas.tool("Undo").click()
    expect(canvas.nodes).to_have_count(0)
    until(lambda: draft(server, organization_id) == start)
    expect(canvas.tool("Undo")).to_have_attribute("aria-disabled", "true")

    for _ in range(edits):
        canvas.tool("Redo").click()
    until(lambda: draft(server, organization_id) == end)
    expect(canvas.tool("Redo")).to_have_attribute("aria-disabled", "true")
    expect(canvas.nodes).to_have_count(9)
