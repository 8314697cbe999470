"""A page that nobody touches: quiet, and yet up to date."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.support.browser import settle
from tests.support.browser_canvas import CanvasOnPage
from tests.support.command_line import studio_process
from tests.support.server import PATIENCE, StudioServer

pytestmark = pytest.mark.e2e

QUIET = 4_000
"""Milliseconds in which nothing may be asked."""


def test_a_page_at_rest_asks_nothing(page: Page, server: StudioServer) -> None:
    """A rerun by the clock, right behind one by hand, would keep on the page what the other took away."""
    sent: list[Any] = []
    page.on("websocket", lambda socket: _watch(socket, sent))
    page.goto(f"/design?organization={server.core.organizations.create_from_pattern('single')}")
    CanvasOnPage(page).show()
    settle(page)
    sent.clear()

    page.wait_for_timeout(QUIET)

    assert sent == []


def test_the_navigation_counts_what_waits(page: Page, server: StudioServer) -> None:
    """Somebody else's run waits, and is decided elsewhere: the page that is open shows both."""
    page.goto("/settings")
    settle(page)
    link = page.get_by_role("link", name=re.compile("Approvals"))
    expect(link).to_have_text(re.compile(r"Approvals$"))

    asking = studio_process(
        server.data_dir, "run", "human-in-the-loop", "--input", "Refund order A1001, it arrived broken."
    )
    assert asking.wait(timeout=PATIENCE) == 3
    expect(link).to_have_text(re.compile(r"\(1\)$"))

    (approval,) = server.core.approvals.pending()
    server.core.approvals.reject(approval.id, reason="Not today.")
    expect(link).to_have_text(re.compile(r"Approvals$"))


def _watch(socket: WebSocket, sent: list[Any]) -> None:
    def note(frame: Any) -> None:
        sent.append(frame)

    socket.on("framesent", note)
