"""The tools of order desk, shipping, warehouse and status page: what they find, write and refuse."""

from pathlib import Path

import pytest

from core.errors import InvalidInputError, NotFoundError
from core.toolbox.context import current_call_id, current_samples
from core.toolbox.order_desk import add_order_note, find_orders
from core.toolbox.sample_data import SampleData
from core.toolbox.shipping import send_replacement
from core.toolbox.stock import check_stock, list_low_stock, place_stock_order
from core.toolbox.technical import post_status_update


@pytest.fixture(autouse=True)
def samples(tmp_path: Path) -> SampleData:
    data = SampleData(tmp_path / "samples.db")
    current_samples.set(data)
    current_call_id.set("call_1")
    return data


def test_orders_are_found_by_their_status() -> None:
    assert [order.order_id for order in find_orders("delivered")] == ["A1001", "A1002", "A1004", "A1007"]
    assert [(order.order_id, order.total) for order in find_orders("lost")] == [("A1010", 189.0)]


def test_a_note_is_written_into_the_file_of_its_order(samples: SampleData) -> None:
    added = add_order_note("#a1008", " Carrier search started. ")

    (row,) = samples.order_notes()
    assert (added.note, row.order_id, row.note, row.call_id) == (
        "N-1",
        "A1008",
        "Carrier search started.",
        "call_1",
    )
    with pytest.raises(InvalidInputError, match="needs a text"):
        add_order_note("A1008", "  ")
    with pytest.raises(NotFoundError, match="order 'A9999'"):
        add_order_note("A9999", "nobody")
    assert len(samples.order_notes()) == 1


def test_goods_are_sent_again_once_and_only_after_they_were_shipped(samples: SampleData) -> None:
    sent = send_replacement("A1010", "The carrier lost the parcel.")

    (row,) = samples.replacements()
    assert (sent.replacement, sent.item) == ("X-1", "Filing cabinet, 3 drawers")
    assert (row.order_id, row.call_id) == ("A1010", "call_1")
    with pytest.raises(InvalidInputError, match="on its way already"):
        send_replacement("A1010", "Again.")
    with pytest.raises(InvalidInputError, match="not been shipped"):
        send_replacement("A1005", "Impatient.")
    assert len(samples.replacements()) == 1


def test_what_runs_low_is_listed_scarcest_first() -> None:
    assert [level.sku for level in list_low_stock()] == ["SKU-105", "SKU-104", "SKU-102"]
    assert check_stock(" sku-103 ").runs_low is False
    with pytest.raises(NotFoundError, match="product 'SKU-9'"):
        check_stock("SKU-9")


def test_an_order_to_a_supplier_has_its_price(samples: SampleData) -> None:
    placed = place_stock_order("SKU-104", 10)

    (row,) = samples.stock_orders()
    assert (placed.order, placed.supplier, placed.costs) == ("S-1", "Tagworks", 940.0)
    assert (row.sku, row.quantity, row.call_id) == ("SKU-104", 10, "call_1")


def test_the_status_page_keeps_what_was_posted(samples: SampleData) -> None:
    posted = post_status_update("exports", "Exports wait since 07:55; nothing is lost.")

    (row,) = samples.status_updates()
    assert (posted.update, row.service, row.call_id) == ("U-1", "exports", "call_1")
    with pytest.raises(InvalidInputError, match="needs a message"):
        post_status_update("exports", " ")
    with pytest.raises(NotFoundError, match="service 'printer'"):
        post_status_update("printer", "Out of paper.")  # type: ignore[arg-type]
    assert len(samples.status_updates()) == 1


def test_a_reset_forgets_what_the_tools_wrote(samples: SampleData) -> None:
    add_order_note("A1008", "Carrier search started.")
    place_stock_order("SKU-104", 10)

    samples.reset()

    assert (samples.order_notes(), samples.stock_orders(), samples.replacements()) == ([], [], [])
