"""What commands print: answers and JSON lines on standard output, what surrounds them on standard error."""

import io
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def adapt_to_terminal() -> None:
    """Show a mark instead of failing for characters that the terminal does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str, *, end: str = "\n") -> None:
    """Words on standard output, at once."""
    # What a model says may hold control sequences, which would act on the terminal.
    _write(sys.stdout, _CONTROL.sub("�", text) + end)


def tell(text: str) -> None:
    """A line beside the answer, on standard error."""
    _write(sys.stderr, _CONTROL.sub("�", text) + "\n")


def print_json(value: Any) -> None:
    """One JSON object on one line, at once."""
    line = orjson.dumps(value, default=str).decode()
    if not _is_utf8(sys.stdout):
        line = json.dumps(json.loads(line))
    _write(sys.stdout, f"{line}\n")


def print_document(text: str) -> None:
    """A whole document, in UTF-8 whatever the terminal's own encoding is: it is read again as UTF-8."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    _write(sys.stdout, text)


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Aligned columns under their names."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def one_line(text: str, limit: int = 60) -> str:
    """The text on one line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _is_utf8(stream: Any) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") in {"utf8", "utf_8"}


def _write(stream: Any, text: str) -> None:
    if stream is None:
        # Closed from the start (`>&-`).
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # The reader has gone (`| head`). A run goes on all the same, as it does when a tab is closed.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
