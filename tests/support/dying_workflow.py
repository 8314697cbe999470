"""A process that runs a workflow and is killed at a chosen moment. Its tools count their effects in a table."""

import asyncio
import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from agents.testing import function_call

from core.organization.spec import AlwaysApprove, FunctionToolSpec, Organization, UsesLink
from core.organization.steps import CelCondition, JoinStep, ListJoin, LoopStep, MapStep, ParallelStep
from tests.support.cast import Call, Cast, play
from tests.support.studio import open_studio, until

LEDGER = "STUDIO_TEST_LEDGER"
DIE = "STUDIO_TEST_DIE"


def note(what: str) -> str:
    """Note an effect."""
    _die_at(f"before {what}")
    with sqlite3.connect(os.environ[LEDGER]) as ledger:
        ledger.execute("create table if not exists effect (what text)")
        ledger.execute("insert into effect values (?)", [what])
    _die_at(f"after {what}")
    return f"Noted {what}."


def look(what: str) -> str:
    """Look at something."""
    _die_at(f"looking at {what}")
    return f"{what} is fine."


def effects(ledger: Path) -> list[str]:
    """What was done, in order."""
    with sqlite3.connect(ledger) as connection:
        known = connection.execute("select name from sqlite_master where name = 'effect'").fetchone()
        return [what for (what,) in connection.execute("select what from effect")] if known else []


def asked(ledger: Path) -> list[str]:
    """Which agents' models were asked, in all processes."""
    path = ledger.with_suffix(".asked")
    return path.read_text().splitlines() if path.exists() else []


def parallel() -> Organization:
    """Two branches: each looks, notes an effect and answers; then somebody sums up."""
    return _with_tools(
        "fan.branch → a → meet\nfan.branch → b → meet\nmeet → z",
        ParallelStep(name="fan"),
        JoinStep(name="meet", by=ListJoin()),
        workers="a b",
    )


def looping() -> Organization:
    """Three rounds, in each of which an agent notes an effect, then somebody sums up."""
    return _with_tools(
        "again.body → a → b → again\nagain.done → z",
        LoopStep(name="again", until=CelCondition(expression="count == 3")),
        workers="a",
        a={"task": "Round {{ count }}"},
    )


def mapping() -> Organization:
    """A body of two agents for each of three items, one item at a time."""
    return _with_tools(
        "every.each → a → b → meet\nmeet → z",
        MapStep(name="every", items="['x', 'y', 'w']", limit=1),
        JoinStep(name="meet", by=ListJoin()),
        workers="a",
        a={"task": "Item {{ item }}"},
    )


def asking() -> Organization:
    """Like `parallel`, and a person is asked before an effect is noted."""
    org = parallel()
    tools = [
        tool.model_copy(update={"approval": AlwaysApprove()}) if tool.name == "note" else tool
        for tool in org.tools
    ]
    return org.model_copy(update={"tools": tools})


ORGANIZATIONS = {"parallel": parallel, "looping": looping, "mapping": mapping, "asking": asking}


def cast() -> Cast:
    """Agents that work by what they see, as a model would: equal questions get equal answers."""
    return Cast(a=_worker, b=_worker, z=_answering)


async def _worker(call: Call) -> Any:
    """Look at something, note it, and answer; one that has no tools answers at once."""
    if os.environ.get(DIE) == "after b go" and "asking" not in sys.argv and call.role == "a" and _outputs(call):
        # Only one of the branches is to be in doubt.
        await asyncio.Event().wait()
    _count(call)
    subject = f"{call.role} {_task(call)}"
    outputs = _outputs(call)
    if call.role == "b" and not _task(call).startswith("go"):
        return f"checked {call.told}"
    if not outputs:
        return function_call("look", {"what": subject}, call_id=f"look {subject}")
    if len(outputs) == 1:
        if os.environ.get(DIE, "").startswith("meeting"):
            await _meet()
        return function_call("note", {"what": subject}, call_id=f"note {subject}")
    return f"did {subject}"


async def _answering(call: Call) -> str:
    _count(call)
    _die_at("at the end")
    return f"All: {call.told}"


async def _meet() -> None:
    """Both branches are between their calls: what they have looked at is recorded, nothing is noted."""
    await _BARRIER.wait()
    _die_at("meeting")


_BARRIER = asyncio.Barrier(2)


def _task(call: Call) -> str:
    given = call.input
    return given if isinstance(given, str) else str(given[0].get("content"))


def _outputs(call: Call) -> list[Any]:
    given = [] if isinstance(call.input, str) else call.input
    return [item for item in given if item.get("type") == "function_call_output"]


def _count(call: Call) -> None:
    with Path(os.environ[LEDGER]).with_suffix(".asked").open("a") as counted:
        counted.write(f"{call.role} {_task(call)} #{len(_outputs(call))}\n")


def _die_at(moment: str) -> None:
    if os.environ.get(DIE) == moment:
        os.kill(os.getpid(), signal.SIGKILL)


def _with_tools(text: str, *steps: Any, workers: str, **more: Any) -> Organization:
    tools = [
        FunctionToolSpec(name="look", function="tests.support.dying_workflow:look", effect="reads"),
        FunctionToolSpec(name="note", function="tests.support.dying_workflow:note", effect="writes"),
    ]
    links = [UsesLink(source=worker, target=tool.name) for worker in workers.split() for tool in tools]
    return play(text, *steps, tools=tools, links=links, **more)


def main() -> None:
    """Work until killed, or to the end; whatever is asked is approved."""
    with open_studio(Path(sys.argv[1]), cast()) as core:
        run_id = core.runs.start(core.organizations.create(ORGANIZATIONS[sys.argv[2]]()), "go")
        print(run_id, flush=True)
        if sys.argv[2] == "asking":
            until(lambda: core.approvals.pending_count() == 2 and core.runs.get(run_id).status == "waiting")
            _die_at("while waiting")
            for asked in sorted(core.approvals.pending(), key=lambda each: each.agent):
                core.approvals.approve(asked.id, by="test")
        until(lambda: core.runs.get(run_id).status in ("completed", "failed", "waiting"))


if __name__ == "__main__":
    main()
