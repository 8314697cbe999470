"""Batches in words: how far, how fast, and how long still."""

from core.records import BatchCounts, BatchPace, BatchRecord
from studio.view_models.numbers import duration

STATUS_WORDS = {
    "running": ("running", "Running"),
    "stopping": ("running", "Stopping"),
    "stopped": ("paused", "Stopped"),
    "waiting": ("waiting", "Waiting"),
    "completed": ("completed", "Done"),
}
"""Of each status of a batch: the run status that it looks like, and its word."""
PARTS = ("completed", "failed", "cancelled", "waiting", "paused", "running", "queued", "pending")
"""Statuses of rows in the order in which they are told."""
ROW_WORDS = {
    "completed": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
    "waiting": "waiting",
    "paused": "paused",
    "running": "running",
    "queued": "queued",
    "pending": "left",
}


def outcome_words(counts: BatchCounts) -> str:
    """`190 completed, 8 failed, 2 waiting`."""
    parts = [f"{getattr(counts, name):,} {ROW_WORDS[name]}" for name in PARTS if getattr(counts, name)]
    return ", ".join(parts) or "no rows"


def progress_words(batch: BatchRecord, pace: BatchPace) -> str:
    """`120 of 1,000 rows, 2 failed, 300 rows a minute, 2 min 56 s left`."""
    counts = batch.counts
    parts = [f"{counts.ended:,} of {batch.rows:,} rows"]
    if counts.failed:
        parts.append(f"{counts.failed:,} failed")
    if counts.for_people:
        parts.append(f"{counts.for_people:,} waiting")
    if speed := speed_words(pace):
        parts.append(speed)
    left = seconds_left(batch, pace)
    if left is not None:
        parts.append(f"{duration(left)} left")
    return ", ".join(parts)


def speed_words(pace: BatchPace) -> str:
    """`300 rows a minute`; nothing while it is not known."""
    speed = pace.per_minute
    if speed is None:
        return ""
    return f"{speed:,.0f} rows a minute" if speed >= 9.95 else f"{speed:.1f} rows a minute"


def seconds_left(batch: BatchRecord, pace: BatchPace) -> float | None:
    """How long it still takes at this pace; None when that cannot be told."""
    speed = pace.per_minute
    if batch.status != "running" or speed is None:
        return None
    return (batch.counts.pending + batch.counts.at_work) / speed * 60
