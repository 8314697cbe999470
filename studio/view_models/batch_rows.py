"""Batches and their rows as they are listed."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from core.records import BatchCounts, BatchLine, BatchRecord
from studio.view_models.batch_words import PARTS, ROW_WORDS, STATUS_WORDS, outcome_words
from studio.view_models.numbers import NOTHING, count, duration, seconds_between
from studio.view_models.relative_time import exact, relative
from studio.view_models.run_rows import cell, one_line
from studio.view_models.status import status_look

LIST_COLUMNS = {
    "status": "Status",
    "input": "Batch",
    "organization": "Organization",
    "rows": "Rows",
    "outcome": "Outcome",
    "started": "Started",
}
ROW_COLUMNS = {
    "row": "Row",
    "status": "Status",
    "input": "Input",
    "output": "Output",
    "duration": "Duration",
    "tokens": "Tokens",
}


def batch_rows(
    batches: Iterable[BatchRecord], *, now: datetime, zone: tzinfo | None = None
) -> list[dict[str, Any]]:
    """One mapping of texts for each batch."""
    return [_batch(batch, now, zone) for batch in batches]


def line_rows(lines: Iterable[BatchLine], *, now: datetime) -> list[dict[str, Any]]:
    """One mapping of texts for each row of a batch; those that have run lead to their run."""
    return [_line(line, now) for line in lines]


def offered(counts: BatchCounts, chosen: str) -> dict[str, str]:
    """Statuses that rows have, and the chosen one, with their numbers: `all` first."""
    found = {"all": f"All {counts.total:,}"}
    for name in PARTS:
        number = getattr(counts, name)
        if number or name == chosen:
            found[name] = f"{_icon(name)} {ROW_WORDS[name].capitalize()} {number:,}"
    return found


def _batch(batch: BatchRecord, now: datetime, zone: tzinfo | None) -> dict[str, Any]:
    like, word = STATUS_WORDS[batch.status]
    if batch.status == "completed" and batch.counts.failed:
        like, word = "failed", f"{batch.counts.failed:,} failed"
    look = status_look(like)
    words = outcome_words(batch.counts)
    return {
        "id": batch.id,
        "href": f"batch?batch={batch.id}",
        "cells": {
            "status": cell(word, icon=_symbol(look.icon), colour=look.colour),
            "input": cell(one_line(batch.name), title=batch.name),
            "organization": cell(batch.organization_name, quiet=f"r{batch.revision_number}"),
            "rows": cell(count(batch.rows)),
            "outcome": cell(words, title=words),
            "started": cell(relative(batch.created_at, now), title=exact(batch.created_at, zone)),
        },
    }


def _line(line: BatchLine, now: datetime) -> dict[str, Any]:
    pending = line.status == "pending"
    ran = line.run_id is not None and not pending
    tokens = line.input_tokens + line.output_tokens
    said = line.output if line.output is not None else line.error or ""
    more = f" {line.error_hint}" if line.error_hint and line.output is None else ""
    more += " (simulated)" if line.simulated else ""
    tries = f"attempt {line.attempts}" if line.attempts > 1 else ""
    seconds = seconds_between(line.started_at, line.ended_at or now)
    return {
        "id": line.run_id or f"row {line.position}",
        **({"href": f"runs?run={line.run_id}"} if ran else {}),
        "cells": {
            "row": cell(count(line.position)),
            "status": cell(
                "Left" if pending else status_look(line.status).word,
                icon=_symbol(_icon(line.status)),
                colour="gray" if pending else status_look(line.status).colour,
                title=tries,
            ),
            "input": cell(one_line(line.input) or NOTHING, title=one_line(line.input, 600)),
            "output": cell(one_line(said), title=one_line(said, 600) + more),
            "duration": cell(duration(seconds)),
            "tokens": cell(
                count(tokens) if tokens else NOTHING,
                title=f"{line.input_tokens:,} in, {line.output_tokens:,} out",
            ),
        },
    }


def _icon(status: str) -> str:
    return ":material/hourglass_empty:" if status == "pending" else status_look(status).icon


def _symbol(icon: str) -> str:
    return icon.removeprefix(":material/").removesuffix(":")
