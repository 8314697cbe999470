"""Tests as they are listed, filtered and counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any
from zlib import crc32

from core.records import Standing, StoredTest
from studio.view_models.batch_progress import Part, Progress
from studio.view_models.numbers import counted
from studio.view_models.relative_time import exact, relative
from studio.view_models.revision_test_words import OUTCOMES
from studio.view_models.run_rows import cell

COLUMNS = {
    "state": "Last time",
    "test": "Test",
    "organization": "Organization",
    "revision": "With",
    "differences": "Different",
    "last": "Run",
}


def rows_of_tests(
    standings: Iterable[Standing], *, now: datetime, zone: tzinfo | None = None
) -> list[dict[str, Any]]:
    """One mapping of texts for each test."""
    return [_row(each, now, zone) for each in standings]


def fitting(
    standings: Iterable[Standing], *, outcome: str = "", text: str = "", organization_id: str = ""
) -> list[Standing]:
    """Those that fit what is not empty."""
    words = text.casefold().split()
    return [
        each
        for each in standings
        if (not outcome or each.outcome == outcome)
        and (not organization_id or each.test.organization_id == organization_id)
        and all(word in each.test.name.casefold() for word in words)
    ]


def offered_outcomes(standings: Sequence[Standing], chosen: str, *, everything: str) -> dict[str, str]:
    """Outcomes that some test has, and the chosen one, with their numbers."""
    counts = Counter(each.outcome for each in standings)
    words = {everything: f"All {len(standings):,}"}
    for name, look in OUTCOMES.items():
        if counts[name] or name == chosen:
            words[name] = f"{look.icon} {look.word} {counts[name]:,}"
    return words


def progress_of_tests(standings: Sequence[Standing]) -> Progress:
    """How far tests are that are run, as the browser draws it; at rest how they went."""
    counts = Counter(each.outcome for each in standings)
    ran = [each for each in standings if each.run is not None]
    runs = " ".join(f"{each.test.id} {each.outcome} {each.run.id if each.run else ''}" for each in standings)
    return Progress(
        state=f"{crc32(runs.encode()):08x}",
        word="Running" if counts["running"] else "Run so far",
        ended=len(ran) - counts["running"],
        total=len(standings),
        noun="tests",
        parts=[
            Part(
                status="pending" if name == "never" else name,
                word=look.word.lower(),
                count=counts[name],
                colour=look.colour,
            )
            for name, look in OUTCOMES.items()
            if counts[name]
        ],
        speed="",
        left="",
    )


def titles(tests: Iterable[StoredTest]) -> dict[str, str]:
    """What tests are called where those of several organizations are chosen from, by their ids."""
    return {test.id: f"{test.name} · {test.organization_name}" for test in tests}


def _row(standing: Standing, now: datetime, zone: tzinfo | None) -> dict[str, Any]:
    look, test, run = OUTCOMES[standing.outcome], standing.test, standing.run
    begun = run.created_at if run else None
    return {
        "id": test.id,
        "href": f"tests?test={test.id}",
        "cells": {
            "state": cell(
                look.word, icon=look.icon.removeprefix(":material/").removesuffix(":"), colour=look.colour
            ),
            "test": cell(test.name, title=test.name, tag="" if test.same_questions else "course only"),
            "organization": cell(test.organization_name),
            "revision": cell(f"r{run.revision_number}" if run else "–"),
            "differences": cell(counted(standing.differences, "place") if standing.differences else ""),
            "last": cell(relative(begun, now), title=exact(begun, zone)),
        },
    }
