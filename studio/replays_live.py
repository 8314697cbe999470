"""Tells open pages how all tests stand, when that changes."""

import asyncio

from starlette.websockets import WebSocket

from studio.context import core
from studio.sockets import REFUSED, same_origin, until_over
from studio.view_models.batch_progress import Progress
from studio.view_models.revision_test_rows import progress_of_tests

LOOK_SECONDS = 0.5
"""Tests are run by any process: only the database knows."""


async def replays_socket(socket: WebSocket) -> None:
    """The progress of all tests at once, and again whenever it has changed."""
    if not same_origin(socket):
        await socket.close(code=REFUSED, reason="Another site may not watch tests.")
        return
    await socket.accept()
    await until_over(socket, _tell(socket), name="The progress of tests")


async def _tell(socket: WebSocket) -> None:
    told: Progress | None = None
    while True:
        progress = await asyncio.to_thread(_progress)
        if progress != told:
            await socket.send_json(progress)
            told = progress
        await asyncio.sleep(LOOK_SECONDS)


def _progress() -> Progress:
    return progress_of_tests(core().replays.standings())
