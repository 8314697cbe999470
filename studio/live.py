"""Live streams of runs: a WebSocket for what happens, and the stored events of runs that are over."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.errors import NotFoundError
from core.records import RunRecord
from studio.context import core
from studio.shutdown import stop_event

GOING_AWAY = 1012


async def live_socket(socket: WebSocket) -> None:
    """First all events so far in one frame, then each event and piece of text as it comes, then the end."""
    run_id = socket.path_params["run_id"]
    if not _same_origin(socket):
        await socket.close(code=1008, reason="Another site may not watch runs.")
        return
    await socket.accept()
    try:
        run = await asyncio.to_thread(core().runs.get, run_id)
    except NotFoundError as error:
        await socket.send_json({"type": "error", "message": error.message})
        await socket.close()
        return
    stream = asyncio.ensure_future(_stream(socket, run))
    gone = asyncio.ensure_future(_until_gone(socket))
    stopped = asyncio.ensure_future(stop_event().wait())
    _, pending = await asyncio.wait({stream, gone, stopped}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    if not gone.done() or gone.cancelled():
        await socket.close(code=GOING_AWAY if stopped.done() and not stopped.cancelled() else 1000)


async def live_events(request: Request) -> Response:
    """The run and its stored events as JSON."""
    run_id = request.path_params["run_id"]
    try:
        run = await asyncio.to_thread(core().runs.get, run_id)
    except NotFoundError as error:
        return JSONResponse({"message": error.message, "hint": error.hint}, status_code=404)
    body = orjson.dumps({"run": _run_data(run), "events": await asyncio.to_thread(_events, run_id)})
    headers = {"Cache-Control": "private, max-age=3600" if run.ended else "no-store"}
    return Response(body, media_type="application/json", headers=headers)


async def _stream(socket: WebSocket, run: RunRecord) -> None:
    events = await asyncio.to_thread(_events, run.id)
    first = {"type": "events", "run": _run_data(run), "events": events}
    await socket.send_text(orjson.dumps(first).decode())
    seen = events[-1]["seq"] if events else 0
    if events and events[-1]["kind"] in {"run_completed", "run_failed", "run_cancelled"}:
        await socket.send_text(orjson.dumps({"type": "end", "status": run.status}).decode())
        return
    async for frame in core().runs.follow(run.id, after=seen):
        await socket.send_text(orjson.dumps(frame).decode())


async def _until_gone(socket: WebSocket) -> None:
    """The browser has nothing to say here; its leaving is noticed by listening."""
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        return


def _events(run_id: str) -> list[dict[str, Any]]:
    return [event.flat() for event in core().runs.events(run_id)]


def _run_data(run: RunRecord) -> dict[str, Any]:
    return {"id": run.id, "status": run.status, "input": run.input, "simulated": run.simulated}


def _same_origin(socket: WebSocket) -> bool:
    # Streamlit guards its own routes only: without this any web page could read the runs of whoever opens it.
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")
