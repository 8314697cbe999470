"""Live streams of runs: a WebSocket for what happens, and the stored events of runs that are over."""

import asyncio
import logging
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.errors import NotFoundError
from studio.context import core
from studio.shutdown import stop_event

if TYPE_CHECKING:
    from core.records import RunRecord

OVER, REFUSED, FAILED, RESTARTING = 1000, 1008, 1011, 1012
"""Why a socket was closed; after the last two the browser comes again."""
LAST = {"run_completed": "completed", "run_failed": "failed", "run_cancelled": "cancelled"}

log = logging.getLogger(__name__)


async def live_socket(socket: WebSocket) -> None:
    """First all events so far in one frame, then each event and piece of text as it comes, then the end."""
    run_id = socket.path_params["run_id"]
    if not _same_origin(socket):
        await socket.close(code=REFUSED, reason="Another site may not watch runs.")
        return
    await socket.accept()
    try:
        run = await asyncio.to_thread(core().runs.get, run_id)
    except NotFoundError as error:
        await socket.send_json({"type": "error", "message": error.message})
        await socket.close()
        return
    code = await _until_over(socket, run)
    if code is not None:
        await socket.close(code=code)


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


async def _until_over(socket: WebSocket, run: "RunRecord") -> int | None:
    """Stream until the run has ended, the server stops, or the browser has gone; the code to close with, None
    when nobody is there any more."""
    stream = asyncio.ensure_future(_stream(socket, run))
    gone = asyncio.ensure_future(_until_gone(socket))
    stopped = asyncio.ensure_future(stop_event().wait())
    tasks = {stream, gone, stopped}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if gone in done or _broke(stream):
        return None
    if stream not in done:
        return RESTARTING
    if (error := stream.exception()) is not None:
        log.error("The live stream of run %s broke off", run.id, exc_info=error)
        return FAILED
    return OVER


def _broke(stream: "asyncio.Future[None]") -> bool:
    """Whether sending failed, which means that the browser left a moment ago."""
    return not stream.cancelled() and isinstance(stream.exception(), WebSocketDisconnect)


async def _stream(socket: WebSocket, run: "RunRecord") -> None:
    events = await asyncio.to_thread(_events, run.id)
    first = {"type": "events", "run": _run_data(run), "events": events}
    await socket.send_text(orjson.dumps(first).decode())
    if events and events[-1]["kind"] in LAST:
        # Not the run's status: it was read before its last event.
        end = {"type": "end", "status": LAST[events[-1]["kind"]]}
        await socket.send_text(orjson.dumps(end).decode())
        return
    async with aclosing(core().runs.follow(run.id, after=events[-1]["seq"] if events else 0)) as frames:
        async for frame in frames:
            await socket.send_text(orjson.dumps(frame).decode())


async def _until_gone(socket: WebSocket) -> None:
    """The browser has nothing to say here; its leaving is noticed by listening."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _events(run_id: str) -> list[dict[str, Any]]:
    return [event.flat() for event in core().runs.events(run_id)]


def _run_data(run: "RunRecord") -> dict[str, Any]:
    return {"id": run.id, "status": run.status, "input": run.input, "simulated": run.simulated}


def _same_origin(socket: WebSocket) -> bool:
    # Streamlit guards its own routes only: without this any web page could read the runs of whoever opens it.
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")
