"""Tells open pages how many approvals wait, when that changes."""

from starlette.websockets import WebSocket

from studio.context import core
from studio.sockets import watch

LOOK_SECONDS = 1.0


async def inbox_socket(socket: WebSocket) -> None:
    """`{"pending": 2}` at once, and again whenever the number has changed."""
    await watch(socket, _pending, what="approvals", every=LOOK_SECONDS)


def _pending() -> dict[str, int]:
    return {"pending": core().approvals.pending_count()}
