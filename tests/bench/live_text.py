"""Live text at 50 tokens a second in Chromium: from the provider's emission until it is painted.

The whole way is real: an OpenAI-compatible endpoint in this process, the Agents SDK, the engine, storing, the
WebSocket, the chat. One stream on the Run page; eight as two comparisons of four variants in two windows.
"""

from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page

from core.organization.spec import AgentSpec, Organization
from core.records import ProviderRecord
from tests.bench.figures import Figure, figure_of, print_table
from tests.bench.numbers_endpoint import NumbersEndpoint, numbers_endpoint
from tests.bench.on_page import bench_context, studio_server
from tests.support.browser import PATIENCE, chromium, settle
from tests.support.browser_chat import ChatOnPage
from tests.support.server import StudioServer

WORDS = 300
PER_SECOND = 50.0
SETTLING = 25
"""The first words of a stream are not counted: the page still draws the beginning of the run."""
GOAL_P50, GOAL_P95 = 15.0, 30.0
ENGINE_IMPORTS = 8.0
"""Seconds after the start until the Agents SDK is imported."""

_RECORD = Path(__file__).with_name("words_on_page.js").read_text()


Latencies = tuple[list[float], list[float]]
"""Until drawn, until painted."""


def figures() -> list[Figure]:
    """One stream, then eight at once; the floor is a bare page, fed by the endpoint itself."""
    with (
        numbers_endpoint(words=WORDS, per_second=PER_SECOND) as endpoint,
        studio_server() as server,
        chromium() as browser,
    ):
        organization_id = _prepare(server, endpoint)
        one_floor = _floor(browser, endpoint, windows=1, streams=1)
        one = _one(browser, server, endpoint, organization_id)
        eight_floor = _floor(browser, endpoint, windows=2, streams=4)
        eight = _eight(browser, server, endpoint)
    return [*_rows("one stream", one, one_floor), *_rows("eight streams", eight, eight_floor)]


def _rows(name: str, studio: Latencies, floor: Latencies) -> list[Figure]:
    return [
        figure_of(f"emit to painted, {name}", studio[1], goal=GOAL_P50, goal_p95=GOAL_P95),
        figure_of("  until drawn", studio[0]),
        figure_of("  bare page, painted", floor[1]),
    ]


def _prepare(server: StudioServer, endpoint: NumbersEndpoint) -> str:
    record = ProviderRecord(
        id="bench",
        kind="compatible",
        title="Bench",
        base_url=endpoint.base_url,
        api="chat",
        key_variable=None,
        has_stored_key=False,
        models=["numbers"],
    )
    server.core.providers.save(record, key=None)
    server.core.providers.set_default_model("bench/numbers")
    agent = AgentSpec(name="Counter", instructions="Count.")
    return server.core.organizations.create(Organization(name="Counting", entry="Counter", agents=[agent]))


def _floor(browser: Browser, endpoint: NumbersEndpoint, *, windows: int, streams: int) -> Latencies:
    endpoint.expect(windows * streams)
    with ExitStack() as opened:
        pages = [opened.enter_context(bench_context(browser, endpoint.address)).new_page() for _ in range(windows)]
        for page in pages:
            page.goto(f"/floor?streams={streams}")
            page.evaluate(_RECORD)
        return _latencies(pages, endpoint, streams=streams)


def _one(browser: Browser, server: StudioServer, endpoint: NumbersEndpoint, organization_id: str) -> Latencies:
    with bench_context(browser, server.address) as context:
        page = context.new_page()
        page.goto(f"/run?organization={organization_id}")
        settle(page)
        page.wait_for_timeout(ENGINE_IMPORTS * 1e3)
        page.evaluate(_RECORD)
        ChatOnPage(page).say("Count.")
        return _latencies([page], endpoint, streams=1)


def _eight(browser: Browser, server: StudioServer, endpoint: NumbersEndpoint) -> Latencies:
    endpoint.expect(8)
    with ExitStack() as opened:
        pages = [opened.enter_context(bench_context(browser, server.address)).new_page() for _ in range(2)]
        for page in pages:
            _fill_form(page)
        for page in pages:
            page.evaluate(_RECORD)
            page.get_by_role("button", name="Start comparison").click()
        return _latencies(pages, endpoint, streams=4)


def _fill_form(page: Page) -> None:
    page.goto("/compare")
    settle(page)
    for _ in range(2):
        page.get_by_role("button", name="Add variant").click()
        settle(page)
    page.get_by_label("Input for all variants").fill("Count.")
    page.get_by_label("Input for all variants").press("Control+Enter")
    settle(page)


def _latencies(pages: list[Page], endpoint: NumbersEndpoint, *, streams: int) -> Latencies:
    # Asking the pages while they draw would slow them down.
    pages[0].wait_for_timeout(WORDS / PER_SECOND * 1e3)
    drawn: dict[str, float] = {}
    painted: dict[str, float] = {}
    for page in pages:
        expected = f"Object.keys(bench.painted_at).length === {streams * WORDS}"
        page.wait_for_function(expected, timeout=PATIENCE, polling=1000)
        drawn |= page.evaluate("bench.drawn")
        painted |= page.evaluate("bench.painted_at")
    counted = [word for word in painted if int(word[1:]) >= SETTLING]
    return (
        [drawn[word] - endpoint.emitted[word] for word in counted],
        [painted[word] - endpoint.emitted[word] for word in counted],
    )


if __name__ == "__main__":
    print_table(figures())
