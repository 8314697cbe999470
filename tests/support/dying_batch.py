"""A process that works through a batch and is killed at a chosen moment. Its tool notes its effects in a table."""

import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from agents.testing import function_call

from core.organization.spec import AgentSpec, FunctionToolSpec, Organization, UsesLink
from core.store import batches as store
from core.store.batches import Outcome
from core.store.database import FastConnection
from tests.support.batches import numbered
from tests.support.cast import Call, Cast
from tests.support.studio import open_studio, until

LEDGER = "STUDIO_TEST_LEDGER"
DIE = "STUDIO_TEST_DIE"
ROWS, AT_ONCE = 12, 3


def note(what: str) -> str:
    """Note an effect."""
    with sqlite3.connect(os.environ[LEDGER]) as ledger:
        ledger.execute("create table if not exists effect (what text)")
        ledger.execute("insert into effect values (?)", [what])
    _die_at(f"after {what}")
    return f"Noted {what}."


def effects(ledger: Path) -> list[str]:
    """What was done, in order."""
    with sqlite3.connect(ledger) as connection:
        return [what for (what,) in connection.execute("select what from effect")]


def cast() -> Cast:
    """A clerk who notes each row."""
    return Cast(clerk=_clerk)


def _clerk(call: Call) -> Any:
    if isinstance(call.input, str):
        row = call.input
    else:
        row = str(call.input[0]["content"])
        if call.input[-1].get("type") == "function_call_output":
            return f"done: {row}"
    _die_at(f"asking {row}")
    return function_call("note", {"what": row}, call_id=f"note {row}")


def _organization() -> Organization:
    tool = FunctionToolSpec(name="note", function="tests.support.dying_batch:note", effect="writes")
    return Organization(
        name="Notes",
        entry="clerk",
        agents=[AgentSpec(name="clerk", instructions="You are clerk.")],
        tools=[tool],
        links=[UsesLink(source="clerk", target="note")],
    )


def _die_while_starting() -> None:
    """At the third time that rows are started, their runs are queued and nothing is noted of it."""
    settle, times = store.settle_rows, iter(range(3))

    def dying(connection: FastConnection, batch_id: str, outcomes: list[Outcome]) -> None:
        if next(times) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        settle(connection, batch_id, outcomes)

    store.settle_rows = dying


def _die_at(moment: str) -> None:
    if os.environ.get(DIE) == moment:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Work until killed."""
    if os.environ[DIE] == "starting":
        _die_while_starting()
    with open_studio(Path(sys.argv[1]), cast()) as core:
        batch_id = core.batches.start(
            core.organizations.create(_organization()), numbered(core, ROWS), concurrency=AT_ONCE
        )
        print(batch_id, flush=True)
        until(lambda: core.batches.get(batch_id).status == "completed", seconds=60)


if __name__ == "__main__":
    main()
