"""axe-core finds no serious or critical violation on any page: light and dark, empty and with data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenWindow
from tests.support.browser import PATIENCE, Scheme, settle
from tests.support.browser_axe import Known, violations
from tests.support.browser_data import Examples, fill
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

KNOWN: list[Known] = []


@dataclass(frozen=True, slots=True)
class Screen:
    """A page to look at: its address, what shows that it is there, and what is pressed first."""

    path: str
    shows: str
    prepare: Callable[[Page], None] = lambda page: None


def open_all_sections(page: Page) -> None:
    """Unfold everything that can be unfolded."""
    for section in page.get_by_test_id("stExpander").locator("summary").all():
        section.click()


def open_decided(page: Page) -> None:
    page.get_by_role("tab", name="Decided").click()
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="Delete").last.click()


EMPTY = [
    Screen("/", "text=Start from a pattern"),
    Screen("/design", "text=No organizations yet."),
    Screen("/run", "text=There is nothing to run yet."),
    Screen("/runs", "text=No runs yet."),
    Screen("/compare", "text=There is nothing to compare yet."),
    Screen("/approvals", "text=Nothing waits for you."),
    Screen("/patterns", "text=Each pattern opens on the canvas"),
    Screen("/patterns?pattern=hierarchical", "text=When to use it"),
    Screen("/settings", "text=Default model", open_all_sections),
    Screen("/settings?tab=data", "text=Sample database"),
]


def screens(of: Examples) -> list[Screen]:
    """The pages with data."""
    broken = f"/design?organization={of.broken}"
    nodes = ("Clerk", "look", "call", "files", "Judge", "handoff:Clerk→Silent")
    return [
        Screen("/", "text=Recent runs"),
        Screen("/design", "text=Work in progress"),
        Screen(f"/design?organization={of.organization}", ".react-flow__node"),
        Screen(broken, ".react-flow__node"),
        *(Screen(f"{broken}&node={name}", ".react-flow__node", open_all_sections) for name in nodes),
        Screen(f"/run?organization={of.organization}", ".react-flow__node"),
        Screen(f"/run?organization={of.organization}&session={of.session}", "details.tool"),
        Screen(f"/run?organization={of.refunds}&session={of.waiting_session}", "section.approval"),
        Screen("/runs", "role=table"),
        Screen("/runs?status=cancelled", "text=No run fits."),
        Screen(f"/runs?run={of.run}", "role=tree", open_all_sections),
        Screen(f"/runs?run={of.run}&view=timeline", "role=figure"),
        Screen(f"/runs?run={of.run}&view=graph", "iframe[srcdoc]", open_all_sections),
        Screen(f"/runs?run={of.failed}", "role=tree"),
        Screen("/compare", "text=Start comparison", open_all_sections),
        Screen(f"/compare?comparison={of.comparison}", "text=Tool path"),
        Screen("/approvals", "text=asks to call", open_all_sections),
        Screen("/approvals", "text=asks to call", open_decided),
        Screen("/settings", "text=Dead endpoint", open_all_sections),
        Screen("/settings?tab=data", "text=Sample database"),
        Screen("/runs?run=gone", "text=gone"),
    ]


@pytest.fixture(scope="module", params=["empty", "with data"])
def shown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[StudioServer, list[Screen]]]:
    """A server and its pages."""
    server = StudioServer(tmp_path_factory.mktemp("studio"))
    pages = EMPTY if request.param == "empty" else screens(fill(server.data_dir))
    server.start()
    yield server, pages
    server.stop()


@pytest.fixture(scope="module")
def server(shown: tuple[StudioServer, list[Screen]]) -> StudioServer:
    return shown[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_grave_violation(
    scheme: Scheme, shown: tuple[StudioServer, list[Screen]], open_window: OpenWindow
) -> None:
    page = open_window(scheme)

    found = [f"{screen.path}: {line}" for screen in shown[1] for line in _look_at(page, screen)]

    assert not found, "\n".join(["", *found])


def _look_at(page: Page, screen: Screen) -> list[str]:
    page.goto(screen.path)
    expect(page.locator(screen.shows).first).to_be_visible(timeout=PATIENCE)
    settle(page)
    screen.prepare(page)
    settle(page)
    return violations(page, KNOWN)
