"""The sample database: seeded once, the same for everyone, written by many at once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import InvalidInputError
from core.toolbox.billing import issue_refund, look_up_payment
from core.toolbox.context import current_call_id, current_samples
from core.toolbox.sample_data import SampleData


@pytest.fixture
def samples(tmp_path: Path) -> SampleData:
    data = SampleData(tmp_path / "data" / "samples.db")
    current_samples.set(data)
    return data


def test_is_seeded_on_first_use_and_the_same_each_time(tmp_path: Path) -> None:
    dumps = []
    for name in ("one", "two"):
        data = SampleData(tmp_path / name / "samples.db")
        with data.read() as db:
            dumps.append(list(db.iterdump()))

    assert dumps[0] == dumps[1]
    assert len([line for line in dumps[0] if line.startswith('INSERT INTO "orders"')]) == 10


def test_what_was_written_is_there_for_the_next_and_gone_after_a_reset(samples: SampleData) -> None:
    current_call_id.set("call_7")
    issue_refund("A1001", 10.5, "scratched")

    again = SampleData(samples.path)
    assert [(row.order_id, row.amount, row.call_id) for row in again.refunds()] == [("A1001", 10.5, "call_7")]

    again.reset()
    assert samples.refunds() == []
    assert [ticket.id for ticket in samples.tickets()] == [1]


def test_an_older_seed_is_replaced(samples: SampleData) -> None:
    samples.open()
    with sqlite3.connect(samples.path) as db:
        db.execute("DELETE FROM orders WHERE id = 'A1005'")
        db.execute("PRAGMA user_version = 99")

    with SampleData(samples.path).read() as db:
        assert db.execute("SELECT count(*) FROM orders").fetchone()[0] == 10


def test_refunds_at_the_same_moment_never_exceed_what_was_paid(samples: SampleData) -> None:
    def refund(number: int) -> bool:
        current_samples.set(samples)
        current_call_id.set(f"call_{number}")
        try:
            issue_refund("A1001", 10, "at once")
        except InvalidInputError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(refund, range(12)))

    assert sum(done) == 4
    assert len({row.call_id for row in samples.refunds()}) == 4
    assert look_up_payment("A1001").refundable == pytest.approx(9.9)


def test_several_may_open_it_at_the_same_moment(tmp_path: Path) -> None:
    path = tmp_path / "samples.db"

    def open_and_count(_number: int) -> int:
        # An object each, as in processes of their own: only the database stands between them.
        with SampleData(path).read() as db:
            return int(db.execute("SELECT count(*) FROM orders").fetchone()[0])

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(open_and_count, range(6))) == {10}
