"""Forking a run in the browser: from a model call of its trace, with another output of a tool."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.patterns.catalogue import pattern
from core.records import RunFilter, RunRecord
from tests.support.browser_chat import ChatOnPage, expect_status
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

QUESTION = "How long does a refund take, and where does the money go?"
ARTICLE = '[{"title": "Gold", "text": "Refunds are paid in gold."}]'
TOOL = "search_knowledge_base"


def test_a_run_is_forked_with_another_output_of_a_tool(page: Page, server: StudioServer) -> None:
    parent = asked_run(page, server)
    page.goto(f"/runs?run={parent.id}")
    page.get_by_role("treeitem", name=re.compile("Turn 2")).click()
    dialog = open_dialog(page)
    expect(dialog).to_contain_text("before model call 2, of Help desk")
    expect(dialog).to_contain_text("tools take effect")

    dialog.get_by_text(re.compile(f"^{TOOL} · Help desk")).click()
    dialog.get_by_label("Output").fill(ARTICLE)
    dialog.get_by_label("Message to add").click()
    expect(dialog.locator(".st-key-fork_differences")).to_contain_text("Gold")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).not_to_have_url(re.compile("fork="))
    dialog = open_dialog(page)
    expect(dialog.locator(".st-key-fork_differences")).to_contain_text("Gold")
    dialog.get_by_role("button", name="Fork and run").click()

    expect(page).not_to_have_url(re.compile(parent.id))
    expect(page.get_by_text("Refunds are paid in gold").first).to_be_visible()
    fork = newest(server)
    assert (fork.parent_id, fork.status, fork.requests) == (parent.id, "completed", 1)
    assert server.core.runs.get(parent.id) == parent
    page.get_by_role("link", name="Forked before model call 2, of Help desk").click()
    expect(page).to_have_url(re.compile(f"run={parent.id}&span="))
    expect(page.get_by_role("treeitem", name=re.compile("Turn 2"))).to_have_attribute("aria-selected", "true")
    page.get_by_text("1 run came from this one").click()
    page.get_by_role("link", name=re.compile("fork before model call 2")).click()
    expect(page).to_have_url(re.compile(f"run={fork.id}$"))
    page.go_back()
    expect(page).to_have_url(re.compile(f"run={parent.id}"))
    expect(page.get_by_text("1 run came from this one")).to_be_visible()


def asked_run(page: Page, server: StudioServer) -> RunRecord:
    """A run with a tool call between its two model calls."""
    organization = server.core.organizations.create(pattern("single").organization)
    page.goto(f"/run?organization={organization}")
    expect_status(ChatOnPage(page).say(QUESTION), "Completed")
    return newest(server)


def open_dialog(page: Page) -> Locator:
    page.get_by_role("button", name="Fork from here").click()
    dialog = page.get_by_role("dialog", name="Fork from here")
    expect(dialog).to_be_visible()
    return dialog


def newest(server: StudioServer) -> RunRecord:
    return server.core.runs.page(RunFilter(), size=1).rows[0]
