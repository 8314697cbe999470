"""The address of webhooks: what others post becomes an event, before they are answered."""

import asyncio
import logging

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from core.errors import TroupeError
from core.triggers.events import MAX_PAYLOAD, TooLargeError
from studio.context import core

STATUS = {
    "signature": 401,
    "not_found": 404,
    "disabled": 410,
    "too_large": 413,
    "invalid_input": 422,
    "secret_lost": 503,
    "database_unavailable": 503,
}
ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]
"""Where no route takes a request, Streamlit answers it with a page."""
READ_ANYWAY = 32 * MAX_PAYLOAD
"""Of a body that is too large so much is read and thrown away: most clients read no answer before they have sent
everything."""

log = logging.getLogger(__name__)


async def receive_hook(request: Request) -> Response:
    """202 with the event's id and whether it was known already; else an error that says what to do."""
    if request.method != "POST":
        wrong = {"code": "method", "message": "This is the address of a webhook.", "hint": "Post events to it."}
        return JSONResponse({"error": wrong}, status_code=405, headers={"Allow": "POST"})
    trigger_id = request.path_params["trigger_id"]
    try:
        body = await _body(request)
        received = await asyncio.to_thread(
            core().trigger_inbox.receive_hook, trigger_id, dict(request.headers), body
        )
    except ClientDisconnect:
        return Response(status_code=400)
    except TroupeError as error:
        status = STATUS.get(error.code, 500)
        if status >= 500:
            log.error("Webhook %s: %s", trigger_id, error.message)
        wrong = {"code": error.code, "message": error.message, "hint": error.hint}
        return JSONResponse({"error": wrong}, status_code=status)
    told = {"event_id": received.key, "known": received.known}
    return JSONResponse(told | ({"note": received.note} if received.note else {}), status_code=202)


async def _body(request: Request) -> bytes:
    """Raises TooLargeError, having kept no more than is allowed."""
    kept, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_PAYLOAD:
            kept += chunk
        elif size > READ_ANYWAY:
            break
    if size > MAX_PAYLOAD:
        raise TooLargeError
    return bytes(kept)
