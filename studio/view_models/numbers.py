"""How numbers are written: counts, durations, sizes."""

from datetime import datetime

NOTHING = "–"
"""Stands where a number is not known, which is not the same as 0."""


def count(value: int | None) -> str:
    """`1,234`, or a dash when it is not known."""
    return NOTHING if value is None else f"{value:,}"


def counted(value: int, word: str, plural: str = "") -> str:
    """`1 turn`, `2 turns`."""
    return f"{value:,} {word if value == 1 else plural or word + 's'}"


def duration(seconds: float | None) -> str:
    """`40 ms`, `1.2 s`, `45 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h`; a dash when it is not known."""
    if seconds is None:
        return NOTHING
    seconds = max(0.0, seconds)
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    for size, word, smaller_size, smaller in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // smaller_size
            return f"{whole // size} {word} {rest} {smaller}" if rest else f"{whole // size} {word}"
    raise AssertionError("every whole number of seconds from 60 has a unit")


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from `start` to `end`; None when one of them is not known."""
    return None if start is None or end is None else (end - start).total_seconds()


def size(count_of_bytes: int) -> str:
    """`512 bytes`, `1.2 KB`, `3.4 MB` (of 1,000)."""
    if count_of_bytes < 1000:
        return counted(count_of_bytes, "byte")
    value, units = float(count_of_bytes), iter(("KB", "MB", "GB"))
    unit = ""
    while value >= 999.5 and unit != "GB":
        value, unit = value / 1000, next(units)
    return f"{value:.1f} {unit}" if value < 9.95 else f"{value:,.0f} {unit}"


def money(dollars: float | None) -> str:
    """`$0.0042`, `$0.31`, `$12.50`; a dash when it is not known."""
    if dollars is None:
        return NOTHING
    return f"${dollars:,.2f}" if dollars >= 0.1 or not dollars else f"${dollars:.2g}"
