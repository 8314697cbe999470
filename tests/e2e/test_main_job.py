"""The main job in a browser: design, run, approve, inspect, compare, and the settings."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from core.patterns.catalogue import catalogue
from core.records import RunFilter, RunRecord
from studio.commands.serve import free_port
from studio.view_models.pattern_gallery import featured
from tests.e2e.conftest import OpenWindow
from tests.support.aimock import Aimock, aimock, needs_aimock
from tests.support.browser import choose, go_to, settle, table_cell
from tests.support.browser_canvas import CanvasOnPage
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

REFUND = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
SECOND_CHARGE = "I was charged twice for order A1002. Please refund the second charge of 249.00."
ARTICLE = "Write a short article about cargo bikes for the last mile."
INVOICE = "Is the invoice for order A1003 paid, and when is it due?"
ANSWER = "We have three kinds of lamps."
DEAD = "Nothing answers"


def test_the_first_page_offers_the_patterns(page: Page, server: StudioServer) -> None:
    """A few patterns, each with a drawing; one opens on the canvas with its sample inputs."""
    page.goto("/")
    expect(page.get_by_text(str(server.data_dir))).to_be_visible()
    for pattern in featured():
        card = page.locator(f".st-key-pattern_{pattern.id}")
        expect(card).to_contain_text(pattern.title)
        expect(card.get_by_role("img").first).to_be_visible()
    assert len(featured()) == 6

    page.locator(".st-key-pattern_hierarchical").get_by_role("button", name="Open").click()

    page.wait_for_url("**/design?organization=*")
    canvas = CanvasOnPage(page)
    canvas.show()
    organization = next(each for each in catalogue() if each.id == "hierarchical").organization
    expect(canvas.nodes).to_have_count(len(organization.node_names()))
    for number, sample in enumerate(organization.samples, start=1):
        expect(page.get_by_label(f"Sample input {number}", exact=True)).to_have_value(sample)


class TestDesign:
    """On the canvas and in the inspector."""

    def test_compose_mend_and_save(self, page: Page, server: StudioServer) -> None:
        """An agent is dragged in, linked, written and saved; a wrong link and a broken draft get nowhere."""
        organization_id = server.core.organizations.create_from_pattern("specialist")
        page.goto(f"/design?organization={organization_id}")
        canvas = CanvasOnPage(page)
        canvas.show()
        linked = canvas.link("Front desk hands off to Complaints")

        canvas.drag_in("Agent", x=0.3, y=0.85)
        expect(canvas.node("Agent")).to_be_visible()
        _type(page, "Name", "Complaints")
        expect(canvas.node("Complaints")).to_be_visible()
        _type(page, "Instructions", "You are kind to people who complain.")
        _type(page, "Handoff description", "Complaints about people and manners.")
        canvas.connect("Front desk", "handoff", "Complaints")
        expect(linked).to_be_visible()

        canvas.connect("Complaints", "handoff", "look_up_invoice")
        expect(canvas.hint("A handoff goes to an agent")).to_be_visible()
        expect(canvas.link("Complaints hands off to")).to_have_count(0)

        canvas.tool("Undo").click()
        expect(linked).to_have_count(0)
        canvas.tool("Redo").click()
        expect(linked).to_have_count(1)

        canvas.drag_in("HTTP call", x=0.6, y=0.9)
        expect(canvas.node("http_request")).to_have_accessible_name(re.compile("error: 'http_request' has no URL"))
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page.get_by_test_id("stToast")).to_contain_text("1 problem keeps this from running")
        expect(page).to_have_url(re.compile("/design"))
        canvas.node("http_request").click()
        page.keyboard.press("Delete")
        expect(canvas.node("http_request")).to_have_count(0)

        page.get_by_role("button", name="Save revision").click()
        expect(page.locator(".st-key-design_state")).to_contain_text("Saved as revision 2")

        saved = server.core.organizations.draft(organization_id)
        assert saved.revision is not None
        assert saved.revision.number == 2
        agent = saved.spec.agents[-1]
        assert (agent.name, agent.instructions) == ("Complaints", "You are kind to people who complain.")
        assert "handoff:Front desk→Complaints" in [link.key for link in saved.spec.links]

    def test_a_broken_draft_is_kept(self, page: Page, server: StudioServer) -> None:
        """What cannot run is still there after a reload, and says why it does not run."""
        organization_id = server.core.organizations.create_from_pattern("single")
        page.goto(f"/design?organization={organization_id}")
        canvas = CanvasOnPage(page)
        canvas.show()
        canvas.drag_in("HTTP call", x=0.5, y=0.85)
        expect(page.locator(".st-key-design_state")).to_contain_text("1 problem keeps this from running")

        page.reload()

        canvas.show()
        expect(canvas.node("http_request")).to_be_visible()
        expect(page.locator(".st-key-design_state")).to_contain_text("1 problem keeps this from running")


class TestRun:
    """The chat beside the canvas."""

    def test_watch_a_handoff_and_a_tool(self, page: Page, server: StudioServer) -> None:
        """Tokens, handoff and tool card appear; the canvas lights the agent at work; then a second turn."""
        _open_run_page(page, server, "specialist")
        chat, canvas = ChatOnPage(page), CanvasOnPage(page)

        run = chat.press_sample(INVOICE)

        expect(canvas.node("Billing")).to_contain_text("Running")
        expect(run).to_contain_text("Front desk to Billing")
        card = tool_card(run, "look_up_invoice")
        expect(card).to_contain_text("Done")
        card.locator("summary").click()
        expect(card.get_by_label("Arguments of look_up_invoice")).to_contain_text("A1003")
        expect_status(run, "Completed")
        expect(run.locator("footer")).to_contain_text("Simulated")
        expect(canvas.node("look_up_invoice")).to_contain_text("Done")
        expect(canvas.region).to_contain_text("Completed")
        assert words_said(run) == words_stored(server.core, _newest_run(server).id)

        second = chat.say("What was my order number?")

        expect_status(second, "Completed")
        expect(messages(second).last).to_contain_text("A1003")

    def test_nothing_is_lost_or_doubled_when_the_tab_goes(
        self, page: Page, server: StudioServer, open_window: OpenWindow
    ) -> None:
        """A reload and a closed tab in the middle of a run: whoever comes back joins the stream."""
        _open_run_page(page, server, "collaborative")
        run = ChatOnPage(page).press_sample(ARTICLE)
        expect(messages(run).first).to_contain_text("cargo bikes")
        before = words_said(run)[0]

        page.reload()

        run = ChatOnPage(page).run(ARTICLE)
        expect(messages(run).first).to_contain_text("cargo bikes")
        assert server.core.runs.get(_newest_run(server).id).status == "running"
        assert words_said(run)[0][: len(before) - 1] == before[:-1]
        address = page.url
        page.close()

        page = open_window("light")
        page.goto(address)

        run = ChatOnPage(page).run(ARTICLE)
        expect_status(run, "Completed")
        stored = _newest_run(server)
        assert words_said(run) == words_stored(server.core, stored.id)
        assert len(words_stored(server.core, stored.id)) == 3

    def test_stop(self, page: Page, server: StudioServer) -> None:
        """A stopped run keeps what was said until then, and the conversation can go on."""
        _open_run_page(page, server, "collaborative")
        chat = ChatOnPage(page)
        run = chat.press_sample(ARTICLE)
        expect(messages(run).first).to_contain_text("cargo bikes")

        page.get_by_role("button", name="Stop", exact=True).click()

        expect_status(run, "Cancelled")
        expect(messages(run).first).to_contain_text("cargo bikes")
        assert server.run(_newest_run(server).id).status == "cancelled"
        expect_status(chat.say("Is there anything about trees?"), "Completed")


def test_a_refund_waits_for_a_person(page: Page, server: StudioServer) -> None:
    """Two refunds wait; one is approved and made, one is rejected with a reason that the agent is told."""
    approved = _start_and_wait(page, server, REFUND)
    rejected = _start_and_wait(page, server, SECOND_CHARGE)
    go_to(page, "Approvals (2)")

    card = page.locator("[class*='st-key-approval_apr']").filter(has_text="A1010")
    expect(card).to_contain_text("Refund desk asks to call issue_refund")
    expect(card.get_by_role("row", name="amount")).to_contain_text("189")
    card.get_by_text("Conversation so far").click()
    expect(card.get_by_role("log")).to_contain_text("look_up_payment")
    card.get_by_test_id("stButton").get_by_role("button", name="Approve").click()
    expect(page.get_by_role("link", name="Approvals (1)")).to_be_visible()
    settle(page)

    card = page.locator("[class*='st-key-approval_apr']").filter(has_text="A1002")
    expect(card.get_by_test_id("stButton").get_by_role("button", name="Reject")).to_be_disabled()
    reason = card.get_by_role("textbox", name="Reason (needed to reject")
    reason.fill("The second charge was a card check")
    reason.press("Tab")
    card.get_by_test_id("stButton").get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    expect(page.get_by_role("link", name="Approvals", exact=True)).to_be_visible()

    assert server.run(approved.id, "completed", "failed").status == "completed"
    told = server.run(rejected.id, "completed", "failed")
    assert told.status == "completed"
    assert "The second charge was a card check" in (told.output or "")
    assert [refund.order_id for refund in server.core.samples.refunds()] == ["A1010"]
    page.goto("/settings?tab=data")
    expect(table_cell(page, "A1010")).to_be_attached()


def test_look_at_a_trace(page: Page, server: StudioServer) -> None:
    """From the list to a run: outline, timeline and graph, and the payload of the chosen span."""
    _open_run_page(page, server, "specialist")
    expect_status(ChatOnPage(page).press_sample(INVOICE), "Completed")
    go_to(page, "Runs")

    page.get_by_role("table").get_by_role("link", name=INVOICE).first.click()

    expect(page.get_by_role("heading", name=INVOICE)).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_text("simulated").first).to_be_visible()
    tree = page.get_by_role("tree", name="Trace")
    expect(tree.get_by_role("treeitem", name=re.compile("^Front desk, agent"))).to_be_visible()
    panel = page.locator(".st-key-span_panel")
    tree.get_by_role("treeitem", name=re.compile("^look_up_invoice, tool")).click()
    expect(panel.get_by_role("heading")).to_contain_text("look_up_invoice")
    expect(panel).to_contain_text("R-2026-0303")
    page.reload()
    expect(panel).to_contain_text("R-2026-0303")

    page.get_by_role("radio", name="Timeline").click(force=True)
    chart = page.get_by_role("figure", name="Timeline of model calls")
    expect(chart).to_contain_text("Billing")
    expect(chart.locator("path.point, .point path").first).to_be_attached()

    page.get_by_role("radio", name="Graph").click(force=True)
    graph = page.frame_locator("iframe[srcdoc]")
    expect(graph.locator("canvas")).to_be_visible()
    page.get_by_text("The graph as a list").click()
    expect(table_cell(page, "look_up_invoice")).to_be_attached()


def test_compare_two_variants(page: Page, server: StudioServer) -> None:
    """One input, two organizations side by side, live; then numbers, the answers' difference and the ways."""
    names = {}
    for pattern in ("single", "specialist"):
        organization_id = server.core.organizations.create_from_pattern(pattern)
        names[pattern] = server.core.organizations.get(organization_id).name
    page.goto("/compare")
    for number, name in enumerate(names.values()):
        choose(page.get_by_role("combobox", name="Organization").nth(number), name)
        settle(page)
    page.get_by_label("Input for all variants").fill(INVOICE)
    page.get_by_label("Input for all variants").press("Control+Enter")

    page.get_by_role("button", name="Start comparison").click()

    columns = page.locator("[class*='st-key-compare_column_']")
    expect(columns).to_have_count(2)
    runs = [ChatOnPage(page, column).run(INVOICE) for column in columns.all()]
    for run in runs:
        expect_status(run, "Completed")
        expect(run.locator("footer")).to_contain_text("Simulated")
    expect(tool_card(runs[1], "look_up_invoice")).to_contain_text("Done")
    numbers = page.get_by_role("table").filter(has_text="Measure")
    for measure in ("Time", "Tokens", "Tool path"):
        expect(numbers.get_by_role("rowheader", name=re.compile(measure, re.IGNORECASE)).first).to_be_visible()
    expect(numbers).to_contain_text("look_up_invoice")
    expect(page.locator(".cmp .text ins").first).to_contain_text(re.compile("added: .+"))
    expect(page.locator(".cmp .text del").first).to_contain_text(re.compile("removed: .+"))
    comparison = server.core.comparisons.recent()[0]
    assert [run.status for run in comparison.runs] == ["completed", "completed"]


