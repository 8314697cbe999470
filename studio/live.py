"""Live streams of runs: a WebSocket for what happens, and the stored events of runs that are over."""

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from core.errors import NotFoundError
from studio.context import core
from studio.sockets import REFUSED, same_origin, until_over

if TYPE_CHECKING:
    from core.records import RunRecord

LAST = {"run_completed": "completed", "run_failed": "failed", "run_cancelled": "cancelled"}


async def live_socket(socket: WebSocket) -> None:
    """First all events so far in one frame, then each event and piece of text as it comes, then the end."""
    run_id = socket.path_params["run_id"]
    if not same_origin(socket):
        await socket.close(code=REFUSED, reason="Another site may not watch runs.")
        return
    await socket.accept()
    try:
        run = await asyncio.to_thread(core().runs.get, run_id)
    except NotFoundError as error:
        await socket.send_json({"type": "error", "message": error.message})
        await socket.close()
        return
    await until_over(socket, _stream(socket, run), name=f"The live stream of run {run.id}")


async def live_events(request: Request) -> Response:
    """The run and its stored events as JSON."""
    run_id = request.path_params["run_id"]
    try:
        run = await asyncio.to_thread(core().runs.get, run_id)
    except NotFoundError as error:
        return JSONResponse({"message": error.message, "hint": error.hint}, status_code=404)
    body = orjson.dumps({"run": _run_data(run), "events": await asyncio.to_thread(_events, run_id)})
    # What has failed or was stopped may be tried again.
    headers = {"Cache-Control": "private, max-age=3600" if run.status == "completed" else "no-store"}
    return Response(body, media_type="application/json", headers=headers)


async def _stream(socket: WebSocket, run: "RunRecord") -> None:
    events = await asyncio.to_thread(_events, run.id)
    first = {"type": "events", "run": _run_data(run), "events": events}
    await socket.send_text(orjson.dumps(first).decode())
    if events and events[-1]["kind"] in LAST and await asyncio.to_thread(_is_over, run):
        # Not the run's status: it was read before its last event.
        end = {"type": "end", "status": LAST[events[-1]["kind"]]}
        await socket.send_text(orjson.dumps(end).decode())
        return
    async with aclosing(core().runs.follow(run.id, after=events[-1]["seq"] if events else 0)) as frames:
        async for frame in frames:
            await socket.send_text(orjson.dumps(frame).decode())


def _is_over(run: "RunRecord") -> bool:
    """Whether nothing comes after an event that says so: the run may have been tried again, which is told when
    somebody works on it."""
    return run.ended or core().runs.get(run.id).ended


def _events(run_id: str) -> list[dict[str, Any]]:
    return [event.flat() for event in core().runs.events(run_id)]


def _run_data(run: "RunRecord") -> dict[str, Any]:
    return {"id": run.id, "status": run.status, "input": run.input, "simulated": run.simulated}
