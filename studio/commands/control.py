"""`studio runs pause`, `resume`, `stop`, `retry`, `again` and `replay`."""

from pathlib import Path

from core.bootstrap import Core
from studio.commands.follow import follow
from studio.commands.opened import opened
from studio.commands.output import print_json, tell
from studio.commands.person import person
from studio.commands.run import NOBODY_WORKS

PAUSING = "The run comes to rest after its present turn."
STOPPING = "The run stops as soon as whoever works on it has heard of it."


def pause(run_id: str, *, data_dir: Path | None, as_json: bool) -> None:
    """Ask a run to pause, wherever it is worked on, and say how it stands."""
    with opened(data_dir) as core:
        core.control.pause(run_id, by=person())
        _tell_status(core, run_id, PAUSING, as_json=as_json)


def stop(run_id: str, *, data_dir: Path | None, as_json: bool) -> None:
    """Stop a run, wherever it is worked on, and say how it stands."""
    with opened(data_dir) as core:
        core.runs.stop(run_id, by=person())
        _tell_status(core, run_id, STOPPING, as_json=as_json)


def resume(run_id: str, *, message: str, data_dir: Path | None, as_json: bool) -> int:
    """Go on with a paused run, and follow it. Returns the exit code."""
    with opened(data_dir) as core:
        seen = _last_event(core, run_id)
        core.control.resume(run_id, said=message, by=person())
        return watch(core, run_id, after=seen, as_json=as_json)


def retry(run_id: str, *, data_dir: Path | None, as_json: bool) -> int:
    """Go on with a run that failed or was stopped, and follow it. Returns the exit code."""
    with opened(data_dir) as core:
        seen = _last_event(core, run_id)
        core.control.retry(run_id)
        return watch(core, run_id, after=seen, as_json=as_json)


def again(run_id: str, *, text: str | None, data_dir: Path | None, as_json: bool) -> int:
    """Start another run like this one, and follow it. Returns the exit code."""
    with opened(data_dir) as core:
        return watch(core, core.control.again(run_id, input=text), after=0, as_json=as_json)


def replay(run_id: str, *, data_dir: Path | None, as_json: bool) -> int:
    """Play a run that is over once more, and follow it. Returns the exit code."""
    with opened(data_dir) as core:
        return watch(core, core.replays.replay(run_id), after=0, as_json=as_json)


def watch(core: Core, run_id: str, *, after: int, as_json: bool) -> int:
    """Follow a run that was just started or goes on, from after that event. Returns the exit code."""
    if core.workers.nobody_works():
        tell(NOBODY_WORKS)
    return follow(core, run_id, after=after, as_json=as_json)


def _last_event(core: Core, run_id: str) -> int:
    told = core.runs.events(run_id)
    return told[-1].seq if told else 0


def _tell_status(core: Core, run_id: str, until_then: str, *, as_json: bool) -> None:
    run = core.runs.get(run_id)
    if as_json:
        print_json({"run_id": run_id, "status": run.status})
        return
    tell(f"{run.status}: run {run_id}")
    if run.status == "running":
        tell(until_then)
