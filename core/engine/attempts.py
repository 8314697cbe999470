"""A model call with all its attempts: each through the provider's gate, with waits in between."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from core.sdk.retrying import Again, NotAgain, next_attempt
from core.sdk.traffic import Gate

Answer = TypeVar("Answer")
Ask = Callable[[Callable[[], None]], Awaitable[Answer]]

_CHARACTERS_A_TOKEN = 4


def _nothing(*_: Any) -> None:
    return


@dataclass(slots=True)
class Attempts:
    """What is told while a call is tried, and what is known of it afterwards."""

    on_held: Callable[[str], None] = _nothing
    """Told the limit that the call waits for."""
    on_retry: Callable[[Again, int], None] = _nothing
    """Told why and when it is tried again, and the number of that attempt."""
    made: int = 0
    failed: list[str] = field(default_factory=list)
    waited_seconds: float = 0.0

    def facts(self) -> dict[str, Any]:
        """For the call's span; nothing when the first attempt began at once and was the only one."""
        waited = round(self.waited_seconds, 2)
        if not self.failed and not waited:
            return {}
        return {"attempts": {"made": self.made, "failed": self.failed, "waited_seconds": waited}}


async def answered(
    gate: Gate,
    ask: Ask[Answer],
    attempts: Attempts,
    *,
    size: int,
    used: Callable[[Answer], int],
    until: float | None,
    seconds: float | None = None,
) -> Answer:
    """What `ask` gives, tried as often as the provider's settings say. It calls what it is given when the provider
    has got the question. `size` is the length of the question in characters, `used` tells the tokens behind an
    answer, `until` is when the run must be over, by the event loop's clock; `seconds` is what the agent allows for
    an attempt. Raises what the last attempt did."""
    while True:
        attempts.made += 1
        try:
            return await _one(gate, ask, attempts, size=size, used=used, seconds=seconds)
        except Exception as error:
            # Which failures are worth another attempt is the retry policy's to say; all others go on.
            left = None if until is None else until - asyncio.get_running_loop().time()
            again = next_attempt(error, gate.load, attempt=attempts.made, seconds_left=left)
            if isinstance(again, NotAgain):
                if again.because:
                    error.add_note(again.because)
                raise
        attempts.failed.append(again.reason)
        attempts.on_retry(again, attempts.made + 1)
        attempts.waited_seconds += again.wait_seconds
        await asyncio.sleep(again.wait_seconds)


async def _one(
    gate: Gate,
    ask: Ask[Answer],
    attempts: Attempts,
    *,
    size: int,
    used: Callable[[Answer], int],
    seconds: float | None,
) -> Answer:
    # Not to wait for a turn that would be refused.
    gate.breaker.check()
    came = time.monotonic()
    tokens = size // _CHARACTERS_A_TOKEN if gate.limiter.counts_tokens else 0
    async with gate.limiter.turn(tokens=tokens, on_wait=attempts.on_held) as turn:
        attempts.waited_seconds += time.monotonic() - came
        answer = await gate.attempt(partial(ask, partial(gate.limiter.arrived, turn)), seconds=seconds)
        if spent := used(answer):
            gate.limiter.used(turn, spent)
    return answer
