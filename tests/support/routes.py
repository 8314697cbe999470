"""A client of some of the studio's own routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from studio.shutdown import end_streams_on_signal


def client_of(*routes: BaseRoute) -> TestClient:
    """To be entered: until it is left, streams of these routes end as those of the whole server do."""
    return TestClient(Starlette(routes=list(routes), lifespan=_lifespan))


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    with end_streams_on_signal():
        yield
