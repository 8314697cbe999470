"""The table of results: rows gather over several runs of the matrix."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.kill_matrix.points import POINTS
from tests.kill_matrix.tries import Result

RESULTS = Path(__file__).with_name("RESULTS.md")
_HEADING = """# Results of the kill matrix

Each row is one point at which the process of a run was killed with SIGKILL, so many times. Afterwards another
process took the run over, people decided what was asked, and it was counted: runs that did not come to the
end of an undisturbed run (*lost*), effects in a real table that happened more often than people had agreed to
(*doubles*), and every other difference from an undisturbed run (*faults*): numbers of events, facts told too
often or not at all, streamed text, what a watcher in a third process saw, model calls that were made although
their answers were recorded, tokens, the trace with what its spans carried, the conversation's history.
*Asked* counts the tries in which a person was asked whether a call had happened. Calls in doubt were approved
in one half of the tries and rejected in the other.

`python -m tests.kill_matrix` makes this file; its points are in `points.py`.
"""
_COLUMNS = "| point | database | tries | lost | doubles | asked | faults | recovery, median |"


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
    """Of each recovery."""

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
        self.seconds.append(round(result.seconds, 3))


def write_table(rows: list[Row]) -> None:
    """Put these rows in the place of older ones of the same points and databases."""
    known = {(row.point, row.database): row for row in _stored()}
    known |= {(row.point, row.database): row for row in rows}
    names = list(POINTS)
    kept = sorted(
        (row for row in known.values() if row.point in names),
        key=lambda row: (row.database, names.index(row.point)),
    )
    lines = [_HEADING, _COLUMNS, "|---|---|--:|--:|--:|--:|--:|--:|", *map(_line, kept), _sum(kept)]
    RESULTS.write_text("\n".join(lines) + "\n")
    _STORED.write_text(json.dumps([asdict(row) for row in kept]))


_STORED = RESULTS.with_suffix(".json")


def _stored() -> list[Row]:
    return [Row(**each) for each in json.loads(_STORED.read_text())] if _STORED.exists() else []


def _line(row: Row) -> str:
    middle = sorted(row.seconds)[len(row.seconds) // 2] if row.seconds else 0
    counts = f"{row.tries} | {row.lost} | {row.doubles} | {row.asked} | {len(row.faults)}"
    return f"| {row.point} | {row.database} | {counts} | {middle:.2f} s |"


def _sum(rows: list[Row]) -> str:
    counts = [sum(getattr(row, name) for row in rows) for name in ("tries", "lost", "doubles", "asked")]
    faults = sum(len(row.faults) for row in rows)
    return f"| **all {len(rows)}** | | {' | '.join(f'**{count}**' for count in [*counts, faults])} | |"
