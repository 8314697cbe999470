"""How moments are written: near ones relative to now, and exact ones for whoever asks."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def relative(moment: datetime | None, now: datetime) -> str:
    """`just now`, `40 s ago`, `5 min ago`, `3 h ago`, `2 d ago`, and the date after a week."""
    if moment is None:
        return "–"
    seconds = (now - moment).total_seconds()
    if seconds < 5:
        return "just now"
    if seconds < MINUTE:
        return f"{seconds:.0f} s ago"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min ago"
    if seconds < DAY:
        return f"{seconds // HOUR:.0f} h ago"
    if seconds < 7 * DAY:
        return f"{seconds // DAY:.0f} d ago"
    return f"{moment.day} {moment:%b %Y}"


def exact(moment: datetime | None, zone: tzinfo | None = None) -> str:
    """`2026-11-20 09:00:03 UTC`, in the time zone of the reader when it is known."""
    if moment is None:
        return "–"
    local = moment.astimezone(zone) if zone else moment
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname() or ''}".rstrip()


def zone_named(name: str | None) -> tzinfo | None:
    """The time zone that a browser tells; None when it tells none, or one that is not known here."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError):
        return None
