"""Tests of revisions and how they went, in words."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, tzinfo

from core.cassettes.cassette import Cassette
from core.cassettes.differences import Change, Difference
from core.records import Standing, TestOutcome
from studio.view_models.numbers import count, counted
from studio.view_models.relative_time import exact, relative
from studio.view_models.run_rows import Fact
from studio.view_models.status import StatusLook

OUTCOMES: dict[TestOutcome, StatusLook] = {
    "running": StatusLook(":material/progress_activity:", "Running", "blue"),
    "differs": StatusLook(":material/difference:", "Differs", "red"),
    "passed": StatusLook(":material/check_circle:", "Passed", "green"),
    "stopped": StatusLook(":material/cancel:", "Stopped", "gray"),
    "never": StatusLook(":material/radio_button_unchecked:", "Never run", "gray"),
}
"""In the order in which they are told."""


def outcome_words(standing: Standing) -> str:
    """`differs in 2 places`."""
    word = OUTCOMES[standing.outcome].word.lower()
    return f"{word} in {counted(standing.differences, 'place')}" if standing.differences else word


def summary_words(outcomes: Iterable[TestOutcome]) -> str:
    """`1 differs, 2 passed`."""
    counts = Counter(outcomes)
    return ", ".join(f"{counts[each]:,} {look.word.lower()}" for each, look in OUTCOMES.items() if counts[each])


def merged(found: Iterable[Difference]) -> list[tuple[str, list[Change]]]:
    """Headings with their lines; what is told of several model calls in the same words, once."""
    told: dict[tuple[str, ...], tuple[Difference, int]] = {}
    for each in found:
        key = (each.kind, each.what, *(f"{change.sign}{change.text}" for change in each.changes))
        told[key] = (each, told[key][1] + 1 if key in told else 1)
    return [
        (f"{each.what}, in {times} model calls" if times > 1 else each.what, each.changes)
        for each, times in told.values()
    ]


def difference_lines(found: Iterable[Difference]) -> list[str]:
    """Differences as lines for a terminal: a heading, and below it what was (-) and what is (+)."""
    lines = []
    for heading, changes in merged(found):
        lines.append(f"  {heading}")
        lines += [f"    {change.sign} {change.text}".rstrip() for change in changes]
    return lines


def recorded_facts(cassette: Cassette, *, now: datetime, zone: tzinfo | None = None) -> list[Fact]:
    """What a test holds, in figures."""
    kinds = Counter(each.kind for each in cassette.recorded)
    facts = [
        Fact("Recorded", relative(cassette.recorded_at, now), exact(cassette.recorded_at, zone)),
        Fact("Revision", f"{cassette.organization} r{cassette.revision}"),
        Fact("Answers of models", count(kinds["answer"] + kinds["failure"]), "Failed calls are among them"),
        Fact("Results of tools", count(kinds["result"])),
        Fact("Decisions of people", count(len(cassette.decisions))),
    ]
    if cassette.history:
        facts.append(Fact("Turns before it", count(len(cassette.history))))
    return facts
