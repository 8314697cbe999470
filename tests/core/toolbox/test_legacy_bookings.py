"""The small booking system: its codes, and what it refuses."""

from collections.abc import Iterator
from threading import Thread

import httpx
import pytest

from core.toolbox.legacy_bookings import LegacyBookings


@pytest.fixture
def address() -> Iterator[str]:
    with LegacyBookings() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


def test_a_booking_is_given_in_codes(address: str) -> None:
    answer = httpx.get(f"{address}/bookings/b-2041")

    assert answer.json() == {"rc": 0, "nr": "B-2041", "st": 10, "amt": 12900, "txt": "Meeting room, 2 days"}
    assert httpx.get(f"{address}/bookings/B-1").status_code == 404
    assert httpx.get(f"{address}/elsewhere").json() == {"rc": 44}


def test_a_booking_is_cancelled_once_and_with_a_reason(address: str) -> None:
    state = f"{address}/bookings/B-2041/state"

    assert httpx.post(state, content=b"no json").json() == {"rc": 12, "fld": "reason"}
    assert httpx.post(state, json={"reason": "ill"}).json()["st"] == 90
    assert httpx.post(state, json={"reason": "again"}).status_code == 409
    assert httpx.get(f"{address}/bookings/B-2041").json()["st"] == 90
    assert httpx.post(f"{address}/bookings/B-1/state", json={"reason": "ill"}).status_code == 404
