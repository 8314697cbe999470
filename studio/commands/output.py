"""What commands print: tables for people, JSON lines for programs."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson


def print_json(value: Any) -> None:
    """One JSON object on one line, at once."""
    print(orjson.dumps(value, default=str).decode(), flush=True)


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Aligned columns under their names."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def one_line(text: str, limit: int = 60) -> str:
    """The text on one line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
