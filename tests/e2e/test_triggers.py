"""A webhook in a browser: made, tried by a real post, followed to its run, switched off, replayed."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import go_to, settle
from tests.support.server import StudioServer
from tests.support.triggers import desk, webhook

pytestmark = pytest.mark.e2e


def test_a_webhook_from_the_form_to_its_run(page: Page, server: StudioServer) -> None:
    """The test event really goes through the server's own address."""
    server.core.organizations.create(desk("Night desk"))
    page.goto("/")
    go_to(page, "Triggers")
    page.get_by_role("button", name="New trigger").click()
    page.get_by_label("Name", exact=True).fill("Alarms")
    page.get_by_label("Name", exact=True).press("Tab")
    page.get_by_role("button", name="Make the trigger").click()

    expect(page.get_by_role("heading", name="Alarms")).to_be_visible()
    expect(page.locator(".st-key-trigger_secret_box")).to_contain_text("whsec_")
    page.get_by_role("button", name="I have copied it").click()
    expect(page.locator(".st-key-trigger_secret_box")).to_have_count(0)

    page.get_by_text("Send a test event", exact=True).click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(re.compile("The webhook answered 202"))).to_be_visible()
    row = page.get_by_role("row").filter(has_text="test_")
    expect(row).to_contain_text("Done")

    row.get_by_role("link").click()
    page.get_by_text("What came", exact=True).click()
    expect(page.get_by_test_id("stCode").first).to_contain_text('"type": "example"')
    page.get_by_role("row").filter(has_text="Night desk").get_by_role("link").click()
    page.wait_for_url("**/runs?run=*")
    expect(page.get_by_role("link", name="Started by Alarms")).to_be_visible()


def test_a_dead_letter_is_replayed(page: Page, server: StudioServer) -> None:
    trigger_id, _ = webhook(server.core, name="Broken hooks")
    server.core.trigger_inbox.accept(trigger_id, "msg_dead", {"n": 1}, error="It was broken.")
    (dead,) = server.core.trigger_inbox.page(trigger_id).rows
    page.goto("/triggers?view=dead")
    page.get_by_role("link", name="msg_dead").click()
    expect(page.get_by_text("It was broken.")).to_be_visible()

    page.get_by_role("button", name="Replay", exact=True).click()

    expect(page.get_by_role("row").filter(has_text="Completed")).to_be_visible()
    assert server.core.trigger_inbox.get(dead.id).status == "done"
    page.get_by_role("button", name="Broken hooks").click()
    settle(page)
    page.get_by_text("On", exact=True).click()
    expect(page.get_by_text("It is switched off")).to_be_visible()
    assert not server.core.triggers.get(trigger_id).enabled
