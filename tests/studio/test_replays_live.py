"""What the browser is told of all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.bootstrap import Core
from studio import replays_live
from studio.replays_live import replays_socket
from studio.sockets import REFUSED
from tests.support.routes import client_of
from tests.support.studio import open_studio, wait_for_run


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with open_studio(tmp_path) as core:
        monkeypatch.setattr(replays_live, "core", lambda: core)
        yield core


@pytest.fixture
def client(core: Core) -> Iterator[TestClient]:
    with client_of(WebSocketRoute("/replays", replays_socket)) as client:
        yield client


def test_how_tests_stand_is_told_when_it_changes(core: Core, client: TestClient) -> None:
    organization = core.organizations.create_from_pattern("single")
    run = wait_for_run(core, core.runs.start(organization, "Hello"))
    test = core.replays.save(run.id, "Hello")
    with client.websocket_connect("/replays") as socket:
        first = socket.receive_json()
        assert [(part["word"], part["count"]) for part in first["parts"]] == [("never run", 1)]

        wait_for_run(core, core.replays.run_test(test))

        told = [socket.receive_json()]
        while told[-1]["ended"] != 1:
            told.append(socket.receive_json())
        assert [(part["word"], part["count"]) for part in told[-1]["parts"]] == [("passed", 1)]
        again = core.replays.run_test(test)
        wait_for_run(core, again)
        assert socket.receive_json()["state"] != told[-1]["state"], "another run is news, too"


def test_another_site_may_not_watch(core: Core, client: TestClient) -> None:
    headers = {"origin": "http://elsewhere.example"}
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/replays", headers=headers):
        pass
    assert refused.value.code == REFUSED
