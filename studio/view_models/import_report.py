"""What became of everything in an import, as words and rows."""

from collections.abc import Iterable

from core.services.imports import Arrival, Entry

FATES = {"not_carried": "Not carried", "approximated": "Approximated", "carried": "Carried"}
"""What needs a person first."""
SHOWN = 200
"""How many entries of one fate are listed."""


def summary(arrival: Arrival) -> str:
    """One line: what it was, and how much of it came along."""
    counts = [f"{arrival.count(fate)} {words.lower()}" for fate, words in reversed(FATES.items())]
    return f"{arrival.source}: {', '.join(counts)}"


def needs_a_look(arrival: Arrival) -> bool:
    """Whether something is different now, or was left out."""
    return any(entry.fate != "carried" for entry in arrival.report)


def rows(entries: Iterable[Entry], fate: str) -> list[dict[str, str]]:
    """The entries of one fate as rows of a table."""
    found = [entry for entry in entries if entry.fate == fate]
    return [{"What": entry.what, "Where": entry.where, "Note": entry.note} for entry in found[:SHOWN]]
