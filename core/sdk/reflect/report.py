"""What an import gives: an organization, and what became of everything that was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from core.errors import TroupeError
from core.organization.spec import Organization

Fate = Literal["carried", "approximated", "not_carried"]

ORGANIZATION = "Organization"
UNKNOWN_FIELD = "unknown field"
"""What an entry is called that stands for a field which this version does not know, and keeps."""


class ImportProblemError(TroupeError):
    """Something that was given for import cannot be read, or holds no organization."""

    code = "import"


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one thing."""

    fate: Fate
    what: str
    """The thing, as `agent 'Triage'`."""
    where: str = ""
    """`file:line`, or only the file."""
    note: str = ""
    """What is different now, or why it was left out."""


@dataclass(frozen=True, slots=True)
class Imported:
    """An organization, and the report on how it came about."""

    organization: Organization
    report: tuple[Entry, ...] = ()
    source: str = ""
    """What kind of thing was read, in words."""

    def of_fate(self, fate: Fate) -> list[Entry]:
        """The entries of one fate, in their order."""
        return [entry for entry in self.report if entry.fate == fate]


@dataclass(slots=True)
class Report:
    """Collects entries while something is read."""

    entries: list[Entry] = field(default_factory=list)

    def carried(self, what: str, where: str = "", note: str = "") -> None:
        self._add(Entry("carried", what, where, note))

    def approximated(self, what: str, where: str = "", note: str = "") -> None:
        self._add(Entry("approximated", what, where, note))

    def not_carried(self, what: str, where: str = "", note: str = "") -> None:
        self._add(Entry("not_carried", what, where, note))

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)

    def finished(self) -> tuple[Entry, ...]:
        """Everything once, in the order in which it was found."""
        return tuple(dict.fromkeys(self.entries))


def joined(words: Sequence[str]) -> str:
    """Words as a list in a sentence: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
