"""An OpenAI-compatible endpoint on loopback that streams numbered words at a steady pace."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route


@dataclass
class NumbersEndpoint:
    """Each answer has a letter of its own; its words are `a0 a1 a2 …`, paragraphs of 40 words."""

    words: int
    per_second: float
    base_url: str = ""
    emitted: dict[str, float] = field(default_factory=dict)
    """By word, when it left: milliseconds since 1970."""
    _letters: Iterator[str] = field(default_factory=lambda: iter(ascii_lowercase))
    _awaited: int = 0

    def expect(self, answers: int) -> None:
        """The next answers begin when that many have been asked for."""
        self._awaited = answers

    async def complete(self, _request: Request) -> StreamingResponse:
        """The route."""
        self._awaited -= 1
        return StreamingResponse(self._answer(next(self._letters)), media_type="text/event-stream")

    async def _answer(self, letter: str) -> AsyncIterator[bytes]:
        while self._awaited > 0:
            await asyncio.sleep(0.02)
        yield _event({"role": "assistant", "content": ""})
        start = time.monotonic() + 0.5
        for number in range(self.words):
            await asyncio.sleep(start + number / self.per_second - time.monotonic())
            word = f"{letter}{number}"
            self.emitted[word] = time.time() * 1e3
            yield _event({"content": word + ("\n\n" if number % 40 == 39 else " ")})
        yield _event({}, finish="stop")
        yield _event(None)
        yield b"data: [DONE]\n\n"


def _event(delta: dict[str, Any] | None, finish: str | None = None) -> bytes:
    """One piece of the stream; without a delta the one with the token counts."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    chunk: dict[str, Any] = {
        "id": "numbers",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "numbers",
        "choices": choices,
    }
    if delta is None:
        chunk["usage"] = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return f"data: {json.dumps(chunk)}\n\n".encode()


@contextmanager
def numbers_endpoint(*, words: int, per_second: float) -> Iterator[NumbersEndpoint]:
    """The endpoint, on a thread of its own, for as long as the block runs."""
    endpoint = NumbersEndpoint(words, per_second)
    app = Starlette(routes=[Route("/v1/chat/completions", endpoint.complete, methods=["POST"])])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        endpoint.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield endpoint
        finally:
            server.should_exit = True
            thread.join(timeout=10)
