"""Batches for the browser: how far one is, as it changes, and its results as files."""

import asyncio
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.websockets import WebSocket

from core.errors import NotFoundError
from core.services.batch_export import ExportForm
from studio.context import core
from studio.sockets import watch
from studio.view_models.batch_progress import Progress, batch_progress

LOOK_SECONDS = 0.5
FORMS: dict[str, ExportForm] = {"csv": "csv", "jsonl": "jsonl"}
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
MARK = "\ufeff"
"""At the beginning of a CSV, so that spreadsheets see that it is UTF-8."""


async def batch_socket(socket: WebSocket) -> None:
    """The progress of a batch at once, and again whenever it has changed; ends when the batch is gone."""
    look = partial(_progress, socket.path_params["batch_id"])
    await watch(socket, look, what="batches", every=LOOK_SECONDS)


async def batch_results(request: Request) -> Response:
    """All results as a file that is made while it is sent."""
    batch_id, form = request.path_params["batch_id"], FORMS.get(request.path_params["form"])
    if form is None:
        return JSONResponse({"message": "There are results.csv and results.jsonl."}, status_code=404)
    try:
        pieces = await asyncio.to_thread(core().batches.export, batch_id, form)
    except NotFoundError as error:
        return JSONResponse({"message": error.message, "hint": error.hint}, status_code=404)
    headers = {"Content-Disposition": f'attachment; filename="{batch_id}.{form}"', "Cache-Control": "no-store"}
    marked = (piece if number or form != "csv" else f"{MARK}{piece}" for number, piece in enumerate(pieces))
    return StreamingResponse(marked, media_type=TYPES[form], headers=headers)


def _progress(batch_id: str) -> Progress:
    batch = core().batches.get(batch_id)
    return batch_progress(batch, core().batches.pace(batch))
