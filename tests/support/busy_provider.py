"""An endpoint on loopback that speaks chat completions, misbehaves as told, and counts what it is asked."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.support.tool_http_server import serving


@dataclass(frozen=True, slots=True)
class Refuse:
    """An error answer."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    until: float | None = None
    """`Retry-After` as the date so many seconds from the answer."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The answer breaks off behind this text."""

    after: str


@dataclass(frozen=True, slots=True)
class Stall:
    """No answer before so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Say:
    """An answer."""

    text: str
    tokens: int = 15


Behaviour = Refuse | Cut | Stall | Say


@dataclass(slots=True)
class BusyProvider:
    """A running server. It does what is in `plan`, one thing a request, and then always `then`."""

    plan: deque[Behaviour]
    then: Behaviour
    seconds: float
    base_url: str = ""
    arrivals: list[float] = field(default_factory=list)
    asked: list[list[dict[str, Any]]] = field(default_factory=list)
    """The messages of each request."""
    at_work: int = 0
    most_at_work: int = 0

    def most_within(self, seconds: float) -> int:
        """The most requests that came within so many seconds."""
        times = sorted(self.arrivals)
        return max(sum(start <= each < start + seconds for each in times) for start in times)


@contextmanager
def busy_provider(*plan: Behaviour, then: Behaviour | None = None, seconds: float = 0) -> Iterator[BusyProvider]:
    """The server for as long as the block runs; it takes `seconds` for every answer."""
    server = BusyProvider(deque(plan), then or Say("Done."), seconds)

    async def completions(request: Request) -> Response:
        server.arrivals.append(time.monotonic())
        server.asked.append((await request.json())["messages"])
        server.at_work += 1
        server.most_at_work = max(server.most_at_work, server.at_work)
        try:
            await asyncio.sleep(server.seconds)
            return await _answer(server.plan.popleft() if server.plan else server.then)
        finally:
            server.at_work -= 1

    routes = [Route("/v1/chat/completions", completions, methods=["POST"])]
    with serving(Starlette(routes=routes)) as root:
        server.base_url = f"{root}/v1"
        yield server


async def _answer(behaviour: Behaviour) -> Response:
    match behaviour:
        case Refuse(status, headers, until):
            if until is not None:
                date = datetime.now(UTC) + timedelta(seconds=until)
                headers = {**headers, "retry-after": format_datetime(date, usegmt=True)}
            return JSONResponse({"error": {"message": "Not now"}}, status_code=status, headers=headers)
        case Stall(seconds):
            await asyncio.sleep(seconds)
            return _stream(_chunk("Late."), _chunk("", "stop"))
        case Cut(after):
            return _stream(*(_chunk(word + " ") for word in after.split()))
        case Say(text, tokens):
            usage = {"prompt_tokens": tokens - 5, "completion_tokens": 5, "total_tokens": tokens}
            words = [_chunk(word) for word in text.split(" ")[:1]]
            words += [_chunk(" " + word) for word in text.split(" ")[1:]]
            return _stream(*words, _chunk("", "stop"), {**_chunk(""), "choices": [], "usage": usage})


def _stream(*chunks: dict[str, Any]) -> Response:
    async def lines() -> AsyncIterator[str]:
        for chunk in chunks:
            yield f"data: {json.dumps(chunk)}\n\n"
            await asyncio.sleep(0)
        yield "data: [DONE]\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


def _chunk(text: str, reason: str | None = None) -> dict[str, Any]:
    delta = {"role": "assistant", "content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
