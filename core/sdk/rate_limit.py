"""Limits on the calls of one provider, shared by all runs of the process: first come, first served."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.records import ProviderLoad

MINUTE = 60.0
PATIENCE_SECONDS = 0.25
"""Calls that wait no longer than this say nothing about it."""

Clock = Callable[[], float]


@dataclass(slots=True, eq=False)
class Taken:
    """So much was taken at this time."""

    at: float
    amount: int


class SlidingWindow:
    """At most `limit` units within any `seconds`. More than that at once may go when nothing else does."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self._seconds = seconds
        self._taken: deque[Taken] = deque()
        self._total = 0

    def wait(self, now: float, amount: int) -> float:
        """Seconds until `amount` may be taken; 0 when it may be now."""
        self._forget_old(now)
        excess = self._total + min(amount, self.limit) - self.limit
        for taken in self._taken:
            if excess <= 0:
                return 0.0
            excess -= taken.amount
            if excess <= 0:
                return taken.at + self._seconds - now
        return 0.0

    def take(self, now: float, amount: int) -> Taken:
        """Take it, whether or not it may be."""
        taken = Taken(now, 0)
        self._taken.append(taken)
        self.correct(taken, amount)
        return taken

    def correct(self, taken: Taken, amount: int) -> None:
        """It was another amount, as is known only now; 0 when nothing came of it."""
        if taken in self._taken:
            self._total += amount - taken.amount
            taken.amount = amount
            if amount == 0:
                self._taken.remove(taken)

    def move(self, taken: Taken, now: float) -> None:
        """It was taken only now."""
        if taken in self._taken:
            self._taken.remove(taken)
            taken.at = now
            self._taken.append(taken)

    def _forget_old(self, now: float) -> None:
        while self._taken and self._taken[0].at <= now - self._seconds:
            self._total -= self._taken.popleft().amount


class Turn:
    """A call that was let in."""

    def __init__(self, request: Taken | None, tokens: Taken | None) -> None:
        self.request = request
        self.tokens = tokens
        self.has_arrived = False


@dataclass(slots=True, eq=False)
class _Waiter:
    tokens: int
    turn: asyncio.Future[Turn]


class Limiter:
    """Lets calls in, in the order in which they came. For one event loop."""

    def __init__(self, load: ProviderLoad, *, minute: float = MINUTE, clock: Clock = time.monotonic) -> None:
        self._window_seconds = minute
        self._clock = clock
        self._waiting: deque[_Waiter] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._at_work = 0
        self._requests: SlidingWindow | None = None
        self._tokens: SlidingWindow | None = None
        self.configure(load)

    def configure(self, load: ProviderLoad) -> None:
        """Other limits from now on; what was called before counts."""
        self.most_at_once = load.calls_at_once
        self._requests = self._window(self._requests, load.requests_per_minute)
        self._tokens = self._window(self._tokens, load.tokens_per_minute)
        if self._waiting:
            self.look()

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return len(self._waiting)

    @property
    def counts_tokens(self) -> bool:
        """Whether it matters how many tokens a call needs."""
        return self._tokens is not None

    @asynccontextmanager
    async def turn(self, *, tokens: int = 0, on_wait: Callable[[str], None] | None = None) -> AsyncIterator[Turn]:
        """Run the block when it is this call's turn. `tokens` is an estimate; `on_wait` is told which limit is
        reached when the call has to wait."""
        turn = await self._enter(tokens, on_wait)
        try:
            yield turn
        finally:
            self.arrived(turn)
            self._at_work -= 1
            self.look()

    def arrived(self, turn: Turn) -> None:
        """The provider has got the call by now. Requests take differently long on their way: counted from when
        they leave, more of them than allowed could arrive within a minute."""
        if turn.has_arrived:
            return
        turn.has_arrived = True
        for window, taken in ((self._requests, turn.request), (self._tokens, turn.tokens)):
            if window is not None and taken is not None:
                window.move(taken, self._clock())

    def used(self, turn: Turn, tokens: int) -> None:
        """How many tokens a call needed in the end."""
        if turn.tokens is not None and self._tokens is not None:
            self._tokens.correct(turn.tokens, tokens)
            self.look()

    def look(self) -> None:
        """Let in whoever may go now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            delay, _ = self._obstacle(self._waiting[0].tokens)
            if delay > 0:
                if delay != _UNTIL_ONE_ENDS:
                    self._timer = self._waiting[0].turn.get_loop().call_later(delay, self.look)
                return
            waiter = self._waiting.popleft()
            waiter.turn.set_result(self._let_in(waiter.tokens))

    async def _enter(self, tokens: int, on_wait: Callable[[str], None] | None) -> Turn:
        if not self._waiting and self._obstacle(tokens)[0] == 0:
            return self._let_in(tokens)
        waiter = _Waiter(tokens, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self.look()
        try:
            if on_wait is not None:
                done, _ = await asyncio.wait({waiter.turn}, timeout=PATIENCE_SECONDS)
                if not done:
                    # Nobody overtakes: what holds the first holds all.
                    on_wait(self._obstacle(self._waiting[0].tokens)[1])
            return await waiter.turn
        except asyncio.CancelledError:
            self._withdraw(waiter)
            raise

    def _obstacle(self, tokens: int) -> tuple[float, str]:
        """Seconds until a call may go as far as can be told, and the limit that stands in its way."""
        now = self._clock()
        if self.most_at_once is not None and self._at_work >= self.most_at_once:
            return _UNTIL_ONE_ENDS, f"{self.most_at_once:,} at the same time"
        waits = [(0.0, "")]
        if self._requests is not None:
            waits.append((self._requests.wait(now, 1), f"{self._requests.limit:,} requests a minute"))
        if self._tokens is not None:
            waits.append((self._tokens.wait(now, tokens), f"{self._tokens.limit:,} tokens a minute"))
        return max(waits, key=lambda wait: wait[0])

    def _let_in(self, tokens: int) -> Turn:
        now = self._clock()
        self._at_work += 1
        return Turn(
            self._requests.take(now, 1) if self._requests is not None else None,
            self._tokens.take(now, tokens) if self._tokens is not None else None,
        )

    def _withdraw(self, waiter: _Waiter) -> None:
        """Somebody waits no more: no trace is left, even if it was let in at this very moment."""
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        elif waiter.turn.done() and not waiter.turn.cancelled():
            turn = waiter.turn.result()
            self._at_work -= 1
            if self._requests is not None and turn.request is not None:
                self._requests.correct(turn.request, 0)
            if self._tokens is not None and turn.tokens is not None:
                self._tokens.correct(turn.tokens, 0)
        self.look()

    def _window(self, window: SlidingWindow | None, limit: int | None) -> SlidingWindow | None:
        if limit is None:
            return None
        if window is None:
            return SlidingWindow(limit, self._window_seconds)
        window.limit = limit
        return window


_UNTIL_ONE_ENDS = float("inf")
