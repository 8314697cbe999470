"""Counts, durations, sizes and moments as people read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from studio.view_models.numbers import count, counted, duration, seconds_between, size
from studio.view_models.relative_time import exact, relative, zone_named

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (-0.2, "0 ms"),
        (0.04, "40 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (12_000, "3 h 20 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 KB"),
        (9_960, "10 KB"),
        (999_600, "1.0 MB"),
        (3_400_000, "3.4 MB"),
    ],
)
def test_sizes(number: int, text: str) -> None:
    assert size(number) == text


def test_an_unknown_count_is_not_zero() -> None:
    assert (count(None), count(0), count(1234)) == ("–", "0", "1,234")


def test_words_follow_their_number() -> None:
    assert [counted(1, "turn"), counted(2, "turn"), counted(2, "reply", "replies")] == [
        "1 turn",
        "2 turns",
        "2 replies",
    ]


def test_seconds_need_both_ends() -> None:
    assert seconds_between(NOW, NOW + timedelta(seconds=2)) == 2
    assert seconds_between(NOW, None) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (40, "40 s ago"),
        (119, "1 min ago"),
        (7_300, "2 h ago"),
        (200_000, "2 d ago"),
        (800_000, "11 Nov 2026"),
    ],
)
def test_near_moments_are_relative_to_now(seconds: int, text: str) -> None:
    assert relative(NOW - timedelta(seconds=seconds), NOW) == text


def test_exact_moments_are_told_in_the_zone_of_the_reader() -> None:
    assert exact(NOW) == "2026-11-20 09:00:00 UTC"
    assert exact(NOW, ZoneInfo("Europe/Berlin")) == "2026-11-20 10:00:00 CET"
    assert exact(None) == relative(None, NOW) == "–"


def test_a_zone_that_nobody_knows_is_none() -> None:
    assert zone_named("Europe/Berlin") == ZoneInfo("Europe/Berlin")
    assert zone_named("Middle/Earth") is None
    assert zone_named("../etc/passwd") is None
    assert zone_named(None) is None
