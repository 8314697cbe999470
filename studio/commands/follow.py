"""Streams a run to the terminal."""

import asyncio
from typing import Protocol

from core.bootstrap import Core
from studio.commands.output import print_json, tell
from studio.commands.printer import Event, Printer

EXIT_CODES = {"completed": 0, "waiting": 3, "paused": 3}


class _Sink(Protocol):
    def event(self, event: Event) -> None: ...

    def text(self, delta: Event) -> None: ...


class _JsonLines:
    """Each event on a line of its own."""

    def event(self, event: Event) -> None:
        print_json(event)

    def text(self, delta: Event) -> None:
        """Live text comes again as an event."""


def follow(core: Core, run_id: str, *, after: int = 0, decided: str | None = None, as_json: bool) -> int:
    """Print what happens after event `after` until the run ends, waits for a person or is paused; Ctrl-C stops
    the run. After a decision on the approval `decided`, waiting counts once the decision was carried out. Returns
    the exit code: 0 completed, 3 waiting or paused, 1 failed or cancelled."""
    watch = _Watch(core, run_id, _JsonLines() if as_json else Printer(), after, decided)
    try:
        asyncio.run(watch.until_over())
    except KeyboardInterrupt:
        core.runs.stop(run_id, by="command line")
        asyncio.run(watch.until_over())
    run = core.runs.get(run_id)
    if as_json:
        print_json({"run_id": run_id, "status": run.status})
    else:
        simulated = ", simulated" if run.simulated else ""
        replayed = ", replayed: nothing was asked, called or paid" if run.cassette_id else ""
        tell(
            f"{run.status}: run {run_id} ({run.requests} model calls, {run.input_tokens} + "
            f"{run.output_tokens} tokens{simulated}{replayed})"
        )
    return EXIT_CODES.get(run.status, 1)


class _Watch:
    """How far the run was shown, so that showing can go on after an interruption."""

    def __init__(self, core: Core, run_id: str, sink: _Sink, after: int, decided: str | None) -> None:
        self._core = core
        self._run_id = run_id
        self._sink = sink
        self._seen = after
        self._decided = decided

    async def until_over(self) -> None:
        """Show what comes until the run has ended or rests."""
        async for frame in self._core.runs.follow(self._run_id, after=self._seen):
            if frame["type"] == "text":
                self._sink.text(frame["text"])
            elif frame["type"] == "event" and self._is_last(frame["event"]):
                return

    def _is_last(self, event: Event) -> bool:
        self._sink.event(event)
        self._seen = event["seq"]
        if event["kind"] == "approval_decided" and event["approval_id"] == self._decided:
            self._decided = None
        if event["kind"] == "run_paused":
            return True
        # While another decision is being carried out, the run may come to wait once before this one's turn.
        return event["kind"] == "run_waiting" and self._decided is None
