"""Tells open pages how all tests stand, when that changes."""

from starlette.websockets import WebSocket

from studio.context import core
from studio.sockets import watch
from studio.view_models.batch_progress import Progress
from studio.view_models.revision_test_rows import progress_of_tests

LOOK_SECONDS = 0.5


async def replays_socket(socket: WebSocket) -> None:
    """The progress of all tests at once, and again whenever it has changed."""
    await watch(socket, _progress, what="tests", every=LOOK_SECONDS)


def _progress() -> Progress:
    return progress_of_tests(core().replays.standings())
