"""A run becomes a test, and the test tells what another revision does differently, while one watches."""

import pytest
from playwright.sync_api import Page, expect

from core.records import RunFilter
from tests.support.browser import PATIENCE
from tests.support.browser_chat import ChatOnPage, expect_status
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

QUESTION = "How long does a refund take, and where does the money go?"


def test_a_run_is_kept_and_tells_what_a_revision_changes(page: Page, server: StudioServer) -> None:
    organization = server.core.organizations.create_from_pattern("single")
    page.goto(f"/run?organization={organization}")
    expect_status(ChatOnPage(page).say(QUESTION), "Completed")
    run = server.core.runs.page(RunFilter(), size=1).rows[0]
    page.goto(f"/runs?run={run.id}")
    page.get_by_role("button", name="Save as a test").click()
    page.get_by_label("Name").fill("Refund")
    page.get_by_label("Name").press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Open the test").click()
    expect(page.get_by_role("heading", name="Refund")).to_be_visible(timeout=PATIENCE)

    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Nothing is different from what was recorded.")).to_be_visible(timeout=PATIENCE)
    _change_instructions(server, organization, "Answer in Latin.")
    page.get_by_role("button", name="All tests").click()
    expect(page.get_by_role("row", name="Passed")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Run all 1").click()
    expect(page.get_by_role("row", name="Differs")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Refund", exact=True).click()

    expect(page.get_by_text("Help desk: instructions, in 2 model calls")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".lines .now").first).to_contain_text("Answer in Latin.")
    page.get_by_role("link", name="The run with r2, and its trace").click()
    expect(page.get_by_text("No model was asked, no tool called, nothing to pay.")).to_be_visible(timeout=PATIENCE)


def _change_instructions(server: StudioServer, organization: str, text: str) -> None:
    draft = server.core.organizations.draft(organization)
    first = draft.spec.agents[0].model_copy(update={"instructions": text})
    spec = draft.spec.model_copy(update={"agents": [first, *draft.spec.agents[1:]]})
    server.core.organizations.save_draft(organization, spec, based_on=draft.version)
    server.core.organizations.save(organization)
