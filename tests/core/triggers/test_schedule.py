"""Times of schedules: across changes of the clock, and after times at which nobody looked."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.errors import InvalidInputError
from core.triggers.schedule import MOST_MISSED, check_schedule, due_times, next_times, schedule_words
from core.triggers.spec import ScheduleSource

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)


def daily(cron: str, **options: object) -> ScheduleSource:
    return ScheduleSource.model_validate({"cron": cron, "zone": "Europe/Berlin", **options})


def test_a_time_that_spring_leaves_out_comes_right_after_the_change() -> None:
    times = next_times(daily("30 2 * * *"), after=SPRING, count=3)

    assert [time.isoformat() for time in times] == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
        "2026-03-31T02:30:00+02:00",
    ]


def test_a_time_that_autumn_doubles_comes_once_and_every_hour_comes_twice() -> None:
    once = next_times(daily("30 2 * * *"), after=AUTUMN, count=2)
    hourly = next_times(daily("0 * * * *"), after=datetime(2026, 10, 24, 23, 30, tzinfo=UTC), count=3)

    assert [time.isoformat() for time in once] == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]
    assert [time.isoformat() for time in hourly] == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
    ]


def test_between_the_doubled_hours_nothing_comes_that_is_past() -> None:
    second_two_fifteen = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)

    (time,) = next_times(daily("30 2 * * *"), after=second_two_fifteen, count=1)

    assert time.isoformat() == "2026-10-26T02:30:00+01:00"


@pytest.mark.parametrize("cron", ["30 2 * * *", "0 * * * *", "*/15 2 * * *", "0 9 * * 1-5", "59 1,2,3 * * *"])
@pytest.mark.parametrize("begin", [SPRING, AUTUMN])
def test_what_is_due_is_what_was_announced(cron: str, begin: datetime) -> None:
    """Looked at every seven minutes, each announced time runs exactly once."""
    source, end = daily(cron, missed="all"), begin + timedelta(days=2)
    announced = [time.astimezone(UTC) for time in next_times(source, after=begin, count=200)]
    ran: list[datetime] = []
    looked = begin
    while looked < end:
        now = looked + timedelta(minutes=7)
        ran += due_times(source, watched_until=looked, now=now)
        looked = now

    assert ran == [time for time in announced if time <= looked]


@pytest.mark.parametrize(
    ("missed", "due"),
    [("all", ["12:10", "12:20", "12:30"]), ("last", ["12:30"]), ("skip", [])],
)
def test_after_half_an_hour_without_anybody(missed: str, due: list[str]) -> None:
    source = ScheduleSource.model_validate({"cron": "*/10 * * * *", "missed": missed})

    found = due_times(source, watched_until=SPRING, now=SPRING + timedelta(minutes=35))

    assert [f"{time:%H:%M}" for time in found] == due


@pytest.mark.parametrize("missed", ["all", "last", "skip"])
def test_a_time_that_has_just_come_runs_in_any_case(missed: str) -> None:
    source = ScheduleSource.model_validate({"cron": "*/10 * * * *", "missed": missed})
    at = SPRING + timedelta(minutes=10)

    for late in (timedelta(0), timedelta(seconds=0.4), timedelta(seconds=60)):
        assert due_times(source, watched_until=SPRING + timedelta(minutes=9), now=at + late) == [at]
    assert due_times(source, watched_until=at, now=at + timedelta(seconds=30)) == []
    assert due_times(source, watched_until=SPRING, now=at - timedelta(microseconds=1)) == []


def test_a_year_of_minutes_gives_the_newest_ones() -> None:
    source = ScheduleSource(cron="* * * * *", missed="all")

    found = due_times(source, watched_until=SPRING - timedelta(days=365), now=SPRING)

    assert (len(found), found[-1]) == (MOST_MISSED, SPRING)


@pytest.mark.parametrize(
    ("cron", "zone", "message"),
    [
        ("61 * * * *", "UTC", "bad minute"),
        ("* * * *", "UTC", "4 fields, not 5"),
        ("* * * * * *", "UTC", "6 fields, not 5"),
        ("", "UTC", "0 fields"),
        ("0 0 30 2 *", "UTC", "bad day-of-month"),
        ("0 9 * * *", "Mars/Olympus", "no time zone 'Mars/Olympus'"),
        ("0 9 * * *", "../etc/passwd", "no time zone"),
        ("0 9 * * *", "", "no time zone"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(cron: str, zone: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        check_schedule(ScheduleSource(cron=cron, zone=zone))


def test_a_schedule_in_words() -> None:
    assert schedule_words(daily("0 9 * * 1-5")) == "At 09:00 on Monday through Friday"
