"""What one line of a file became."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1. Without data it is empty, or could not be read: then `problem` says why."""

    number: int
    data: dict[str, Any] | None = None
    problem: str = ""
    left_out: bool = False


def read_plain_lines(text: TextIO) -> Iterator[Line]:
    """Each line is an input."""
    for number, line in enumerate(text, start=1):
        words = line.replace("\ufeff", "").strip()
        yield Line(number, {"input": words} if words else None)
