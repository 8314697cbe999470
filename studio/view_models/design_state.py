"""What the top of the Design page says about an organization: saved, changed or broken."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from core.organization.problems import Problem
from core.records import OrganizationRecord

_MARKS = {"error": ":red[:material/error:]", "warning": ":orange[:material/warning:]"}


@dataclass(frozen=True, slots=True)
class DesignState:
    """`icon` is coloured markdown; the words say the same without colour."""

    icon: str
    words: str

    @property
    def markdown(self) -> str:
        return f"{self.icon} {self.words}"


def design_state(*, errors: int, changed: bool, saved: int | None, conflict: bool) -> DesignState:
    """`saved` is the number of the newest revision, None when there is none."""
    if conflict:
        return DesignState(":orange[:material/sync_problem:]", "Edited in another tab")
    if errors:
        return DesignState(_MARKS["error"], broken_words(errors))
    if saved is None:
        return DesignState(":material/edit_note:", "Not saved yet")
    if changed:
        return DesignState(":material/edit_note:", "Unsaved changes")
    return DesignState(":green[:material/check_circle:]", f"Saved as revision {saved}")


def broken_words(errors: int) -> str:
    """How many problems are in the way of a run."""
    return "1 problem keeps this from running" if errors == 1 else f"{errors} problems keep this from running"


def problem_mark(problem: Problem) -> str:
    """The icon of a problem's severity, as markdown."""
    return _MARKS[problem.severity]


def problems_of_part(problems: Sequence[Problem], owner: str, shown: Sequence[str]) -> Iterator[Problem]:
    """The problems of a node or link that stand under none of its `shown` fields."""
    for problem in problems:
        if problem.field == owner != "" or (problem.node == owner and problem.field not in shown):
            yield problem


def problem_target(problem: Problem, links: Sequence[str]) -> str:
    """What to select to mend a problem: a link's key or a node's name, empty for the organization."""
    return problem.field if problem.field in links else problem.node


def organization_caption(record: OrganizationRecord, now: datetime) -> str:
    """One line under an organization's name in a list."""
    state = f"Revision {record.latest_revision}" if record.latest_revision else "Not saved yet"
    draft = " · unsaved changes" if record.has_draft and record.latest_revision else ""
    return f"{state}{draft} · changed {ago(record.updated_at, now)}"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in words."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = max(0, (now - aware).total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def file_name(name: str, ending: str = "yaml") -> str:
    """A name for an exported file: `Customer support` becomes `customer-support.yaml`."""
    return f"{file_stem(name)}.{ending}"


def file_stem(name: str) -> str:
    """The same without an ending."""
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-") or "organization"
