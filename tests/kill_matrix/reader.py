"""A process that watches all the time, as a page does."""

import asyncio
from typing import Any

from core.bootstrap import Core
from tests.kill_matrix.forks import Send
from tests.kill_matrix.parts import Place, begin_anew, open_core
from tests.kill_matrix.people import SECONDS
from tests.kill_matrix.work import is_over, is_run, runs_of
from tests.support.watching import events_of, joined_text


def reader(place: Place, work: str, send: Send) -> None:
    """Watch from another process, across the deaths; tells what was wrong with what it saw."""
    begin_anew(place, None)
    with open_core(place) as core:
        seen = asyncio.run(_watched(core, work))
        faults = [fault for run_id in runs_of(core, work) for fault in _unseen(core, run_id, seen.get(run_id, []))]
    send(faults)


async def _watched(core: Core, work: str) -> dict[str, list[Any]]:
    """The frames of each of its runs, each watched from when it is first seen."""
    watching: dict[str, asyncio.Task[list[Any]]] = {}
    async with asyncio.timeout(2 * SECONDS), asyncio.TaskGroup() as group:
        while True:
            over = is_over(core, work)
            for run_id in runs_of(core, work):
                if run_id not in watching:
                    watching[run_id] = group.create_task(_frames(core, run_id))
            if over or is_run(work):
                break
            await asyncio.sleep(0.05)
    return {run_id: task.result() for run_id, task in watching.items()}


async def _frames(core: Core, run_id: str) -> list[Any]:
    return [frame async for frame in core.runs.follow(run_id)]


def _unseen(core: Core, run_id: str, frames: list[Any]) -> list[str]:
    """What the frames do not tell as it is stored."""
    stored = [event.flat() for event in core.runs.events(run_id)]
    told = events_of(frames)
    faults = [] if told == stored else [f"a watcher saw {[each['seq'] for each in told]} of {len(stored)}"]
    answers = {event["call"]: event["text"] for event in stored if event["kind"] == "model_call_completed"}
    texts = joined_text(frames)
    faults += [f"a watcher read {texts.get(call)!r}" for call in answers if texts.get(call, "") != answers[call]]
    return faults
