"""What the browser is told of a batch, and the files that it is given."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.bootstrap import Core
from studio import batch_live
from studio.batch_live import batch_results, batch_socket
from studio.sockets import OVER, REFUSED
from tests.support.batches import CLERK, dataset_of, wait_for_batch
from tests.support.routes import client_of
from tests.support.studio import open_studio

ROUTES = [
    WebSocketRoute("/batches/{batch_id}", batch_socket),
    Route("/batches/{batch_id}/results.{form}", batch_results),
]


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with open_studio(tmp_path) as core:
        monkeypatch.setattr(batch_live, "core", lambda: core)
        yield core


@pytest.fixture
def client(core: Core) -> Iterator[TestClient]:
    with client_of(*ROUTES) as client:
        yield client


def test_progress_is_told_until_the_batch_is_gone(core: Core, client: TestClient) -> None:
    rows = dataset_of(core, "id,input\n" + "".join(f"{number},Hello\n" for number in range(20)))
    batch_id = core.batches.start(core.organizations.create(CLERK), rows)
    with client.websocket_connect(f"/batches/{batch_id}") as socket:
        told = [socket.receive_json()]
        while told[-1]["word"] != "Done":
            told.append(socket.receive_json())
        assert len({frame["state"] for frame in told}) == len({str(frame["parts"]) for frame in told})
        assert [frame["ended"] for frame in told] == sorted(frame["ended"] for frame in told)
        assert told[-1]["ended"] == told[-1]["total"] == 20

        core.batches.delete(batch_id)

        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == OVER


def test_pages_of_other_sites_are_refused(client: TestClient) -> None:
    elsewhere = client.websocket_connect("/batches/bat_1", headers={"origin": "https://elsewhere.example"})
    with pytest.raises(WebSocketDisconnect) as refused, elsewhere:
        pass
    assert refused.value.code == REFUSED


def test_results_are_files(core: Core, client: TestClient) -> None:
    batch_id = core.batches.start(core.organizations.create(CLERK), dataset_of(core, "input\nWo ist Zoës 🚲?\n"))
    wait_for_batch(core, batch_id, "completed")

    table = client.get(f"/batches/{batch_id}/results.csv")
    lines = client.get(f"/batches/{batch_id}/results.jsonl")

    assert table.content.startswith(b"\xef\xbb\xbf"), "spreadsheets see that it is UTF-8"
    (row,) = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")))
    assert (row["input"], row["status"]) == ("Wo ist Zoës 🚲?", "completed")
    assert orjson.loads(lines.content)["run_id"] == row["run_id"]
    assert table.headers["content-disposition"] == f'attachment; filename="{batch_id}.csv"'
    assert client.get(f"/batches/{batch_id}/results.xls").status_code == 404
    assert client.get("/batches/bat_none/results.csv").status_code == 404
