"""From the command to the first page that can be used, beside a plain Streamlit chat; and later page switches.

Every start is a new process and a new browser window. The two apps start in turn, so that a change of the speed
of the machine hits both. The data folder is not new: making the database at the very first start has its own row.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from core.patterns.catalogue import catalogue
from studio.commands.serve import free_port
from tests.bench.figures import Figure, figure_of, print_table
from tests.bench.on_page import bench_context, studio_server
from tests.support.browser import PATIENCE, chromium
from tests.support.server import ROOT
from tests.support.studio import open_studio, wait_for_run

ROUNDS = 5
TURNS = 4
RUNS = 36
_SETTLED = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
_PLAIN = ["-m", "streamlit", "run", "tests/bench/plain_chat_app.py", "--server.headless", "true"]
_PLAIN += ["--browser.gatherUsageStats", "false", "--server.port"]
_STUDIO = [str(Path(sys.executable).with_name("studio")), "serve", "--no-browser", "--port"]
HOME = ".st-key-pattern_single"
PAGES = {
    "Runs": ".st-key-runs_table",
    "Design": ".st-key-organization_list",
    "Run": "[data-testid=stChatInput]",
    "Compare": ".st-key-compare_start",
    "Patterns": ".st-key-pattern_single",
    "Settings": ".st-key-default_model",
    "Home": ".st-key-pattern_single",
}
"""By name, what tells that a page is there; the page before it has no such thing."""
_ON_SWITCH = """
([sign, path]) => {
  let pressed = null;
  bench.switched = null;
  addEventListener('click', () => (pressed ??= bench.clock()), { capture: true, once: true });
  bench.watch(document, () => {
    if (pressed === null || location.pathname !== path || !document.querySelector(sign)) return false;
    bench.painted((now) => (bench.switched = now - pressed));
    return true;
  });
}
"""


def figures() -> list[Figure]:
    """Starts, then page switches."""
    with chromium() as browser:
        return [*_starts(browser), *_switches(browser)]


def _starts(browser: Browser) -> list[Figure]:
    with TemporaryDirectory() as folder:
        first = _start(browser, _STUDIO, HOME, Path(folder))
        plain, studio = [], []
        for _ in range(ROUNDS):
            plain.append(_start(browser, _PLAIN, "[data-testid=stChatInput]", Path(folder)))
            studio.append(_start(browser, _STUDIO, HOME, Path(folder)))
    ratios = [ours / theirs for ours, theirs in zip(studio, plain, strict=True)]
    return [
        figure_of("start against a plain chat", ratios, unit="x", goal=1.3),
        figure_of("  studio, command to usable", studio, unit="s"),
        figure_of("  plain chat, command to usable", plain, unit="s"),
        figure_of("  studio, very first start", [first], unit="s"),
    ]


def _start(browser: Browser, command: list[str], sign: str, folder: Path) -> float:
    """Seconds from the command until its first page is there and at rest."""
    port = free_port(0)
    with bench_context(browser, f"http://127.0.0.1:{port}") as context:
        page = context.new_page()
        began = time.monotonic()
        with _process([*command, str(port)], folder):
            _wait_for_port(port)
            page.goto("/", wait_until="commit")
            page.locator(_SETTLED).locator(sign).wait_for()
            return time.monotonic() - began


@contextmanager
def _process(command: list[str], folder: Path) -> Iterator[None]:
    environment = os.environ | {"STUDIO_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    # Without compiled files each start compiles everything anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for_port(port: int) -> None:
    end = time.monotonic() + PATIENCE / 1e3
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nothing answers")


def _switches(browser: Browser) -> list[Figure]:
    with studio_server(_fill) as server, bench_context(browser, server.address) as context:
        page = context.new_page()
        page.goto("/")
        page.locator(_SETTLED).locator(HOME).wait_for()
        # By then the Agents SDK has been imported.
        page.wait_for_timeout(10_000)
        for name, sign in PAGES.items():
            _switch(page, name, sign)
        taken = [_switch(page, name, sign) for _ in range(TURNS) for name, sign in PAGES.items()]
        firsts = {name: min(taken[at :: len(PAGES)]) for at, name in enumerate(PAGES)}
    slowest = max(firsts, key=lambda name: firsts[name])
    return [
        figure_of("later page switch", taken, goal=400),
        figure_of(f"  slowest page ({slowest}), at best", [firsts[slowest]]),
    ]


def _fill(folder: Path) -> None:
    """A few dozen runs of all patterns."""
    with open_studio(folder) as core:
        chosen = [pattern for pattern in catalogue() if pattern.organization.samples]
        ids = [core.organizations.create_from_pattern(pattern.id) for pattern in chosen]
        for number in range(RUNS):
            at = number % len(chosen)
            samples = chosen[at].organization.samples
            wait_for_run(core, core.runs.start(ids[at], samples[number % len(samples)]))


def _switch(page: Page, name: str, sign: str) -> float:
    """Milliseconds from the press on an entry of the navigation until its page is painted and at rest."""
    page.evaluate(_ON_SWITCH, [f"{_SETTLED} {sign}", "/" if name == "Home" else f"/{name.lower()}"])
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
    page.wait_for_function("bench.switched !== null", polling=100, timeout=PATIENCE)
    return float(page.evaluate("bench.switched"))


if __name__ == "__main__":
    print_table(figures())
