"""The command line: run, and decide about what waits for a person."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from agents import SQLiteSession, set_tracing_disabled
from agents.mcp import MCPServer

from .budget import Budget
from .environment import missing
from .flow import Limits, Scope, Work, text
from .memory import newest
from .record import Record, RecordError, waiting_records
from .screen import Screen
from .signals import STEP_ERRORS, StepError, Waiting, WorkflowError

FAILED, WRONG_USAGE, WAITS = 1, 2, 3

Start = Callable[[Scope, str], Awaitable[Any]]


def command_line(
    work: Start,
    limits: Limits,
    *,
    state: dict[str, Any] | None = None,
    servers: Sequence[MCPServer] | None = None,
    environment: Sequence[str] = (),
    arguments: list[str] | None = None,
) -> int:
    """Do what the command line says; the exit code is 0 (done), 1 (failed), 2 (wrong usage) or 3 (waits).
    `environment` names the variables that must be set."""
    asked = _parser(limits.name).parse_args(arguments)
    if asked.command != "approvals" and (unset := missing(environment)):
        print(f"Set these environment variables first: {', '.join(unset)}.", file=sys.stderr)
        return WRONG_USAGE
    folder = Path(asked.runs)
    try:
        match asked.command:
            case "run":
                record = Record.start(folder, asked.input, session=asked.session)
            case "resume":
                record = _cut_off(folder, asked.run, again=asked.again)
            case "approve" | "reject":
                record = _decide(folder, asked)
            case _:
                return _list(folder)
    except RecordError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE
    _choose_tracing()
    return asyncio.run(run(record, work, limits, state=state, servers=servers or ()))


async def run(
    record: Record,
    work: Start,
    limits: Limits,
    *,
    state: dict[str, Any] | None,
    servers: Sequence[MCPServer],
    screen: Screen | None = None,
) -> int:
    """Work on a run until it ends or waits. `state` are the variables of a workflow; None when there is none."""
    screen = screen or Screen()
    session = SQLiteSession("conversation", record.data["session"]) if record.data["session"] else None
    # A workflow keeps what was asked and answered, an agent alone all that it said and did.
    kept = session if state is None else None
    shared = Work(record, limits, screen, limits.run_config(), kept, Budget(limits.budget_tokens))
    scope = Scope(shared, record.data["input"], dict(state or {}))
    if session is not None and state is not None:
        scope.conversation = newest(await session.get_items(), limits.memory_turns)
    try:
        async with AsyncExitStack() as stack, asyncio.timeout(limits.timeout_seconds):
            for server in servers:
                stack.push_async_callback(server.cleanup)
                await server.connect()  # type: ignore[no-untyped-call]
            output = await work(scope, record.data["input"])
    except Waiting:
        record.let_go("waiting")
        _tell(record, screen)
        return WAITS
    except (*STEP_ERRORS, WorkflowError, TimeoutError) as error:
        return _failed(record, screen, error)
    if session is not None and state is not None:
        asked, answered = record.data["input"], text(output)
        await session.add_items([{"role": "user", "content": asked}, {"role": "assistant", "content": answered}])
    record.let_go("completed", output)
    screen.end(text(output))
    return 0


def _failed(record: Record, screen: Screen, error: BaseException) -> int:
    match error:
        case StepError():
            words = f"{error.step}: {error.message}"
        case TimeoutError():
            words = "It took longer than it may and was stopped."
        case _:
            words = str(error) or type(error).__name__
    record.let_go("failed", words)
    screen.note(f"Failed: {words}")
    return FAILED


def _tell(record: Record, screen: Screen) -> None:
    for asked in record.waiting():
        screen.note(f"Waits: {asked['id']}  {_what(asked)}")
    screen.note("Decide with: approve ID, or reject ID --reason TEXT")


def _what(asked: dict[str, Any]) -> str:
    if asked["call_id"]:
        return f"{asked['agent']} wants to call {asked['tool']} {asked['arguments']}"
    return str(asked["question"])


def _list(folder: Path) -> int:
    for record in waiting_records(folder):
        for asked in record.waiting():
            print(f"{asked['id']}  {_what(asked)}")
    return 0


def _decide(folder: Path, asked: argparse.Namespace) -> Record:
    record = Record.take(folder, asked.id.rpartition("-")[0])
    try:
        record.decide(
            asked.id, "approved" if asked.command == "approve" else "rejected", getattr(asked, "reason", "")
        )
    except RecordError:
        record.let_go(record.data["status"], record.data["output"])
        raise
    return record


def _cut_off(folder: Path, run_id: str, *, again: bool) -> Record:
    record = Record.take_again(folder, run_id)
    if "in_doubt" in record.data and not again:
        raise RecordError(
            f"Run '{run_id}' was cut off while '{record.data['in_doubt']}' did what was approved; that may have "
            f"taken effect. Look, and if it is safe to do it again: resume {run_id} --again"
        )
    return record


def _choose_tracing() -> None:
    # Traces go to OpenAI; who calls another endpoint does not expect that.
    if os.environ.get("OPENAI_BASE_URL") or not os.environ.get("OPENAI_API_KEY"):
        set_tracing_disabled(True)


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=name)
    parser.add_argument(
        "--runs", default=os.environ.get("RUNS_DIR", "runs"), help="folder where runs are kept (default: runs)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run with an input")
    run.add_argument("input")
    run.add_argument("--session", metavar="FILE", help="file with the conversation so far; made when missing")
    commands.add_parser("approvals", help="list what waits for a person")
    commands.add_parser("approve", help="let a call or a step go on").add_argument("id")
    reject = commands.add_parser("reject", help="refuse a call or a step")
    reject.add_argument("id")
    reject.add_argument("--reason", required=True)
    resume = commands.add_parser("resume", help="go on with a run whose process has ended")
    resume.add_argument("run")
    resume.add_argument("--again", action="store_true", help="even if an approved call may be repeated")
    return parser
