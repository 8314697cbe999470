"""The gallery and the guide in a browser: the address, the browser's arrows, and the keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_canvas import CanvasOnPage
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e


def test_the_browsers_arrows_walk_through_the_answers_of_the_guide(page: Page, server: StudioServer) -> None:
    page.goto("/patterns?view=guide")
    title = page.locator(".st-key-guide_result").get_by_role("heading")
    expect(title).to_have_text("Single agent")

    _answer(page, "A few")
    expect(title).to_have_text("Specialists")
    _answer(page, "A person has to approve it")
    expect(title).to_have_text("Specialists + Human in the loop")
    expect(page).to_have_url(re.compile("view=guide&domains=several&approval=person$"))

    page.go_back()
    expect(title).to_have_text("Specialists")
    expect(page.get_by_role("radio", name="A person has to approve it")).not_to_be_checked()
    page.go_forward()
    expect(title).to_have_text("Specialists + Human in the loop")
    expect(page.get_by_role("radio", name="A person has to approve it")).to_be_checked()

    page.reload()
    expect(title).to_have_text("Specialists + Human in the loop")
    page.get_by_role("button", name="Start over").click()
    expect(title).to_have_text("Single agent")
    expect(page.get_by_role("radio", checked=True, name="A few")).to_have_count(0)


def test_the_guide_is_answered_and_its_result_opened_with_the_keyboard(page: Page, server: StudioServer) -> None:
    page.goto("/patterns?view=guide")
    first = page.get_by_role("radio", name="Answer a question, or do one simple thing")
    expect(first).to_be_visible()
    first.focus()
    page.keyboard.press("Space")
    title = page.locator(".st-key-guide_result").get_by_role("heading")
    expect(page.get_by_text("1 of 7 answered")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(title).to_have_text("Linear workflow")

    page.locator(".st-key-open_guide").get_by_role("button").focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/design?organization=*")
    canvas = CanvasOnPage(page)
    canvas.show()
    expect(canvas.nodes).to_have_count(5)


def test_the_gallery_is_filtered_and_a_pattern_looked_at_and_left(page: Page, server: StudioServer) -> None:
    page.goto("/patterns?group=workflow")
    expect(page.get_by_text("5 of 27 patterns")).to_be_visible()

    page.get_by_role("button", name="Approval by a person").click()
    expect(page.get_by_text("2 of 27 patterns")).to_be_visible()
    expect(page).to_have_url(re.compile("group=workflow&has=approval$"))

    page.locator(".st-key-details_branching").get_by_role("button").click()
    expect(page.get_by_text("What to look at")).to_be_visible()
    expect(page).to_have_url(re.compile("pattern=branching"))
    page.go_back()
    expect(page.get_by_text("2 of 27 patterns")).to_be_visible()

    page.get_by_label("Search").fill("zeppelin")
    page.get_by_label("Search").press("Enter")
    expect(page.get_by_text("No pattern fits all of this.")).to_be_visible()
    page.get_by_role("button", name="Show all patterns").click()
    expect(page.get_by_text("27 of 27 patterns")).to_be_visible()


def _answer(page: Page, label: str) -> None:
    page.get_by_test_id("stRadio").get_by_text(label, exact=True).click()
