"""Live text at 50 tokens a second in Chromium: from the provider's emission until it is painted.

The whole way is real: an OpenAI-compatible endpoint in this process, the Agents SDK, the engine, storing, the
WebSocket, the chat. One stream on the Run page; eight as two comparisons of four variants in two windows.
"""

from contextlib import ExitStack

from playwright.sync_api import Browser, Page

from core.organization.spec import AgentSpec, Organization
from core.records import ProviderRecord
from tests.bench.figures import Figure, figure_of, print_table
from tests.bench.numbers_endpoint import NumbersEndpoint, numbers_endpoint
from tests.bench.on_page import bench_context, studio_server, wait_for
from tests.support.browser import chromium, settle
from tests.support.browser_chat import ChatOnPage, expect_status
from tests.support.server import StudioServer

WORDS = 300
PER_SECOND = 50.0
SETTLING = 25
"""The first words of a stream are not counted: the page still draws the beginning of the run."""
GOAL_P50, GOAL_P95 = 15.0, 30.0
ENGINE_IMPORTS = 8.0
"""Seconds after the start until the Agents SDK is imported."""

_RECORD = """
() => {
  const known = {};
  bench.seen = {};
  const root = document.body, hosts = new Set();
  const note = (changes) => {
    const texts = new Set();
    for (const { target } of changes) {
      const text = (target instanceof Element ? target : target.parentElement)?.closest('.text');
      if (text) texts.add(text);
    }
    const fresh = [];
    for (const text of texts) {
      for (const [, letter, digits] of text.textContent.slice(-60).matchAll(/\\b([a-z])(\\d+)\\b/g)) {
        const number = Number(digits);
        for (let each = (known[letter] ?? -1) + 1; each <= number; each++) fresh.push(letter + each);
        known[letter] = Math.max(known[letter] ?? -1, number);
      }
    }
    if (fresh.length) bench.painted((time) => { for (const word of fresh) bench.seen[word] = time; });
  };
  const attach = () => {
    for (const element of root.querySelectorAll('*')) {
      if (!element.shadowRoot || hosts.has(element) || !element.shadowRoot.querySelector('.chat')) continue;
      hosts.add(element);
      new MutationObserver(note).observe(element.shadowRoot, { subtree: true, childList: true, characterData: true });
    }
  };
  setInterval(attach, 50);
}
"""


def figures() -> list[Figure]:
    """One stream, then eight at once."""
    with (
        numbers_endpoint(words=WORDS, per_second=PER_SECOND) as endpoint,
        studio_server() as server,
        chromium() as browser,
    ):
        organization_id = _prepare(server, endpoint)
        one = _one(browser, server, endpoint, organization_id)
        eight = _eight(browser, server, endpoint)
    return [
        figure_of("emit to painted, one stream", one, goal=GOAL_P50, goal_p95=GOAL_P95),
        figure_of("emit to painted, eight streams", eight, goal=GOAL_P50, goal_p95=GOAL_P95),
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


def _one(browser: Browser, server: StudioServer, endpoint: NumbersEndpoint, organization_id: str) -> list[float]:
    with bench_context(browser, server.address) as context:
        page = context.new_page()
        page.goto(f"/run?organization={organization_id}")
        settle(page)
        page.wait_for_timeout(ENGINE_IMPORTS * 1e3)
        page.evaluate(_RECORD)
        run = ChatOnPage(page).say("Count.")
        expect_status(run, "Completed")
        return _latencies(page, endpoint)


def _eight(browser: Browser, server: StudioServer, endpoint: NumbersEndpoint) -> list[float]:
    endpoint.expect(8)
    with ExitStack() as windows:
        pages = [windows.enter_context(bench_context(browser, server.address)).new_page() for _ in range(2)]
        for page in pages:
            _fill_form(page)
        for page in pages:
            page.evaluate(_RECORD)
            page.get_by_role("button", name="Start comparison").click()
        for page in pages:
            wait_for(page, f"Object.keys(bench.seen).length === {4 * WORDS}")
        return [latency for page in pages for latency in _latencies(page, endpoint)]


def _fill_form(page: Page) -> None:
    page.goto("/compare")
    settle(page)
    for _ in range(2):
        page.get_by_role("button", name="Add variant").click()
        settle(page)
    page.get_by_label("Input for all variants").fill("Count.")
    page.get_by_label("Input for all variants").press("Control+Enter")
    settle(page)


def _latencies(page: Page, endpoint: NumbersEndpoint) -> list[float]:
    seen: dict[str, float] = page.evaluate("bench.seen")
    counted = {word: time for word, time in seen.items() if int(word[1:]) >= SETTLING}
    assert counted, "the stream was watched"
    return [time - endpoint.emitted[word] for word, time in counted.items()]


if __name__ == "__main__":
    print_table(figures())
