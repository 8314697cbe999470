"""How a socket is left, whoever goes first."""

import asyncio
from collections.abc import Iterator
from typing import Any

import anyio
from starlette.websockets import WebSocket

from studio.shutdown import end_streams_on_signal
from studio.sockets import until_over


def test_who_ends_the_work_while_it_is_tidied_up_is_heard() -> None:
    """A server may end what serves a socket just when the browser has left."""

    async def scenario() -> bool:
        tidying = asyncio.Event()
        told: Iterator[dict[str, Any]] = iter(
            [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]
        )

        async def receive() -> dict[str, Any]:
            return next(told)

        async def untidy() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                tidying.set()
                await asyncio.sleep(0.2)

        async def end(scope: anyio.CancelScope) -> None:
            await tidying.wait()
            scope.cancel()

        with end_streams_on_signal(), anyio.CancelScope() as scope:
            ending = asyncio.ensure_future(end(scope))
            await until_over(WebSocket({"type": "websocket"}, receive, send=_nobody), untidy(), name="Untidy")
        await ending
        return scope.cancelled_caught

    assert asyncio.run(scenario())


async def _nobody(_message: Any) -> None:
    raise AssertionError("nobody is there")
