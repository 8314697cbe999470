"""The catalogue of patterns: organizations to start from, with what they are good and not good for."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from core.errors import NotFoundError
from core.organization.files import validated
from core.organization.reading import read_document
from core.organization.spec import Organization, Spec

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "patterns"
"""Beside the packages, in a checkout and in an installed wheel alike."""


Group = Literal["organization", "workflow", "data flow", "integration", "deployment", "combination"]


class Variant(Spec):
    """Another organization that shows the same pattern."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    summary: str
    """One sentence: what is different."""
    organization: Organization


class Pattern(Spec):
    """One entry of the catalogue."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    number: int
    """Its number among the 25 patterns; the combinations follow."""
    group: Group
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
    not_yet: str = ""
    """A sentence on what belongs to the pattern and is not part of Troupe yet."""
    page: Literal["", "batch", "triggers"] = ""
    """The page of the studio on which more of it is done, if any."""
    combines: list[str] = Field(default_factory=list)
    """Of a combination, the ids of its patterns."""
    organization: Organization
    variants: list[Variant] = Field(default_factory=list)

    def variant(self, variant_id: str) -> Organization:
        """The organization of that variant, or the pattern's own for an empty id. Raises NotFoundError."""
        if not variant_id:
            return self.organization
        for candidate in self.variants:
            if candidate.id == variant_id:
                return candidate.organization
        raise NotFoundError("variant", variant_id, known=[known.id for known in self.variants])


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
    patterns = [_read(path) for path in FOLDER.glob("[0-9]*.yaml")]
    return tuple(sorted(patterns, key=lambda pattern: pattern.number))


def _read(path: Path) -> Pattern:
    return validated(read_document(path.read_text(encoding="utf-8"), source=path.name), Pattern)
