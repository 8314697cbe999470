"""Runs as they are listed and headed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from core.records import RunRecord
from studio.view_models.numbers import NOTHING, count, duration, money, seconds_between
from studio.view_models.relative_time import exact, relative
from studio.view_models.replay_words import NOTHING_PAID, tag_words
from studio.view_models.status import status_look

AT_WORK = frozenset({"queued", "running"})
FILTERS = ("running", "queued", "waiting", "paused", "completed", "failed", "cancelled")
"""Statuses in the order in which they are offered."""
COLUMNS = {
    "status": "Status",
    "input": "Input",
    "organization": "Organization",
    "model": "Model",
    "started": "Started",
    "duration": "Duration",
    "tokens": "Tokens",
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value; `more` is shown on hover."""

    name: str
    value: str
    more: str = ""


def run_rows(runs: Iterable[RunRecord], *, now: datetime, zone: tzinfo | None = None) -> list[Row]:
    """One mapping of texts for each run."""
    return [_row(run, now, zone) for run in runs]


def offered_statuses(counts: Mapping[str, int], chosen: str | None) -> list[str]:
    """Statuses that some run has, and the chosen one."""
    return [status for status in FILTERS if counts.get(status) or status == chosen]


def one_line(text: str, limit: int = 200) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def run_seconds(run: RunRecord, now: datetime) -> float | None:
    """Seconds from the start to the end, so far for runs that are not over; None before the start."""
    return seconds_between(run.started_at, run.ended_at or now)


def model_words(run: RunRecord) -> str:
    """The model that was forced for all agents, else that each used its own; a replay uses none."""
    return run.model or ("none asked" if run.cassette_id else "as designed")


def revision_words(run: RunRecord) -> str:
    """`Customer support · r3`."""
    return f"{run.organization_name} · r{run.revision_number}"


def run_facts(run: RunRecord, *, now: datetime, zone: tzinfo | None = None) -> list[Fact]:
    """What is told of a run at its top."""
    begun = run.started_at or run.created_at
    overrides = ", ".join(f"{name} {value}" for name, value in run.overrides.items())
    # They are written when the run first stops: until then 0 would be wrong.
    counted = run.requests or run.ended
    facts = [
        Fact("Started", relative(begun, now), exact(begun, zone)),
        Fact("Duration", duration(run_seconds(run, now)), "" if run.ended else "so far"),
        Fact("Model requests", count(run.requests) if counted else NOTHING),
        Fact("Tokens", f"{run.input_tokens:,} in · {run.output_tokens:,} out" if counted else NOTHING),
        *_cost(run),
        Fact("Model", model_words(run), overrides),
    ]
    if run.last_agent:
        facts.append(Fact("Last agent", run.last_agent))
    return facts


def _cost(run: RunRecord) -> list[Fact]:
    if run.cassette_id:
        return [Fact("Cost", "nothing was paid", NOTHING_PAID)]
    return [Fact("Cost", money(run.cost), "By the prices on the Settings page")] if run.cost else []


def _row(run: RunRecord, now: datetime, zone: tzinfo | None) -> Row:
    look = status_look(run.status)
    begun = run.started_at or run.created_at
    tokens = run.input_tokens + run.output_tokens
    tag = tag_words(run)
    return {
        "id": run.id,
        "href": f"runs?run={run.id}",
        "cells": {
            "status": cell(
                look.word, icon=look.icon.removeprefix(":material/").removesuffix(":"), colour=look.colour
            ),
            # In a narrow list only the input is shown.
            "input": cell(
                f"{'Replay: ' if run.cassette_id else ''}{one_line(run.input)}", title=one_line(run.input, 600)
            ),
            "organization": cell(run.organization_name, quiet=f"r{run.revision_number}"),
            "model": cell(model_words(run), tag=tag, title=NOTHING_PAID if run.cassette_id else ""),
            "started": cell(relative(begun, now), title=exact(begun, zone)),
            "duration": cell(duration(run_seconds(run, now))),
            "tokens": cell(
                count(tokens) if tokens or run.ended else NOTHING,
                title=f"{run.input_tokens:,} in, {run.output_tokens:,} out",
            ),
        },
    }


def cell(text: str, **more: str) -> dict[str, str]:
    """A cell of a list: `icon`, `colour`, `quiet`, `tag` and `title` may be added to its text."""
    return {"text": text, **{name: value for name, value in more.items() if value}}
