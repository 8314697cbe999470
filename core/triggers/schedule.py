"""The times of a schedule: cron expressions in a time zone, as Debian's cron understands them.

A time that the change to summer time leaves out comes right after the change; one that comes twice in autumn
counts once, unless the expression says `*` for minute or hour.
"""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import InvalidInputError
from core.triggers.spec import ScheduleSource

LATE = timedelta(seconds=90)
"""A time that is looked at later than this was missed."""
_LONGEST_FOLD = timedelta(hours=2)
MOST_MISSED = 1_000
"""So many missed times run at most, the newest ones."""


def check_schedule(source: ScheduleSource) -> None:
    """Raises InvalidInputError when there is no such zone, or the expression cannot be read or is never true."""
    _zone(source)
    if len(source.cron.split()) != 5:
        raise InvalidInputError(
            f"'{source.cron}' has {len(source.cron.split())} fields, not 5.",
            hint="Write minute, hour, day, month and day of the week, for example 0 9 * * 1-5.",
        )
    next_times(source, after=datetime.now(UTC), count=1)


def next_times(source: ScheduleSource, *, after: datetime, count: int = 5) -> list[datetime]:
    """The next times after a moment, in the schedule's zone. Raises InvalidInputError as `check_schedule` does."""
    from cronsim import CronSim, CronSimError

    local = after.astimezone(_zone(source))
    try:
        # In the doubled hour of autumn it begins with times of the first one.
        later = (time for time in CronSim(source.cron, local) if time.astimezone(UTC) > after)
        found = list(islice(later, count))
    except CronSimError as error:
        raise InvalidInputError(
            f"'{source.cron}' is no cron expression: {str(error)[:1].lower()}{str(error)[1:]}.",
            hint="Write minute, hour, day, month and day of the week, for example 0 9 * * 1-5.",
        ) from error
    if not found:
        raise InvalidInputError(f"'{source.cron}' never comes true.", hint="Check its day and month.")
    return found


def due_times(source: ScheduleSource, *, watched_until: datetime, now: datetime) -> list[datetime]:
    """Which times after `watched_until` are to run now, oldest first, in UTC."""
    from cronsim import CronSim

    # A fraction of a second makes it begin with `now` itself.
    local = now.replace(microsecond=1).astimezone(_zone(source))
    if local.fold:
        # By the clock on the wall, the end of the first of two equal hours is later than now.
        local = (now.replace(microsecond=1) + _LONGEST_FOLD).astimezone(_zone(source))
    most = {"skip": MOST_MISSED, "last": 1, "all": MOST_MISSED}[source.missed]
    earliest = max(watched_until, now - LATE) if source.missed == "skip" else watched_until
    due: list[datetime] = []
    for time in CronSim(source.cron, local, reverse=True):
        at = time.astimezone(UTC)
        if at <= earliest or len(due) == most:
            break
        if at <= now:
            due.append(at)
    return due[::-1]


def schedule_words(source: ScheduleSource) -> str:
    """The expression in words: `At 09:00 on Monday through Friday`."""
    from cronsim import CronSim

    return CronSim(source.cron, datetime.now(UTC)).explain()


def _zone(source: ScheduleSource) -> ZoneInfo:
    try:
        return ZoneInfo(source.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInputError(
            f"There is no time zone '{source.zone}'.", hint="Choose one such as Europe/Berlin, or UTC."
        ) from error
