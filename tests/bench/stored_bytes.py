"""What a run stores: bytes of the journal, of events and of the trace, by the number of its turns.

Each turn calls one tool, whose output has 500 bytes. Counted is what stands in the columns of all rows of the run,
and for the last one how much the file has grown, with indexes and what SQLite needs for itself.
"""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from core.bootstrap import Core
from core.organization.spec import AgentSpec, FunctionToolSpec, Organization, RunSettings, UsesLink
from tests.bench.figures import Figure, figure_of, print_table
from tests.support.studio import (
    ScriptedModel,
    assistant_message,
    function_call,
    open_studio,
    scripted,
    wait_for_run,
)

TURNS = (1, 10, 50, 100)
OUTPUT_BYTES = 500
GOAL_KB = 1_000.0
_TABLES = {
    "journal": "SELECT * FROM journal WHERE run_id = :run",
    "events": "SELECT * FROM event WHERE run_id = :run",
    "spans": "SELECT * FROM span WHERE run_id = :run",
    "payloads": "SELECT p.* FROM span_payload p JOIN span s ON s.id = p.span_id WHERE s.run_id = :run",
    "blobs": "SELECT * FROM blob",
}


def page(number: int) -> str:
    """Read a page."""
    return f"Page {number}: ".ljust(OUTPUT_BYTES, "x")


def organization() -> Organization:
    """A reader that calls one tool a turn."""
    return Organization(
        name="Reader",
        entry="reader",
        agents=[AgentSpec(name="reader", instructions="Read page after page, and say what was in them.")],
        tools=[FunctionToolSpec(name="page", function="tests.bench.stored_bytes:page", effect="reads")],
        links=[UsesLink(source="reader", target="page")],
        run=RunSettings(max_turns=1000, timeout_seconds=600),
    )


def figures() -> list[Figure]:
    """Kilobytes in all by number of turns, and what they are made of for the most turns."""
    found = []
    for turns in TURNS:
        parts, grown = stored(turns)
        goal = GOAL_KB if turns == TURNS[-1] else None
        found.append(figure_of(f"Stored by {turns} turns", [sum(parts.values()) / 1e3], unit="kB", goal=goal))
    found += [figure_of(f"  {name}", [size / 1e3], unit="kB") for name, size in parts.items()]
    return [*found, figure_of("  the file has grown by", [grown / 1e3], unit="kB", goal=GOAL_KB)]


def stored(turns: int) -> tuple[dict[str, int], int]:
    """Bytes of one run in a database of its own by kind of row, and by how much the file has grown."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "studio.db"
        with open_studio(Path(folder), _model(turns)) as core:
            organization_id = core.organizations.create(organization())
            before = _file_bytes(path)
            run_id = _run(core, organization_id)
        with closing(sqlite3.connect(path)) as db:
            parts = {
                name: sum(_bytes(value) for row in db.execute(query, {"run": run_id}) for value in row)
                for name, query in _TABLES.items()
                if name != "blobs"
            }
            parts["blobs"] = sum(_bytes(value) for row in db.execute(_TABLES["blobs"]) for value in row)
        return parts, _file_bytes(path) - before


def _run(core: Core, organization_id: str) -> str:
    run = wait_for_run(core, core.runs.start(organization_id, "Read the book."))
    assert run.status == "completed", run.error_message
    return run.id


def _model(turns: int) -> ScriptedModel:
    calls = [function_call("page", {"number": turn}, call_id=f"call_{turn:032}") for turn in range(1, turns)]
    return scripted(*calls, assistant_message("It was all about bicycles."))


def _bytes(value: object) -> int:
    match value:
        case bytes():
            return len(value)
        case str():
            return len(value.encode())
        case None:
            return 0
        case _:
            return 8


def _file_bytes(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


if __name__ == "__main__":
    print_table(figures())
