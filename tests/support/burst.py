"""A burst of signed events at a real server: each twice, several at a time, with a crash in the middle."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
import orjson

from core.triggers.signatures import signed_headers
from tests.support.server import PATIENCE, StudioServer

SENDERS = 8


@dataclass(slots=True)
class Burst:
    """What senders were told."""

    accepted: list[str] = field(default_factory=list)
    """Keys of events, once for each 202."""
    seconds: float = 0.0


def send_burst(
    server: StudioServer, trigger_id: str, secret: str, keys: Sequence[str], *, kill_after: int | None = None
) -> Burst:
    """Post each event twice; with `kill_after` the server is killed (`kill -9`) after so many answers, and the
    senders give up."""
    burst = Burst()
    began = time.monotonic()
    asyncio.run(_send(burst, server, trigger_id, secret, keys, kill_after))
    burst.seconds = time.monotonic() - began
    return burst


async def _send(
    burst: Burst,
    server: StudioServer,
    trigger_id: str,
    secret: str,
    keys: Sequence[str],
    kill_after: int | None,
) -> None:
    waiting = iter([key for key in keys for _ in range(2)])

    async def sender(client: httpx.AsyncClient) -> None:
        for key in waiting:
            body = orjson.dumps({"key": key})
            headers = signed_headers("standard", secret, key=key, body=body)
            try:
                answer = await client.post(f"/hooks/{trigger_id}", headers=headers, content=body)
            except httpx.TransportError:
                return
            assert answer.status_code == 202, answer.text
            burst.accepted.append(key)
            if kill_after is not None and len(burst.accepted) == kill_after:
                server.kill()

    async with httpx.AsyncClient(base_url=server.address, timeout=PATIENCE) as client:
        await asyncio.gather(*(sender(client) for _ in range(SENDERS)))
