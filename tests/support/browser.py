"""Chromium for tests: how it is started, what its console may say, and what is kept of a failure."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

PATIENCE = 60_000
"""Milliseconds to wait for a state: the machine may be busy."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # What is not on this machine cannot be found: whatever asks for it complains in the console.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
Scheme = Literal["light", "dark"]


@dataclass
class Console:
    """What the browser complained about. `forgive` names what a test brings about itself."""

    errors: list[str] = field(default_factory=list)
    forgiven: list[re.Pattern[str]] = field(default_factory=list)

    def forgive(self, *patterns: str) -> None:
        """From now on (and until now) lines that match one of these are no fault."""
        self.forgiven += [re.compile(pattern) for pattern in patterns]

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._heard)
        context.on("weberror", lambda fault: self.errors.append(f"exception: {fault.error}"))

    def faults(self) -> list[str]:
        return [line for line in self.errors if not any(each.search(line) for each in self.forgiven)]

    def _heard(self, message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        if message.type == "error":
            self.errors.append(f"{message.text} ({address})")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as the block runs. Without Chromium the test is skipped; in CI it fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("Chromium is not installed.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def new_context(browser: Browser, address: str, *, scheme: Scheme = "light") -> BrowserContext:
    """A browser window without a past."""
    context = browser.new_context(
        base_url=address or None,
        viewport={"width": 1440, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE)
    return context


def settle(page: Page) -> None:
    """Wait until the page's script has run, the page is connected, and nothing fades any more."""
    state = "[data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
    expect(page.locator(f"[data-testid=stApp]{state}")).to_be_visible()
    # Looked at by the clock: a window behind others may draw no frames while nothing changes in it.
    over = "() => !document.getAnimations().some((each) => each instanceof CSSTransition)"
    page.wait_for_function(over, polling=50)


def choose(field: Locator, option: str) -> None:
    """Choose from a list."""
    field.click()
    field.page.get_by_role("option", name=option, exact=True).click()


def go_to(page: Page, name: str) -> None:
    """Press an entry of the navigation and wait for its page."""
    page.get_by_role("navigation").get_by_role("link", name=name).click()
    settle(page)


def table_cell(page: Page, text: str) -> Locator:
    """A cell of a data frame, which is painted; what it says stands beside the painting, unseen."""
    return page.get_by_test_id("stDataFrame").locator("td", has_text=text).first


def keep_evidence(context: BrowserContext, folder: Path) -> None:
    """What the pages looked like and how it came to that; open trace.zip with `playwright show-trace`."""
    for number, page in enumerate(context.pages, start=1):
        page.screenshot(path=folder / f"page{number}.png", full_page=True)
    context.tracing.stop(path=folder / "trace.zip")
