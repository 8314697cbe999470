"""Following a run: nothing missing and nothing doubled, whenever a watcher comes and wherever the run works."""

import asyncio
import threading
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.engine.live import Bus
from core.organization.spec import AgentSpec, Organization
from core.settings import Role
from tests.support.stalling import endless, paced, script
from tests.support.studio import assistant_message, open_studio, start, until, wait_for_run
from tests.support.watching import assert_complete, frames_until

pytestmark = pytest.mark.usefixtures("each_database")

SPEAKER = Organization(name="Speaker", entry="speaker", agents=[AgentSpec(name="speaker")])


async def test_watchers_who_come_at_any_time_get_everything_once(tmp_path: Path) -> None:
    first, second = threading.Event(), threading.Event()
    model = script(paced("One ", first, "two 🎉 ", second, "three."))
    with open_studio(tmp_path, model) as core:
        run_id = start(core, SPEAKER, "Count")
        streams = {"early": core.runs.follow(run_id)}
        seen = {"early": await frames_until(streams["early"], "One ")}
        streams["middle"] = core.runs.follow(run_id)
        seen["middle"] = await frames_until(streams["middle"], "One ")
        first.set()
        streams["after two"] = core.runs.follow(run_id)
        for name, stream in streams.items():
            seen[name] = seen.get(name, []) + await frames_until(stream, "two 🎉 ")
        second.set()
        streams["late"] = core.runs.follow(run_id)
        for name, stream in streams.items():
            seen[name] = seen.get(name, []) + await frames_until(stream, "end")
        seen["after the end"] = await frames_until(core.runs.follow(run_id), "end")

        for name, frames in seen.items():
            assert frames[-1] == {"type": "end", "status": "completed"}, name
            assert_complete(core, run_id, frames)
        assert core.runs.get(run_id).output == "One two 🎉 three."
        await asyncio.gather(*(stream.aclose() for stream in streams.values()))
        until(lambda: _watched(core.engine.bus) == 0)


async def test_a_watcher_goes_on_where_it_was(tmp_path: Path) -> None:
    with open_studio(tmp_path, script(assistant_message("Hello."))) as core:
        run_id = start(core, SPEAKER, "Hi")
        await asyncio.to_thread(wait_for_run, core, run_id)

        frames = await frames_until(core.runs.follow(run_id, after=3), "end")

        assert_complete(core, run_id, frames, after=3)


async def test_a_run_that_works_elsewhere_is_followed_through_the_database(
    tmp_path: Path, each_database: str
) -> None:
    """Two cores on one folder, as the studio and the command line: the other one's run is seen and left alone. On
    a server two that work would share the runs."""
    goes_on = threading.Event()
    model = script(paced("One ", goes_on, "two."))
    role: Role = "all" if each_database == "sqlite" else "web"
    with open_studio(tmp_path, model) as mine, open_studio(tmp_path, role=role) as other:
        other.engine.start(recover=True)
        run_id = start(mine, SPEAKER, "Count")
        watched = other.runs.follow(run_id)
        frames = await frames_until(watched, "text_delta")
        goes_on.set()
        frames += await frames_until(watched, "end")

        assert_complete(other, run_id, frames)
        assert other.runs.get(run_id).output == "One two."
        assert [e.kind for e in other.runs.events(run_id)].count("run_resumed") == 0


async def test_a_run_that_works_elsewhere_is_stopped(tmp_path: Path) -> None:
    """The process that works on it hears of it at its next beat."""
    with open_studio(tmp_path, script(endless("One "))) as mine, open_studio(tmp_path) as other:
        run_id = start(mine, SPEAKER, "Count")
        watched = other.runs.follow(run_id)
        frames = await frames_until(watched, "text_delta")

        other.runs.stop(run_id, by="ada")
        frames += await frames_until(watched, "end")

        assert frames[-1] == {"type": "end", "status": "cancelled"}
        assert_stored_text(other, run_id, "One ")


async def test_a_watcher_who_leaves_is_forgotten(tmp_path: Path) -> None:
    with open_studio(tmp_path, script(endless("One "))) as core:
        run_id = start(core, SPEAKER, "Count")
        watched = core.runs.follow(run_id)
        await frames_until(watched, "One ")
        assert _watched(core.engine.bus) == 1

        await watched.aclose()

        assert _watched(core.engine.bus) == 0


def assert_stored_text(core: Core, run_id: str, text: str) -> None:
    said = [event.data["text"] for event in core.runs.events(run_id) if event.kind == "text_delta"]
    assert "".join(said) == text


def _watched(bus: Bus) -> int:
    return sum(len(channel.subscribers) for channel in bus._channels.values())
