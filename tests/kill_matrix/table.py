"""The table of results: rows gather over several runs of the matrix."""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Self

from core.ids import utc_now
from tests.kill_matrix.compare import Result
from tests.kill_matrix.points import POINTS

RESULTS = Path(__file__).with_name("RESULTS.md")
_HEADING = """# Results of the kill matrix

Each row is one point at which the process of a run was killed with SIGKILL, so many times. Afterwards another
process took the run over, people decided what was asked, and it was counted: runs that did not come to the
end of an undisturbed run (*lost*), effects in a real table that happened more often than people had agreed to
(*doubles*), and every other difference from an undisturbed run (*faults*): numbers of events, facts told too
often or not at all, streamed text, what a watcher in a third process saw, model calls that were made although
their answers were recorded, tokens, the trace with what its spans carried, the conversation's history.
*Asked* counts the tries in which a person was asked whether a call had happened. Calls in doubt were approved
in one half of the tries and rejected in the other. *Seconds*: from the start of the recovery to the end of the
run, the median; models think for up to 70 ms a call in all of them. *Code*: the commit of `core` that was tried.

`uv run python -m tests.kill_matrix --times 20 [--postgres] [--points …]` writes this file; its points are in
`points.py`. Last change: {day}, on a machine with {cores} cores that was busy with other things as well.
"""
_TEAM = """
## Two workers and a page

On PostgreSQL, with workers whose leases last two seconds, and a process that starts the runs, decides and watches.
The worker that came to the point first was frozen (SIGSTOP) and went on when the other one had come to the end; or
its way to the database was cut for one and a half seconds, as a network does; or it was killed (SIGKILL). After it
had come back it was counted once more: it must not have told or done anything. *Seconds*: from the start of the
run, or from what the page did, to the end.
"""
_COLUMNS = """
| point | database | tries | lost | doubles | asked | faults | seconds | code |
|---|---|--:|--:|--:|--:|--:|--:|---|"""


@dataclass(slots=True)
class Row:
    """The tries of one point."""

    point: str
    database: str
    tries: int = 0
    lost: int = 0
    doubles: int = 0
    asked: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.point:52} {self.database:10} lost {self.lost} doubles {self.doubles} asked {self.asked} "
            f"faults {len(self.faults)}"
        )

    @property
    def wrong(self) -> bool:
        return bool(self.lost or self.doubles or self.faults)

    def add(self, result: Result) -> None:
        """Count one more try."""
        self.tries += 1
        self.lost += result.lost
        self.doubles += result.doubles
        self.asked += result.asked
        self.faults += result.faults
        self.seconds.append(result.seconds)


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it stands in the file."""

    point: str
    database: str
    counts: tuple[int, ...]
    """Tries, lost, doubles, asked, faults."""
    rest: tuple[str, ...]
    """Seconds and code."""

    @classmethod
    def of(cls, row: Row, code: str) -> Self:
        counts = (row.tries, row.lost, row.doubles, row.asked, len(row.faults))
        return cls(row.point, row.database, counts, (f"{median(row.seconds):.2f}", code))

    @classmethod
    def read(cls, text: str) -> Self:
        point, database, *cells = [cell.strip() for cell in text.strip(" |").split("|")]
        return cls(point, database, tuple(map(int, cells[:5])), tuple(cells[5:]))

    def __str__(self) -> str:
        return f"| {' | '.join([self.point, self.database, *map(str, self.counts), *self.rest])} |"


def write_table(rows: list[Row]) -> None:
    """Put these rows in the place of older ones of the same points and databases."""
    code = _code()
    lines = {(line.point, line.database): line for line in [*_stored(), *(Line.of(row, code) for row in rows)]}
    names = list(POINTS)
    kept = sorted(
        (line for line in lines.values() if line.point in POINTS),
        key=lambda line: (line.database != "SQLite", names.index(line.point)),
    )
    alone = [line for line in kept if not POINTS[line.point].trouble]
    team = [line for line in kept if POINTS[line.point].trouble]
    heading = _HEADING.format(day=f"{utc_now():%Y-%m-%d}", cores=os.cpu_count())
    RESULTS.write_text(
        heading + _section(alone) + _untried(alone, "SQLite") + _TEAM + _section(team) + _untried(kept)
    )


def _untried(lines: list[Line], database: str = "PostgreSQL") -> str:
    """Which points have no row yet."""
    tried = {line.point for line in lines if line.database == database}
    missing = [name for name, point in POINTS.items() if name not in tried]
    if database == "SQLite":
        missing = [name for name in missing if not POINTS[name].trouble]
    return f"\nNot tried yet on {database}: {'; '.join(missing) or 'nothing'}.\n"


def _section(lines: list[Line]) -> str:
    sums = [sum(numbers) for numbers in zip(*(line.counts for line in lines), strict=True)] or [0] * 5
    total = f"| **all {len(lines)}** | | {' | '.join(f'**{count}**' for count in sums)} | | |"
    return "\n".join([_COLUMNS, *map(str, lines), total, ""])


def _stored() -> Iterable[Line]:
    text = RESULTS.read_text() if RESULTS.exists() else ""
    found = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| **")]
    return [Line.read(line) for line in found if not line.startswith("| point ")]


def _code() -> str:
    git = ["git", "log", "-1", "--format=%h", "--", "core"]
    found = subprocess.run(git, cwd=RESULTS.parents[2], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
