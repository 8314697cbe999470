"""A table of inputs becomes a batch: watched, stopped, continued, looked into and taken out."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenWindow
from tests.support.browser import settle
from tests.support.server import StudioServer

pytestmark = pytest.mark.e2e

ROWS = 30


def test_a_table_is_worked_through(page: Page, server: StudioServer, tmp_path: Path) -> None:
    server.core.organizations.create_from_pattern("single")
    table = tmp_path / "orders.csv"
    lines = [f'{number},"How long does a refund take, please?"' for number in range(1, ROWS)]
    table.write_text("\n".join(["id,question", *lines, f"{ROWS},"]))

    page.goto("/batch")
    page.locator("input[type=file]").set_input_files(table)
    expect(page.get_by_text(f"{ROWS} rows · table, comma, UTF-8")).to_be_visible()
    page.get_by_role("button", name=f"Start {ROWS} rows").click()

    _stop_and_continue(page)
    expect(page.get_by_text(f"Done: {ROWS} of {ROWS} rows")).to_be_visible()
    expect(page.get_by_text("simulated").first).to_be_visible()
    settle(page)
    _look_at_the_failed_row(page)
    _take_the_results(page)
    _open_a_row(page)


def test_two_tabs_show_the_same(open_window: OpenWindow, server: StudioServer) -> None:
    """What one does, the other sees without asking."""
    organization = server.core.organizations.create_from_pattern("single")
    rows = [{"input": "How long does a refund take?"} for _ in range(40)]
    dataset = server.core.datasets.add_rows(rows, columns=["input"], name="Forty")
    first, second = open_window("light"), open_window("dark")
    first.goto(f"/batch?organization={organization}&dataset={dataset.id}")
    first.get_by_role("button", name="Start 40 rows").click()
    expect(first.get_by_role("progressbar")).to_be_visible()
    second.goto(first.url)

    second.get_by_role("button", name="Stop").click()

    expect(first.get_by_role("button", name="Continue")).to_be_visible()
    expect(first.get_by_text("Stopped:")).to_be_visible()


def _stop_and_continue(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped:")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Running:")).to_be_visible()


def _look_at_the_failed_row(page: Page) -> None:
    page.get_by_text("Failed 1", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row").nth(1)).to_contain_text("The input is empty.")
    page.get_by_text(f"All {ROWS}", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(ROWS + 1)


def _take_the_results(page: Page) -> None:
    page.get_by_role("button", name="Results").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("id,question,row,status,output,")
    assert text.count(",completed,") == ROWS - 1
    page.keyboard.press("Escape")


def _open_a_row(page: Page) -> None:
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_role("tree")).to_be_visible()
    page.get_by_role("link", name="Batch, row 1").click()
    expect(page.get_by_text(f"Done: {ROWS} of {ROWS} rows")).to_be_visible()
