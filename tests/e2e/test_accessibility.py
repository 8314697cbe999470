"""axe-core finds no serious or critical violation on any page: light and dark, empty and with data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import PATIENCE, Console, new_context, settle
from tests.support.browser_axe import Known, violations
from tests.support.browser_data import Examples, fill
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

KNOWN: list[Known] = []


@dataclass(frozen=True, slots=True)
class Screen:
    """A page to look at: its address, what shows that it is there, and what is done first."""

    path: str
    shows: str
    prepare: Callable[[Page], None] = lambda page: None
    is_drawn_for_theme: bool = False
    """Something on it is drawn by Python in the colours of the theme: it is opened anew for the other one."""


def open_all_sections(page: Page) -> None:
    """Unfold everything that can be unfolded."""
    for section in page.get_by_test_id("stExpander").locator("summary").all():
        section.click()


def open_decided(page: Page) -> None:
    page.get_by_role("tab", name="Decided").click()
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()


def list_keys(page: Page) -> None:
    page.keyboard.press("ArrowRight")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def export_picture(page: Page) -> None:
    page.get_by_role("button", name="More").click()
    page.get_by_text("Export…", exact=True).click()
    page.get_by_role("dialog").get_by_text("Picture", exact=True).click()
    expect(page.locator(".tp-picture")).to_be_visible()


def paste_rows(page: Page) -> None:
    page.get_by_text("Paste", exact=True).click()
    # Under the mouse it has other colours, which are Streamlit's.
    page.mouse.move(0, 0)
    page.get_by_role("textbox").first.fill("Is A1001 paid?\nIs A1002 paid?")
    page.get_by_role("textbox").first.blur()
    expect(page.get_by_text("The first row is told:")).to_be_visible()


def fork_run(page: Page) -> None:
    page.get_by_role("button", name="Fork from here").click()
    dialog = page.get_by_role("dialog", name="Fork from here")
    dialog.get_by_label("Message to add").fill("Be brief")
    dialog.get_by_label("Input of the run").click()
    expect(dialog.locator("ins")).to_contain_text("Be brief")
    # The colours of a field that has the focus are Streamlit's.
    dialog.get_by_label("Input of the run").blur()


def save_as_test(page: Page) -> None:
    page.get_by_role("button", name="Save as a test").click()
    expect(page.get_by_text("A test plays this recording")).to_be_visible()


def record_again(page: Page) -> None:
    page.get_by_role("button", name="Record again").click()
    expect(page.get_by_role("button", name="Run it for real")).to_be_visible()


EMPTY = [
    Screen("/", "text=Start from a pattern", is_drawn_for_theme=True),
    Screen("/design", "text=No organizations yet."),
    Screen("/run", "text=There is nothing to run yet."),
    Screen("/runs", "text=No runs yet."),
    Screen("/tests", "text=A test is a run that went well"),
    Screen("/compare", "text=There is nothing to compare yet."),
    Screen("/batch", "text=There is nothing to run yet."),
    Screen("/triggers", "text=A trigger starts an organization"),
    Screen("/triggers?view=dead", "text=No dead letters."),
    Screen("/approvals", "text=Nothing waits for you."),
    Screen("/patterns", "text=Each pattern opens on the canvas"),
    Screen("/patterns?pattern=hierarchical", "text=When to use it", is_drawn_for_theme=True),
    Screen("/patterns?words=zeppelin", "text=No pattern fits all of this."),
    Screen("/patterns?view=guide&domains=several", "text=1 of 7 answered", is_drawn_for_theme=True),
    Screen("/settings", "text=Default model", open_all_sections),
    Screen("/settings?tab=prices", "text=No prices yet"),
    Screen("/settings?tab=data", "text=Sample database"),
    Screen("/settings?tab=workers", "text=no worker is needed"),
]


def screens(of: Examples) -> list[Screen]:
    """The pages with data."""
    broken = f"/design?organization={of.broken}"
    nodes = ("Clerk", "look", "call", "files", "Judge", "handoff:Clerk→Silent")
    return [
        Screen("/", "text=Recent runs"),
        Screen("/design", "text=Work in progress"),
        Screen(f"/design?organization={of.organization}", ".react-flow__node"),
        Screen(f"/design?organization={of.organization}&view=code", "text=The agents, and how they are linked"),
        Screen(f"/design?organization={of.organization}&view=revisions", "text=On the canvas now"),
        Screen(broken, ".react-flow__node"),
        Screen(broken, ".react-flow__node", export_picture),
        Screen(f"{broken}&present=1", ".tc-present", list_keys),
        *(Screen(f"{broken}&node={name}", ".react-flow__node", open_all_sections) for name in nodes),
        Screen(f"/run?organization={of.organization}", ".react-flow__node"),
        Screen(f"/run?organization={of.organization}&session={of.session}", "details.tool"),
        Screen(f"/run?organization={of.refunds}&session={of.waiting_session}", "section.approval"),
        Screen(f"/run?organization={of.organization}&session={of.failed_session}", "text=The run failed"),
        Screen("/runs", "role=table"),
        Screen("/runs?status=cancelled", "text=No run fits."),
        Screen(f"/runs?run={of.run}", "role=tree", open_all_sections),
        Screen(f"/runs?run={of.run}", "role=tree", fork_run),
        Screen(f"/runs?run={of.run}&view=timeline", "role=figure", is_drawn_for_theme=True),
        Screen(f"/runs?run={of.run}&view=graph", "iframe[srcdoc]", open_all_sections, is_drawn_for_theme=True),
        Screen(f"/runs?run={of.failed}", "role=tree"),
        Screen(f"/runs?run={of.waiting}", "text=asks to call", open_all_sections),
        Screen(f"/runs?run={of.waiting}&view=timeline", "role=figure", is_drawn_for_theme=True),
        Screen(f"/runs?run={of.run}", "role=tree", save_as_test),
        Screen(f"/runs?run={of.replay}", "text=No model was asked"),
        Screen("/tests", "role=table"),
        Screen("/tests?outcome=stopped", "text=No test fits."),
        Screen(f"/tests?test={of.test}", "text=What is different"),
        Screen(f"/tests?test={of.test}", "text=What is different", record_again),
        Screen("/compare", "text=Start comparison", open_all_sections),
        Screen(f"/compare?comparison={of.comparison}", "text=Tool path"),
        Screen("/batch", "text=Saved dataset"),
        Screen(f"/batch?organization={of.organization}", "text=Saved dataset", paste_rows),
        Screen(f"/batch?batch={of.batch}", "role=progressbar"),
        Screen("/triggers", "role=table"),
        Screen("/triggers?view=dead", "role=table"),
        Screen("/triggers?trigger=new", "text=Make the trigger", open_all_sections),
        Screen("/triggers?trigger=new&kind=schedule", "text=At 09:00", open_all_sections),
        Screen(f"/triggers?trigger={of.trigger}", "role=table", open_all_sections),
        Screen(f"/triggers?trigger={of.trigger}&edit=1", "text=Where they go"),
        Screen(f"/triggers?trigger={of.trigger}&event={of.event}", "text=no organization", open_all_sections),
        Screen("/approvals", "text=asks to call", open_all_sections),
        Screen("/approvals", "text=asks to call", open_decided),
        Screen("/settings", "text=Dead endpoint", open_all_sections),
        Screen("/settings?tab=data", "text=Sample database"),
        Screen("/runs?run=gone", "text=gone"),
        Screen("/design?organization=gone", "text=There is no organization"),
        Screen("/patterns?pattern=single", "text=When to use it", is_drawn_for_theme=True),
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


def test_no_grave_violation(browser: Browser, shown: tuple[StudioServer, list[Screen]], console: Console) -> None:
    server, pages = shown
    context = new_context(browser, server.address)
    console.watch(context)
    page = context.new_page()

    found = [f"{screen.path}: {line}" for screen in pages for line in _look_at(page, screen)]

    context.close()
    assert not found, "\n".join(["", *found])
    assert console.faults() == []


def _look_at(page: Page, screen: Screen) -> list[str]:
    """What is wrong with it in the light and in the dark."""
    page.emulate_media(color_scheme="light")
    _open(page, screen)
    light = violations(page, KNOWN)
    page.emulate_media(color_scheme="dark")
    if screen.is_drawn_for_theme:
        _open(page, screen)
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "dark")
    settle(page)
    dark = violations(page, KNOWN, only_colours=not screen.is_drawn_for_theme)
    return [f"light: {line}" for line in light] + [f"dark: {line}" for line in dark]


def _open(page: Page, screen: Screen) -> None:
    page.goto(screen.path)
    expect(page.locator(screen.shows).first).to_be_visible(timeout=PATIENCE)
    settle(page)
    screen.prepare(page)
    settle(page)
