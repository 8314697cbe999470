"""The catalogue of patterns: organizations to start from, with what they are good and not good for."""

from functools import cache
from pathlib import Path

from pydantic import Field

from core.errors import NotFoundError
from core.organization.files import validated
from core.organization.reading import read_document
from core.organization.spec import Organization, Spec

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "patterns"
"""Beside the packages, in a checkout and in an installed wheel alike."""


class Pattern(Spec):
    """One entry of the catalogue."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    number: int
    """Its number among the 25 patterns."""
    title: str
    summary: str
    """One sentence for the card."""
    explanation: str
    """A paragraph: how it works."""
    when: list[str]
    """Situations that it fits."""
    pros: list[str]
    cons: list[str]
    look_at: list[str]
    """What to watch when it runs."""
    organization: Organization


def catalogue() -> list[Pattern]:
    """All patterns by their number."""
    return list(_patterns())


def pattern(pattern_id: str) -> Pattern:
    """The pattern with that id; NotFoundError names those that there are."""
    for candidate in catalogue():
        if candidate.id == pattern_id:
            return candidate
    raise NotFoundError("pattern", pattern_id, known=[known.id for known in catalogue()])


@cache
def _patterns() -> tuple[Pattern, ...]:
    patterns = [_read(path) for path in FOLDER.glob("*.yaml")]
    return tuple(sorted(patterns, key=lambda pattern: pattern.number))


def _read(path: Path) -> Pattern:
    return validated(read_document(path.read_text(encoding="utf-8"), source=path.name), Pattern)
