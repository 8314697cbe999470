"""A real HTTP server on loopback, for HTTP tools and for MCP over HTTP."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address of that app, served from a thread for as long as the block runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1)
    server = _Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert server.ready.wait(20)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def shop_app(elsewhere: str = "") -> Starlette:
    """Echoes what it was sent under /echo; the other addresses fail, each in its way."""

    async def echo(request: Request) -> Response:
        body = await request.body()
        return JSONResponse(
            {
                "method": request.method,
                "path": request.scope["raw_path"].decode(),
                "query": request.url.query,
                "headers": dict(request.headers),
                "body": body.decode(),
            }
        )

    async def missing(_request: Request) -> Response:
        return JSONResponse({"detail": "no such order"}, status_code=404)

    async def broken(_request: Request) -> Response:
        return PlainTextResponse("stack trace " * 1000, status_code=500)

    async def slow(_request: Request) -> Response:
        await asyncio.sleep(5)
        return PlainTextResponse("late")

    async def huge(_request: Request) -> Response:
        return PlainTextResponse("x" * 3_000_000)

    async def picture(_request: Request) -> Response:
        return Response(b"\x89PNG....", media_type="image/png")

    async def moved(_request: Request) -> Response:
        return RedirectResponse("/echo/new", status_code=307)

    async def away(_request: Request) -> Response:
        return RedirectResponse(f"{elsewhere}/echo/away", status_code=307)

    async def circle(_request: Request) -> Response:
        return RedirectResponse("/circle")

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    failing = (missing, broken, slow, huge, picture, moved, away, circle)
    return Starlette(
        routes=[
            Route("/echo/{rest:path}", echo, methods=methods),
            *(Route(f"/{handler.__name__}", handler, methods=methods) for handler in failing),
        ]
    )