class TestProviders:
    """Settings, and what answers from a provider look like."""

    def test_a_dead_endpoint_is_told_in_words(self, page: Page, server: StudioServer) -> None:
        page.goto("/settings")

        _add_provider(page, "dead", f"http://127.0.0.1:{free_port(0)}/v1", "llama")

        provider = _provider(page, "dead")
        provider.get_by_role("button", name="Test connection").click()
        expect(provider.get_by_role("alert")).to_contain_text(DEAD)

    @pytest.mark.aimock
    @needs_aimock[1]
    def test_only_rehearsal_is_labelled_simulated(
        self, page: Page, server: StudioServer, endpoint: Aimock
    ) -> None:
        """A compatible endpoint is added and works; what it says is not called simulated."""
        page.goto("/settings")
        _add_provider(page, "mock", endpoint.base_url, "gpt-4")
        provider = _provider(page, "mock")
        provider.get_by_role("button", name="Test connection").click()
        expect(provider.get_by_role("status")).to_contain_text("answered as 'gpt-4'")

        _open_run_page(page, server, "single")
        choose(page.get_by_role("combobox", name="Model"), "mock/gpt-4")
        run = ChatOnPage(page).say("Do you sell lamps?")

        expect(messages(run).last).to_contain_text(ANSWER)
        expect_status(run, "Completed")
        expect(run.get_by_text("Simulated").filter(visible=True)).to_have_count(0)
        stored = _newest_run(server)
        assert (stored.output, stored.simulated) == (ANSWER, False)
        page.goto(f"/runs?run={stored.id}")
        expect(page.get_by_role("tree", name="Trace")).to_be_visible()
        expect(page.get_by_test_id("stMain").get_by_text("simulated").filter(visible=True)).to_have_count(0)


