"""Tells open pages how many approvals wait, when that changes."""

import asyncio

from starlette.websockets import WebSocket

from studio.context import core
from studio.sockets import REFUSED, same_origin, until_over

LOOK_SECONDS = 1.0
"""An approval may be asked for, or decided, by another process: only the database knows."""


async def inbox_socket(socket: WebSocket) -> None:
    """`{"pending": 2}` at once, and again whenever the number has changed."""
    if not same_origin(socket):
        await socket.close(code=REFUSED, reason="Another site may not watch approvals.")
        return
    await socket.accept()
    await until_over(socket, _tell(socket), name="The count of approvals")


async def _tell(socket: WebSocket) -> None:
    told = None
    while True:
        pending = await asyncio.to_thread(core().approvals.pending_count)
        if pending != told:
            await socket.send_json({"pending": pending})
            told = pending
        await asyncio.sleep(LOOK_SECONDS)
