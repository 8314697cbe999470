"""Changing the course of a run in the browser: pause, tell it something, resume, try it again."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.organization.spec import AgentSpec, Organization
from core.patterns.catalogue import pattern
from core.records import ProviderLoad, RunFilter, RunRecord
from tests.support.browser_chat import ChatOnPage, approval_card, expect_status, messages
from tests.support.busy_provider import Cut, Say, busy_provider
from tests.support.providers import compatible
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

ARTICLE = "Write a short article about cargo bikes for the last mile."
REFUND = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
SAID = "Mention winter tyres."


def test_a_run_is_paused_told_something_and_goes_on(page: Page, server: StudioServer) -> None:
    organization = server.core.organizations.create(pattern("collaborative").organization)
    page.goto(f"/run?organization={organization}")
    chat = ChatOnPage(page)
    run = chat.say(ARTICLE)
    expect(messages(run).first).to_be_visible()

    page.get_by_role("button", name="Pause").click()
    expect_status(run, "Paused")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    expect(run.locator(".line").last).to_contain_text("Paused")
    chat.field.fill(SAID)
    chat.field.press("Enter")

    expect(run.locator(".bubble").last).to_contain_text(SAID)
    expect_status(run, "Completed")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    kinds = [event.kind for event in server.core.runs.events(newest(server).id)]
    assert [kind for kind in kinds if kind in ("run_paused", "run_steered", "run_resumed")] == [
        "run_paused",
        "run_steered",
        "run_resumed",
    ]


def test_a_stopped_run_is_tried_again_and_asks_again(page: Page, server: StudioServer) -> None:
    organization = server.core.organizations.create(pattern("human-in-the-loop").organization)
    page.goto(f"/run?organization={organization}")
    run = ChatOnPage(page).say(REFUND)
    approve = approval_card(run, "issue_refund").get_by_role("button", name="Approve")
    expect(approve).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect_status(run, "Cancelled")

    page.get_by_role("button", name="Try again").click()

    expect(run).to_contain_text("Tried again")
    expect_status(run, "Waiting for a decision")
    approve.click()
    expect_status(run, "Completed")
    expect(run).to_contain_text("Cancelled by studio")
    assert len(server.core.samples.refunds()) == 1


def test_a_failed_run_is_tried_again(page: Page, server: StudioServer) -> None:
    """It fails once more, as the provider is still dead; what failed before stays readable."""
    server.core.providers.save(compatible(load=ProviderLoad(attempts=1)), key=None)
    spec = Organization(name="Dead end", entry="a", agents=[AgentSpec(name="a", model="local/llama")])
    page.goto(f"/run?organization={server.core.organizations.create(spec)}")
    run = ChatOnPage(page).say("Hello")
    expect_status(run, "Failed")

    page.get_by_role("button", name="Try again").click()

    expect(run.get_by_text("Tried again")).to_be_visible()
    expect(run.locator(".trouble")).to_have_count(2)
    expect_status(run, "Failed")
    page.goto(f"/runs?run={newest(server).id}")
    page.get_by_role("button", name=re.compile("Run again")).click()
    page.get_by_label("Input").fill("Hello again")
    page.get_by_label("Input").press("Control+Enter")
    expect(page.get_by_role("link", name="The run it comes from")).to_be_visible()
    assert newest(server).input == "Hello again"


def test_a_run_whose_model_failed_once_is_tried_again_and_comes_to_its_end(
    page: Page, server: StudioServer
) -> None:
    """The model breaks off in the middle of its first answer; the second try asks the same, once."""
    with busy_provider(Cut("The first half"), then=Say("A whole answer.")) as provider:
        local = compatible(base_url=provider.base_url, load=ProviderLoad(attempts=1))
        server.core.providers.save(local, key=None)
        spec = Organization(name="Once more", entry="a", agents=[AgentSpec(name="a", model="local/llama")])
        page.goto(f"/run?organization={server.core.organizations.create(spec)}")
        run = ChatOnPage(page).say("Answer me")
        expect_status(run, "Failed")
        assert server.core.runs.get(newest(server).id).output is None

        page.get_by_role("button", name="Try again").click()

        expect_status(run, "Completed")
        expect(messages(run).last.locator(".text")).to_have_text("A whole answer.")
        expect(page.get_by_role("button", name="Try again")).to_have_count(0)
        first, second = provider.asked
        assert first == second
    done = newest(server)
    assert (done.status, done.output, done.requests) == ("completed", "A whole answer.", 1)


def newest(server: StudioServer) -> RunRecord:
    return server.core.runs.page(RunFilter(), size=1).rows[0]
