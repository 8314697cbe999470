"""The server is killed (`kill -9`) and started again; the page was left open all the while."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.organization.spec import Organization
from core.patterns.catalogue import pattern
from core.records import RunFilter, RunRecord
from tests.support import dying
from tests.support.browser import Console
from tests.support.browser_chat import (
    ChatOnPage,
    approval_card,
    expect_status,
    messages,
    tool_card,
    words_said,
    words_stored,
)
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

ARTICLE = "Write a short article about cargo bikes for the last mile."
REFUND = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
PAYMENT = "Please pay the amount of 7."


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where the tools of `dying` count what they did."""
    return tmp_path / "ledger.txt"


@pytest.fixture
def server(tmp_path: Path, ledger: Path) -> Iterator[StudioServer]:
    """A server for one test: what it recovers at its start is that test's own."""
    started = StudioServer(tmp_path / "studio", {dying.LEDGER: str(ledger)})
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def dead_server_forgiven(console: Console) -> None:
    console.forgive(
        "ERR_CONNECTION_REFUSED",
        "WebSocket connection to",
        "when disconnected from server",
        "No response received when attempting to reach",
        "server is not responding",
    )


def test_killed_while_a_run_streams(page: Page, server: StudioServer) -> None:
    """The run is taken up again by itself; on the page nothing is missing and nothing is there twice."""
    run = _start(page, server, pattern("collaborative").organization, ARTICLE)
    expect(messages(run).nth(1)).to_contain_text("At the end of this text")

    server.kill()
    expect_status(run, "Reconnecting")
    assert _newest(server).status == "running"
    server.start()

    expect_status(run, "Completed")
    stored = server.run(_newest(server).id)
    assert stored.status == "completed"
    assert words_said(run) == words_stored(server.core, stored.id)
    assert len(words_said(run)) == 3
    expect(tool_card(run, "search_corpus")).to_have_count(1)
    _assert_told_once(server, stored, model_calls=4, tools=["search_corpus"])


def test_killed_between_an_effect_and_its_record(page: Page, server: StudioServer, ledger: Path) -> None:
    """Nobody knows whether it was paid: a person is asked, and what had happened happens once."""
    server.environment[dying.DIE] = "after_effect"
    run = _start(page, server, dying.till(), PAYMENT)
    server.wait_until_dead()
    assert ledger.read_text().split() == ["7"]
    del server.environment[dying.DIE]

    server.start()

    card = approval_card(run, "pay")
    expect(card).to_contain_text("The server stopped while this call ran. It may have happened.")
    expect(page.get_by_role("link", name="Approvals (1)")).to_be_visible()
    card.get_by_role("button", name="Don't run it again").click()
    card.get_by_label("Reason").fill("It was paid: I looked")
    card.get_by_role("button", name="Don't run it again").click()
    expect_status(run, "Completed")
    expect(tool_card(run, "pay")).to_have_count(1)
    stored = server.run(_newest(server).id)
    assert ledger.read_text().split() == ["7"]
    assert "It was paid: I looked" in (stored.output or "")
    assert words_said(run) == words_stored(server.core, stored.id)


def test_killed_while_an_approval_waits(page: Page, server: StudioServer) -> None:
    """The question is still there after the restart, and the answer is carried out once."""
    run = _start(page, server, pattern("human-in-the-loop").organization, REFUND)
    approve = approval_card(run, "issue_refund").get_by_role("button", name="Approve")
    expect(approve).to_be_visible()

    server.kill()
    expect_status(run, "Reconnecting")
    server.start()

    expect_status(run, "Waiting for a decision")
    expect(page.get_by_role("link", name="Approvals (1)")).to_be_visible()
    approve.click()
    expect_status(run, "Completed")
    expect(tool_card(run, "issue_refund")).to_have_count(1)
    expect(tool_card(run, "issue_refund")).to_contain_text("Done")
    stored = server.run(_newest(server).id)
    assert [refund.order_id for refund in server.core.samples.refunds()] == ["A1010"]
    assert words_said(run) == words_stored(server.core, stored.id)


def _start(page: Page, server: StudioServer, organization: Organization, text: str) -> Locator:
    """Start the server and, on its Run page, a run."""
    server.start()
    organization_id = server.core.organizations.create(organization)
    page.goto(f"{server.address}/run?organization={organization_id}")
    return ChatOnPage(page).say(text)


def _newest(server: StudioServer) -> RunRecord:
    return server.core.runs.page(RunFilter(), size=1).rows[0]


def _assert_told_once(server: StudioServer, run: RunRecord, *, model_calls: int, tools: list[str]) -> None:
    """No gap and no doubling in what is stored of the run."""
    events = server.core.runs.events(run.id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    kinds = [event.kind for event in events]
    assert kinds.count("run_started") == 1
    assert kinds.count("model_call_completed") == model_calls
    assert [event.data["tool"] for event in events if event.kind == "tool_completed"] == tools
