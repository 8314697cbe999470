"""The HTML that pages are opened with."""

from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from studio.page_files import page_file, page_names
from studio.page_shell import page_routes

INDEX = Path(st.__file__).parent / "static" / "index.html"
PLACE = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href }</script>'


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=page_routes()))


def test_every_page_is_streamlits_own_and_knows_where_the_server_is(client: TestClient) -> None:
    index = INDEX.read_text(encoding="utf-8")
    for name in page_names():
        answer = client.get(f"/{name}?organization=o1")

        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.text.replace(PLACE, "") == index
        assert 0 < answer.text.find(PLACE) < answer.text.find('<script type="module"')


def test_all_pages_are_there_and_nothing_else(client: TestClient) -> None:
    assert {"home", "design", "patterns", "settings"} <= set(page_names())
    assert all(page_file(name).exists() for name in page_names())
    assert client.get("/favicon.png").status_code == 404
    assert client.get("/__init__").status_code == 404
