"""An OpenAI-compatible endpoint on loopback that streams numbered words at a steady pace.

It speaks just enough HTTP for that: a web framework would take a large share of what is to be measured.
"""

import asyncio
import json
import threading
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from string import ascii_lowercase

_FLOOR = """
<!doctype html><title>floor</title>
<script>
  for (let at = 0; at < Number(new URLSearchParams(location.search).get('streams')); at++) {
    const text = Object.assign(document.createElement('p'), { className: 'text' });
    document.documentElement.append(text);
    const source = new EventSource('/floor/words');
    source.onmessage = ({ data }) => text.append(JSON.parse(data).choices[0]?.delta.content ?? '');
    source.addEventListener('end', () => source.close());
  }
</script>
"""
_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nConnection: close\r\n\r\n"
_CHUNK = '{"id":"numbers","object":"chat.completion.chunk","created":0,"model":"numbers",'
_USAGE = '"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}'
_PARAGRAPH = 40


@dataclass
class NumbersEndpoint:
    """Each answer has a letter of its own; its words are `a0 a1 a2 …`."""

    words: int
    per_second: float
    address: str = ""
    emitted: dict[str, float] = field(default_factory=dict)
    """By word, when it left: milliseconds since 1970."""
    _letters: Iterator[str] = field(default_factory=lambda: iter(ascii_lowercase))
    _awaited: int = 0
    _all_there: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def base_url(self) -> str:
        """What a provider is called with."""
        return f"{self.address}/v1"

    def expect(self, answers: int) -> None:
        """The next answers begin when that many have been asked for. Only while nothing streams."""
        self._awaited = answers
        self._all_there.clear()

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection: the page of the floor, else an answer (to a model call, or to that page)."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET /floor?"):
            # A bare page that gets its words straight from here: what no studio can be faster than.
            writer.write((_HEAD.format(type="text/html") + _FLOOR).encode())
        elif "/words" in head or "/chat/completions" in head:
            await self._answer(writer, next(self._letters))
        await writer.drain()
        writer.close()

    async def _answer(self, writer: StreamWriter, letter: str) -> None:
        writer.write(_HEAD.format(type="text/event-stream").encode())
        self._awaited -= 1
        if self._awaited <= 0:
            self._all_there.set()
        await self._all_there.wait()
        # Words of different answers come at different moments.
        start = time.monotonic() + 0.5 + ord(letter) * 0.0073
        for number in range(self.words):
            await asyncio.sleep(start + number / self.per_second - time.monotonic())
            word = f"{letter}{number}"
            self.emitted[word] = time.time() * 1e3
            writer.write(_piece(word + ("\n\n" if number % _PARAGRAPH == _PARAGRAPH - 1 else " ")))
        writer.write(_piece("", finish="stop"))
        writer.write(f"data: {_CHUNK}{_USAGE}\n\nevent: end\ndata: [DONE]\n\n".encode())


def _piece(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
    return f'data: {_CHUNK}"choices":[{json.dumps(choice)}]}}\n\n'.encode()


@contextmanager
def numbers_endpoint(*, words: int, per_second: float) -> Iterator[NumbersEndpoint]:
    """The endpoint, on a thread of its own, for as long as the block runs."""
    endpoint = NumbersEndpoint(words, per_second)
    ready = threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
        endpoint.address = "http://{}:{}".format(*server.sockets[0].getsockname()[:2])
        ready.set()

    asyncio.run_coroutine_threadsafe(serve(), loop)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    assert ready.wait(timeout=10), "it listens"
    try:
        yield endpoint
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()
