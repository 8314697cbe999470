"""Streams a run to the terminal."""

import asyncio
import sys
from typing import Any

from core.bootstrap import Core
from studio.commands.output import one_line, print_json

EXIT_CODES = {"completed": 0, "waiting": 3}


def follow(core: Core, run_id: str, *, after: int = 0, as_json: bool) -> int:
    """Print what happens until the run ends or waits for a person; Ctrl-C stops the run. Returns the exit code:
    0 completed, 3 waiting, 1 failed or cancelled."""
    try:
        asyncio.run(_print_frames(core, run_id, after, as_json=as_json))
    except KeyboardInterrupt:
        core.runs.stop(run_id, by="command line")
        asyncio.run(_print_frames(core, run_id, core.runs.events(run_id)[-1].seq, as_json=as_json))
    run = core.runs.get(run_id)
    if as_json:
        print_json({"run_id": run_id, "status": run.status})
    else:
        simulated = ", simulated" if run.simulated else ""
        print(
            f"{run.status}: run {run_id} ({run.requests} model calls, {run.input_tokens} + "
            f"{run.output_tokens} tokens{simulated})",
            file=sys.stderr,
        )
    return EXIT_CODES.get(run.status, 1)


async def _print_frames(core: Core, run_id: str, after: int, *, as_json: bool) -> None:
    printer = _Printer(core)
    async for frame in core.runs.follow(run_id, after=after):
        if frame["type"] == "event":
            if as_json:
                print_json(frame["event"])
            else:
                printer.event(frame["event"])
            if frame["event"]["kind"] == "run_waiting":
                return
        elif frame["type"] == "text" and not as_json:
            printer.text(frame["text"])


class _Printer:
    """Writes events for a person: answers on standard output, what surrounds them on standard error."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._shown: dict[str, int] = {}

    def text(self, delta: dict[str, Any]) -> None:
        """A piece of an answer of the outermost run; pieces that were shown are left out."""
        shown = self._shown.get(delta["call"], 0)
        new = delta["text"][max(0, shown - delta["offset"]) :]
        if delta["path"] or not new:
            return
        self._shown[delta["call"]] = delta["offset"] + len(delta["text"])
        print(new, end="", flush=True)

    def event(self, event: dict[str, Any]) -> None:
        """One fact."""
        match event["kind"]:
            case "text_delta":
                self.text(event)
            case "model_call_started":
                self._shown.pop(event["call"], None)
            case "model_call_completed" if event["text"] and not event["path"]:
                label = "  [simulated]" if event["simulated"] else ""
                print(label, flush=True)
            case _:
                self._note(event)

    def _note(self, event: dict[str, Any]) -> None:
        line = _note(event)
        if line is not None:
            depth = event.get("path", "").count("/") + 1 if event.get("path") else 0
            print(f"{'  ' * depth}{line}", file=sys.stderr, flush=True)


def _note(event: dict[str, Any]) -> str | None:
    match event["kind"]:
        case "agent_started":
            return f"· {event['agent']}"
        case "handoff_occurred":
            return f"→ {event['source']} hands off to {event['target']}"
        case "tool_called":
            return f"⚒ {event['tool']} {one_line(str(event['arguments']), 100)}"
        case "tool_completed":
            return f"✓ {event['tool']}: {one_line(event['output'], 100)}"
        case "tool_failed":
            return f"✗ {event['tool']}: {one_line(event['error'], 160)}"
        case "guardrail_checked" if event["tripped"]:
            return f"✗ guardrail {event['guardrail']}: {event['reason']}"
        case "approval_requested":
            return (
                f"? {event['agent']} asks to call {event['tool']} {one_line(str(event['arguments']), 100)}\n"
                f"  studio approvals approve {event['approval_id']}   or   "
                f'studio approvals reject {event["approval_id"]} --reason "…"'
            )
        case "approval_decided":
            return f"! {event['verdict']}: {event['tool']} {event['reason']}".rstrip()
        case "run_failed":
            return f"✗ {event['message']}\n  {event['hint']}".rstrip()
        case _:
            return None
