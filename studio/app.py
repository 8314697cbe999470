"""The server: pages, live streams and the files of the graph library, in one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from studio.batch_live import batch_results, batch_socket
from studio.components.errors import tell_of_fault
from studio.context import close_core, start_engine_soon
from studio.hooks import ANY_METHOD, receive_hook
from studio.inbox_live import inbox_socket
from studio.live import live_events, live_socket
from studio.page_shell import page_routes
from studio.replays_live import replays_socket
from studio.shutdown import end_streams_on_signal
from studio.warm_up import warm_up_aside

_HERE = Path(__file__).parent


def _graph_library() -> Path:
    # Found without importing it: pyvis brings much along that only the trace graph needs.
    spec = find_spec("pyvis")
    assert spec is not None, "pyvis is a dependency"
    assert spec.origin is not None, "pyvis is a package with files"
    return Path(spec.origin).parent / "templates" / "lib"


@asynccontextmanager
async def _lifespan(_app: Any) -> AsyncIterator[None]:
    with end_streams_on_signal():
        warm_up_aside()
        start_engine_soon()
        try:
            yield
        finally:
            close_core()


app = st.App(
    str(_HERE / "ui.py"),
    lifespan=_lifespan,
    on_script_error=tell_of_fault,
    routes=[
        WebSocketRoute("/live/{run_id}", live_socket),
        Route("/live/{run_id}/events", live_events),
        WebSocketRoute("/inbox", inbox_socket),
        Route("/hooks/{trigger_id}", receive_hook, methods=ANY_METHOD),
        WebSocketRoute("/batches/{batch_id}", batch_socket),
        WebSocketRoute("/replays", replays_socket),
        Route("/batches/{batch_id}/results.{form}", batch_results),
        Mount("/pyvis", StaticFiles(directory=_graph_library())),
        *page_routes(),
    ],
)

if __name__ == "__main__":
    app.run()
