"""The way to the database, which can be cut for a while."""

import asyncio
import signal
import socket
from contextlib import suppress

from tests.kill_matrix.forks import Send

CUT_SECONDS = 1.5
CUT = signal.SIGUSR1


def serve(listener: socket.socket, port: int, send: Send) -> None:
    """Pass everything on to a port of this machine, for ever. At the signal all connections end, and for a while
    none is let through."""
    asyncio.run(_Proxy(listener, port).serve(send))


class _Proxy:
    def __init__(self, listener: socket.socket, port: int) -> None:
        self._listener = listener
        self._port = port
        self._open = True
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self, send: Send) -> None:
        asyncio.get_running_loop().add_signal_handler(CUT, self._cut)
        server = await asyncio.start_server(self._pass_on, sock=self._listener)
        send("ready")
        await server.serve_forever()

    def _cut(self) -> None:
        self._open = False
        for writer in self._writers:
            writer.transport.abort()
        asyncio.get_running_loop().call_later(CUT_SECONDS, self._mend)

    def _mend(self) -> None:
        self._open = True

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, back}
        await asyncio.gather(_copy(reader, back), _copy(there, writer))
        self._writers -= {writer, back}


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()
