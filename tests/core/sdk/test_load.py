"""The mechanisms behind 'Under load', each by itself and by a clock of the test's own."""

import asyncio
from datetime import UTC, datetime

import httpx2
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.records import ProviderLoad
from core.sdk.circuit_breaker import CircuitBreaker, CircuitOpenError
from core.sdk.rate_limit import Limiter, SlidingWindow, Turn
from core.sdk.retrying import Again, NotAgain, backoff, is_passing, next_attempt, wait_asked_for

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def refusal(status: int, **headers: str) -> openai.APIStatusError:
    request = httpx2.Request("POST", "http://127.0.0.1:9/v1")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx2.Response(status, headers=named, request=request)
    return openai.APIStatusError("Not now", response=response, body=None)


# -- waits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Mon, 23 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Mon, 23 Nov 2026 12:00:30 -0000"}, 30),
        ({"retry-after": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_what_a_server_asks_for_is_read_in_all_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_asked_for(headers, now=lambda: NOON) == seconds


def test_waits_double_up_to_the_longest_and_are_spread() -> None:
    longest = [backoff(attempt, longest=5, chance=lambda: 1.0) for attempt in range(1, 6)]
    none = [backoff(attempt, longest=5, chance=lambda: 0.0) for attempt in range(1, 6)]

    assert longest == [1, 2, 4, 5, 5]
    assert none == [0] * 5


def test_the_last_attempt_is_the_last() -> None:
    load = ProviderLoad(attempts=2)

    first = next_attempt(refusal(503, retry_after="3"), load, attempt=1)
    second = next_attempt(refusal(503, retry_after="3"), load, attempt=2)

    assert isinstance(first, Again)
    assert first.wait_seconds == 3
    assert second == NotAgain("Tried 2 times.")


def test_servers_know_best_whether_to_try_again() -> None:
    assert not is_passing(refusal(503, x_should_retry="false"))
    assert is_passing(refusal(400, x_should_retry="true"))


def test_a_quota_that_is_used_up_is_no_busy_provider() -> None:
    error = refusal(429)
    error.body = {"code": "insufficient_quota", "message": "You exceeded your current quota."}

    assert not is_passing(error)


# -- limits ---------------------------------------------------------------------------------------


# It counts how often, not how fast.
@settings(deadline=None)
@given(
    limit=st.integers(1, 5),
    arrivals=st.lists(st.tuples(st.floats(0, 2), st.integers(1, 7)), min_size=1, max_size=40),
)
def test_no_window_ever_holds_more_than_the_limit(limit: int, arrivals: list[tuple[float, int]]) -> None:
    """Each waits as long as it is told. What is larger than the limit goes alone."""
    window, now = SlidingWindow(limit, 1.0), 0.0
    gone: list[tuple[float, int]] = []
    for pause, amount in arrivals:
        now += pause
        while (wait := window.wait(now, amount)) > 0:
            now += max(wait, 1e-9)
        window.take(now, amount)
        gone.append((now, amount))

    for start, _ in gone:
        inside = [amount for at, amount in gone if start <= at < start + 0.999]
        assert sum(inside) <= limit or len(inside) == 1


def test_what_took_long_on_its_way_counts_from_its_arrival() -> None:
    window = SlidingWindow(2, 60)
    slow, _fast = window.take(0, 1), window.take(10, 1)
    window.move(slow, 30)

    assert window.wait(61, 1) == 9
    assert window.wait(61, 2) == 29


def test_what_was_taken_can_be_corrected() -> None:
    window = SlidingWindow(100, 60)
    guess = window.take(0, 90)

    assert window.wait(1, 50) == 59
    window.correct(guess, 20)
    assert window.wait(1, 50) == 0
    window.correct(guess, 0)
    assert window.wait(1, 100) == 0


async def _enter(limiter: Limiter, entered: list[str], name: str) -> None:
    async with limiter.turn():
        entered.append(name)


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_first_to_come_is_the_first_to_go() -> None:
    clock, entered = Clock(), list[str]()
    limiter = Limiter(ProviderLoad(requests_per_minute=2), clock=clock)
    tasks = [asyncio.create_task(_enter(limiter, entered, name)) for name in "abcde"]

    await _settle()
    assert entered == ["a", "b"]
    clock.now += 61
    limiter.look()
    await _settle()
    assert entered == ["a", "b", "c", "d"]
    clock.now += 61
    limiter.look()
    await asyncio.gather(*tasks)
    assert entered == ["a", "b", "c", "d", "e"]


async def test_who_gives_up_leaves_no_trace() -> None:
    clock, entered = Clock(), list[str]()
    limiter = Limiter(ProviderLoad(requests_per_minute=1, calls_at_once=1), clock=clock)
    a, b, c = (asyncio.create_task(_enter(limiter, entered, name)) for name in "abc")
    await _settle()

    clock.now += 61
    limiter.look()
    # Its turn has come, and it does not know it yet.
    b.cancel()
    await asyncio.gather(a, b, c, return_exceptions=True)

    assert entered == ["a", "c"]
    assert limiter.waiting == 0


async def test_other_limits_count_at_once() -> None:
    clock, entered = Clock(), list[str]()
    limiter = Limiter(ProviderLoad(requests_per_minute=1), clock=clock)
    tasks = [asyncio.create_task(_enter(limiter, entered, name)) for name in "abc"]
    await _settle()

    limiter.configure(ProviderLoad(requests_per_minute=2))
    await _settle()
    assert entered == ["a", "b"]
    limiter.configure(ProviderLoad())
    await asyncio.gather(*tasks)
    assert entered == ["a", "b", "c"]


async def test_waiting_is_told_with_its_reason() -> None:
    limiter, told = Limiter(ProviderLoad(calls_at_once=1)), list[str]()
    release = asyncio.Event()

    async def hold() -> None:
        async with limiter.turn():
            await release.wait()

    def on_wait(reason: str) -> None:
        told.append(reason)
        release.set()

    async def wait() -> Turn:
        async with limiter.turn(on_wait=on_wait) as turn:
            return turn

    await asyncio.gather(hold(), wait())

    assert told == ["1 at the same time"]


# -- the circuit ----------------------------------------------------------------------------------


def broken(clock: Clock, failures: int = 3) -> CircuitBreaker:
    breaker = CircuitBreaker("local", failures=failures, rest_seconds=30, clock=clock)
    for _ in range(failures):
        breaker.enter()
        breaker.failed("It burns.")
    return breaker


def test_it_opens_after_so_many_faults_in_a_row() -> None:
    breaker = CircuitBreaker("local", failures=2, rest_seconds=30, clock=Clock())

    breaker.failed("It burns.")
    breaker.succeeded()
    breaker.failed("It burns.")
    breaker.enter()
    breaker.failed("It burns.")

    with pytest.raises(CircuitOpenError, match=r"'local' has failed 2 times in a row.*It burns\.") as caught:
        breaker.enter()
    assert "tried again in 30 s" in caught.value.hint


def test_after_a_rest_one_call_tries_and_closes_it() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 31

    breaker.enter()
    with pytest.raises(CircuitOpenError) as caught:
        breaker.enter()
    assert "at this moment" in caught.value.hint
    breaker.succeeded()

    breaker.enter()
    assert not breaker.is_open


def test_a_failed_try_opens_it_again() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 31
    breaker.enter()
    breaker.failed("Still burning.")

    with pytest.raises(CircuitOpenError, match="Still burning"):
        breaker.enter()


def test_a_try_that_was_given_up_lets_the_next_one_try() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 31
    breaker.enter()
    breaker.broken_off()

    breaker.enter()
