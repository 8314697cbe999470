"""The socket that tells pages how many approvals wait."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.bootstrap import Core
from core.patterns.catalogue import pattern
from studio import inbox_live
from studio.inbox_live import inbox_socket
from studio.shutdown import stop_event
from studio.sockets import REFUSED, RESTARTING
from tests.support.routes import client_of
from tests.support.studio import open_studio, wait_for_run


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    monkeypatch.setenv("STUDIO_REHEARSAL_PACE", "instant")
    with open_studio(tmp_path) as core:
        monkeypatch.setattr(inbox_live, "core", lambda: core)
        yield core


@pytest.fixture
def client(core: Core) -> Iterator[TestClient]:
    with client_of(WebSocketRoute("/inbox", inbox_socket)) as client:
        yield client


def test_the_number_is_told_at_once_and_when_it_changes(core: Core, client: TestClient) -> None:
    """And when the server stops, the page is told to come again."""
    with client.websocket_connect("/inbox") as socket:
        assert socket.receive_json() == {"pending": 0}

        organization_id = core.organizations.create(pattern("human-in-the-loop").organization)
        run_id = core.runs.start(organization_id, "Refund order A1001, it arrived broken.")
        wait_for_run(core, run_id, "waiting")
        assert socket.receive_json() == {"pending": 1}

        (approval,) = core.approvals.pending()
        core.approvals.reject(approval.id, reason="Not today.")
        assert socket.receive_json() == {"pending": 0}

        assert client.portal is not None, "the client is open"
        client.portal.call(stop_event().set)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == RESTARTING


def test_pages_of_other_sites_are_refused(client: TestClient) -> None:
    elsewhere = client.websocket_connect("/inbox", headers={"origin": "https://elsewhere.example"})
    with pytest.raises(WebSocketDisconnect) as refused, elsewhere:
        pass
    assert refused.value.code == REFUSED
