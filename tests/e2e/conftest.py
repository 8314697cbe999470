"""One browser and one studio for each module, one window for each test."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser import Console, Scheme, chromium, keep_evidence, new_context
from tests.support.server import StudioServer

OpenWindow = Callable[[Scheme], Page]
_FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may be late for everything: such a test gets another try, and pytest says so."""
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    started = StudioServer(tmp_path_factory.mktemp("studio"))
    started.start()
    yield started
    started.stop()


@pytest.fixture
def console() -> Console:
    """What the browser complains about in this test; it fails the test when the window is closed."""
    return Console()


@pytest.fixture
def open_window(
    browser: Browser,
    server: StudioServer,
    console: Console,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[OpenWindow]:
    """Opens windows that are closed after the test. Of a failed test a picture and a trace are kept."""

    def open_one(scheme: Scheme) -> Page:
        context = windows.enter_context(_window(browser, server.address, scheme, console, request.node, tmp_path))
        return context.new_page()

    with ExitStack() as windows:
        yield open_one
    assert console.faults() == []


@pytest.fixture
def page(open_window: OpenWindow) -> Page:
    return open_window("light")


@contextmanager
def _window(
    browser: Browser, address: str, scheme: Scheme, console: Console, test: pytest.Item, folder: Path
) -> Iterator[BrowserContext]:
    context = new_context(browser, address, scheme=scheme)
    console.watch(context)
    context.tracing.start(snapshots=True)
    yield context
    if test.stash.get(_FAILED, False) or console.faults():
        keep_evidence(context, folder)
    context.close()
