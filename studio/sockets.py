"""WebSockets on which the studio speaks and the browser listens."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from core.errors import NotFoundError
from studio.shutdown import stop_event

OVER, REFUSED, FAILED, RESTARTING = 1000, 1008, 1011, 1012
"""Why a socket was closed; after the last two the browser comes again."""

log = logging.getLogger(__name__)


def same_origin(socket: WebSocket) -> bool:
    """Whether a page of this server asks: Streamlit guards its own routes only."""
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")


async def until_over(socket: WebSocket, sending: Coroutine[Any, Any, None], *, name: str) -> None:
    """Send until `sending` has ended, the server stops, or the browser has gone, and close with the code that says
    which; `name` tells in the log what broke off."""
    code = await _outcome(socket, asyncio.ensure_future(sending), name)
    if code is not None:
        await socket.close(code=code)


async def watch(socket: WebSocket, look: Callable[[], Any], *, what: str, every: float) -> None:
    """Tell the browser what `look` gives, in JSON: at once, and again whenever it has changed. It is called on
    another thread each `every` seconds, because any process may have changed the database; NotFoundError from it
    ends the telling. `what` is watched, in words."""
    if not same_origin(socket):
        await socket.close(code=REFUSED, reason=f"Another site may not watch {what}.")
        return
    await socket.accept()
    await until_over(socket, _tell_changes(socket, look, every), name=f"The watch of {what}")


async def _tell_changes(socket: WebSocket, look: Callable[[], Any], every: float) -> None:
    told = None
    while True:
        try:
            found = await asyncio.to_thread(look)
        except NotFoundError:
            return
        if found != told:
            await socket.send_json(found)
            told = found
        await asyncio.sleep(every)


async def _outcome(socket: WebSocket, stream: "asyncio.Future[None]", name: str) -> int | None:
    """The code to close with, None when nobody is there any more."""
    gone = asyncio.ensure_future(_until_gone(socket))
    stopped = asyncio.ensure_future(stop_event().wait())
    tasks: set[asyncio.Future[Any]] = {stream, gone, stopped}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        # Not `gather`: whoever cancels this meanwhile would not know the cancellation for theirs.
        await asyncio.wait(tasks)
    if gone in done or _broke(stream):
        return None
    if stream not in done:
        return RESTARTING
    if (error := stream.exception()) is not None:
        log.error("%s broke off", name, exc_info=error)
        return FAILED
    return OVER


def _broke(stream: "asyncio.Future[None]") -> bool:
    """Whether sending failed, which means that the browser left a moment ago."""
    return not stream.cancelled() and isinstance(stream.exception(), WebSocketDisconnect)


async def _until_gone(socket: WebSocket) -> None:
    """The browser has nothing to say here; its leaving is noticed by listening."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
