"""The live routes: what a browser is sent, whenever it comes, and what stays behind when it goes."""

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from agents.testing import ModelStep
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from core.bootstrap import Core
from core.organization.spec import AgentSpec, Organization
from core.settings import Settings
from core.store.run_control import go_on
from studio import live
from studio.live import live_events, live_socket
from tests.support.routes import client_of
from tests.support.server import StudioServer
from tests.support.stalling import endless, paced, script
from tests.support.studio import assistant_message, open_studio, start, until, wait_for_run
from tests.support.watching import Frame, assert_complete, events_of

SPEAKER = Organization(name="Speaker", entry="speaker", agents=[AgentSpec(name="speaker")])
ROUTES = [WebSocketRoute("/live/{run_id}", live_socket), Route("/live/{run_id}/events", live_events)]
Serve = Callable[..., tuple[Core, TestClient]]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serves the live routes over a core whose model follows a script."""
    with ExitStack() as stack:

        def serving(*steps: Any) -> tuple[Core, TestClient]:
            core = stack.enter_context(open_studio(tmp_path, script(*steps)))
            monkeypatch.setattr(live, "core", lambda: core)
            return core, stack.enter_context(client_of(*ROUTES))

        yield serving


def frames_until(
    socket: WebSocketTestSession, *, text: str = "", kind: str = "", end: bool = False
) -> list[Frame]:
    """The frames up to live text with that content, an event of that kind, or the end."""
    seen: list[Frame] = []
    while True:
        seen.append(socket.receive_json())
        if text and text in (piece.get("text") for piece in _pieces(seen[-1])):
            return seen
        if kind and kind in (event["kind"] for event in events_of(seen[-1:])):
            return seen
        if end and seen[-1]["type"] == "end":
            return seen


def _pieces(frame: Frame) -> list[dict[str, Any]]:
    return [frame.get("text", {}), *(event for event in events_of([frame]) if event["kind"] == "text_delta")]


def test_first_everything_so_far_then_what_happens_then_the_end(serve: Serve) -> None:
    """Browsers that come early, in the middle and late are told the same."""
    first, second = threading.Event(), threading.Event()
    core, client = serve(paced("One ", first, "two 🎉 ", second, "three."))
    run_id = start(core, SPEAKER, "Count")
    with client.websocket_connect(f"/live/{run_id}") as early:
        told = frames_until(early, kind="text_delta")
        with client.websocket_connect(f"/live/{run_id}") as middle:
            first.set()
            told += frames_until(early, text="two 🎉 ")
            told_in_the_middle = frames_until(middle, text="two 🎉 ")
            second.set()
            told += frames_until(early, end=True)
            told_in_the_middle += frames_until(middle, end=True)
            with pytest.raises(WebSocketDisconnect) as closed:
                middle.receive_json()
    with client.websocket_connect(f"/live/{run_id}") as late:
        told_late = frames_until(late, end=True)

    for frames in (told, told_in_the_middle, told_late):
        assert frames[0]["type"] == "events"
        assert frames[0]["run"]["id"] == run_id
        assert frames[-1] == {"type": "end", "status": "completed"}
        assert_complete(core, run_id, frames)
    assert len(told_late) == 2
    assert closed.value.code == 1000


def test_a_run_that_is_to_be_tried_again_is_followed_on(serve: Serve) -> None:
    """Its last event still says that it failed, and nobody has taken it up yet."""
    core, client = serve()
    run_id = start(core, SPEAKER, "Hi")
    wait_for_run(core, run_id)
    with client.websocket_connect(f"/live/{run_id}") as before:
        assert frames_until(before, end=True)[-1] == {"type": "end", "status": "failed"}
    assert client.get(f"/live/{run_id}/events").headers["cache-control"] == "no-store"
    with core.database.session() as db:
        go_on(db, run_id, owner="nobody/1/1/x", after=("failed",))

    with client.websocket_connect(f"/live/{run_id}") as browser:
        told = [browser.receive_json()]
        assert told[0]["run"]["status"] == "queued"
        core.runs.stop(run_id)
        told += frames_until(browser, end=True)

    assert [event["kind"] for event in events_of(told)][-2:] == ["run_failed", "run_cancelled"]
    assert_complete(core, run_id, told)


def test_the_stored_events_of_a_run(serve: Serve) -> None:
    core, client = serve(assistant_message("Hello."), endless("I"))
    ended_id, running_id = start(core, SPEAKER, "Hi"), start(core, SPEAKER, "Hi again")
    wait_for_run(core, ended_id)
    until(lambda: core.runs.get(running_id).status == "running")

    ended, running, unknown = (
        client.get(f"/live/{run_id}/events") for run_id in (ended_id, running_id, "run_none")
    )

    assert ended.json() == {
        "run": {"id": ended_id, "status": "completed", "input": "Hi", "simulated": True},
        "events": [event.flat() for event in core.runs.events(ended_id)],
    }
    assert "max-age" in ended.headers["cache-control"]
    assert (running.status_code, running.headers["cache-control"]) == (200, "no-store")
    assert unknown.status_code == 404
    assert "run_none" in unknown.json()["message"]


def test_an_unknown_run(serve: Serve) -> None:
    _, client = serve(assistant_message("Hello."))

    with client.websocket_connect("/live/run_none") as socket:
        told = socket.receive_json()
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()

    assert (told["type"], told["message"]) == ("error", "There is no run 'run_none'.")


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("http://testserver", True),
        (None, True),
        ("http://evil.example", False),
        ("http://testserver.evil.example", False),
        ("http://testserver:81", False),
        ("null", False),
    ],
)
def test_other_sites_may_not_watch(serve: Serve, origin: str | None, welcome: bool) -> None:
    core, client = serve(assistant_message("Hello."))
    run_id = start(core, SPEAKER, "Hi")
    headers = {"origin": origin} if origin else {}

    if welcome:
        with client.websocket_connect(f"/live/{run_id}", headers=headers) as socket:
            assert frames_until(socket, end=True)[0]["type"] == "events"
    else:
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            client.websocket_connect(f"/live/{run_id}", headers=headers),
        ):
            pass
        assert refused.value.code == 1008


@pytest.mark.parametrize("says", ["nothing", "text", "bytes"])
def test_a_browser_that_leaves_leaves_nothing_behind(serve: Serve, says: str) -> None:
    core, client = serve(endless("One "))
    run_id = start(core, SPEAKER, "Count")
    with client.websocket_connect(f"/live/{run_id}") as socket:
        if says == "text":
            socket.send_text("hello?")
        elif says == "bytes":
            socket.send_bytes(b"\x00")
        frames_until(socket, kind="text_delta")
        assert _watchers(core) == 1
        assert _tasks(client) == ["Event.wait", "_stream", "_until_gone"]
        socket.close()
        until(lambda: _watchers(core) == 0)
        until(lambda: _tasks(client) == [])

    assert core.runs.get(run_id).status == "running"


def test_a_waiting_run_stays_open_until_it_was_decided(serve: Serve) -> None:
    """The decision comes from elsewhere; the socket tells it and ends with the run."""
    core, client = serve(ModelStep.raise_error(ValueError("no model is asked")))
    core.organizations.create(SPEAKER)
    with closing(Core(Settings(data_dir=core.settings.data_dir, rehearsal_pace="instant"))) as other:
        run = _waiting_refund(other)
        with client.websocket_connect(f"/live/{run}") as socket:
            frames = [socket.receive_json()]
            assert frames[0]["events"][-1]["kind"] == "run_waiting"
            other.approvals.approve(other.approvals.pending()[0].id, by="ada")
            frames += frames_until(socket, end=True)
    assert_complete(core, run, frames)


def test_sockets_are_closed_when_the_server_stops(tmp_path: Path) -> None:
    """1012 tells the browser to come again; the server does not wait for those who listen."""
    server = StudioServer(tmp_path)
    server.start()
    try:
        run_id = _waiting_refund(server.core)
        address = server.address.replace("http", "ws")
        with connect(f"{address}/live/{run_id}", open_timeout=60) as socket:
            assert "run_waiting" in str(socket.recv(timeout=60))

            began = time.monotonic()
            assert server._process is not None
            server._process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=60)
            assert server.wait_until_dead() in (0, -signal.SIGTERM)
            took = time.monotonic() - began

        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert took < 15, "usually one or two seconds; more on a busy machine"
        assert "Traceback" not in server.log.read_text()
    finally:
        server.stop()


def _waiting_refund(core: Core) -> str:
    """A run of a pattern that waits for a person."""
    organization = core.organizations.create_from_pattern("human-in-the-loop")
    text = "Please refund 189.00 for order A1010; the filing cabinet never arrived."
    return wait_for_run(core, core.runs.start(organization, text), "waiting").id


def _watchers(core: Core) -> int:
    return sum(len(channel.subscribers) for channel in core.engine.bus._channels.values())


def _tasks(client: TestClient) -> list[str]:
    """What the route has running for its browsers."""

    def names() -> list[str]:
        found = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
        return sorted(name for name in found if name in ("Event.wait", "_stream", "_until_gone"))

    assert client.portal is not None
    return client.portal.call(names)