@pytest.fixture
def endpoint() -> Iterator[Aimock]:
    """A real server, not ours, that speaks OpenAI's chat completions."""
    with aimock([{"match": {}, "response": {"content": ANSWER}}]) as started:
        yield started


def _add_provider(page: Page, name: str, address: str, model: str) -> None:
    page.get_by_text("Add an OpenAI-compatible endpoint").click()
    form = page.get_by_test_id("stExpander").filter(has_text="Add an OpenAI-compatible endpoint")
    form.get_by_role("textbox", name="Short name").fill(name)
    form.get_by_role("textbox", name="Base URL").fill(address)
    form.get_by_role("textbox", name="Models, one a line").fill(model)
    form.get_by_role("textbox", name="Models, one a line").press("Control+Enter")
    form.get_by_role("button", name="Save").click()


def _provider(page: Page, name: str) -> Locator:
    """The form of a provider that was added, opened."""
    form = page.get_by_test_id("stExpander").filter(has=page.locator("code", has_text=name))
    form.locator("summary").first.click()
    return form


def _type(page: Page, label: str, text: str) -> None:
    """Write into a field of the inspector and leave it."""
    field = page.get_by_role("textbox", name=label, exact=True)
    field.fill(text)
    field.press("Tab")
    expect(field).to_have_value(text)


def _open_run_page(page: Page, server: StudioServer, pattern: str) -> None:
    organization_id = server.core.organizations.create_from_pattern(pattern)
    page.goto(f"/run?organization={organization_id}")


def _start_and_wait(page: Page, server: StudioServer, text: str) -> RunRecord:
    """A refund that was asked for on the Run page and waits."""
    _open_run_page(page, server, "human-in-the-loop")
    run = ChatOnPage(page).press_sample(text)
    expect(approval_card(run, "issue_refund")).to_be_visible()
    return _newest_run(server)


def _newest_run(server: StudioServer) -> RunRecord:
    return server.core.runs.page(RunFilter(), size=1).rows[0]
