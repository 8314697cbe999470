"""The progress of a batch as the browser draws it."""

from typing import TypedDict

from core.records import BatchPace, BatchRecord
from studio.view_models.batch_words import (
    PARTS,
    ROW_WORDS,
    STATUS_WORDS,
    seconds_left,
    speed_words,
)
from studio.view_models.numbers import duration
from studio.view_models.status import status_look


class Part(TypedDict):
    """Rows, or whatever is counted, of one status: a piece of the bar and a number below it."""

    status: str
    word: str
    count: int
    colour: str


class Progress(TypedDict):
    """`state` changes when any row does, so that whoever has drawn another one draws again; `noun` is what is
    counted."""

    state: str
    word: str
    ended: int
    total: int
    noun: str
    parts: list[Part]
    speed: str
    left: str


def batch_progress(batch: BatchRecord, pace: BatchPace) -> Progress:
    """How far it is, how fast, and how long still."""
    counts = batch.counts
    left = seconds_left(batch, pace)
    working = batch.status in ("running", "stopping")
    return Progress(
        state=f"{batch.status} " + " ".join(str(getattr(counts, name)) for name in PARTS),
        word=STATUS_WORDS[batch.status][1],
        ended=counts.ended,
        total=batch.rows,
        noun="rows",
        parts=[_part(name, getattr(counts, name)) for name in PARTS if getattr(counts, name)],
        speed=(speed_words(pace) or "no row has ended yet") if working else f"took {duration(pace.seconds)}",
        left=f"about {duration(left)} left" if left is not None else "",
    )


def _part(name: str, count: int) -> Part:
    colour = "gray" if name == "pending" else status_look(name).colour
    return Part(status=name, word=ROW_WORDS[name], count=count, colour=colour)
