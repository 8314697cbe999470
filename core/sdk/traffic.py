"""The traffic between the runs of this process and its providers: one gate for each provider."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from core.errors import ProviderError
from core.records import ProviderLoad, ProviderRecord
from core.sdk.circuit_breaker import CircuitBreaker
from core.sdk.rate_limit import MINUTE, Clock, Limiter

Answer = TypeVar("Answer")


class AttemptTimeoutError(ProviderError):
    """One attempt of a model call took longer than it may."""

    code = "attempt_timeout"


class Gate:
    """What every call of one provider goes through."""

    def __init__(self, provider: ProviderRecord, *, minute: float = MINUTE, clock: Clock = time.monotonic) -> None:
        self.provider = provider.id
        self.load = provider.load
        self._among = 1
        self.limiter = Limiter(provider.load, minute=minute, clock=clock)
        self.breaker = CircuitBreaker(provider.id, clock=clock)

    def configure(self, load: ProviderLoad, *, among: int) -> None:
        """Other settings from now on; so many processes share the limits."""
        if (load, among) != (self.load, self._among):
            self.load, self._among = load, among
            self.limiter.configure(_share(load, among))

    async def attempt(self, ask: Callable[[], Awaitable[Answer]], *, seconds: float | None = None) -> Answer:
        """One attempt of a call that was let in: within its time (the provider's, and `seconds` where that is
        less), and told to the breaker. Raises what `ask` raises, CircuitOpenError or AttemptTimeoutError."""
        from core.sdk.failures import explain
        from core.sdk.retrying import is_fault

        self.breaker.enter()
        try:
            most = self.load.attempt_seconds
            answer = await self._in_time(ask, most if seconds is None else min(seconds, most))
        except Exception as error:
            # Whatever it is, the breaker must hear of it; it goes on to the caller.
            if is_fault(error):
                self.breaker.failed(explain(error).message)
            else:
                self.breaker.succeeded()
            raise
        except BaseException:
            self.breaker.broken_off()
            raise
        self.breaker.succeeded()
        return answer

    async def _in_time(self, ask: Callable[[], Awaitable[Answer]], seconds: float) -> Answer:
        try:
            async with asyncio.timeout(seconds) as limit:
                return await ask()
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise AttemptTimeoutError(
                f"Provider '{self.provider}' had not answered in full after {seconds:g} seconds.",
                hint="Run again, choose a faster model, or raise the time-out: of the agent's model calls, or of "
                "an attempt under 'Under load' in the provider's settings.",
            ) from error


def _share(load: ProviderLoad, among: int) -> ProviderLoad:
    """One process's part of the limits: at least one call."""

    def part(limit: int | None) -> int | None:
        return None if limit is None else max(1, limit // among)

    return replace(
        load,
        requests_per_minute=part(load.requests_per_minute),
        tokens_per_minute=part(load.tokens_per_minute),
        calls_at_once=part(load.calls_at_once),
    )


class Traffic:
    """The gates of all providers of one process."""

    def __init__(self, *, minute: float = MINUTE) -> None:
        self._minute = minute
        self._among = 1
        self._gates: dict[str, Gate] = {}

    def gate(self, provider: ProviderRecord) -> Gate:
        """The provider's gate, with its present settings."""
        gate = self._gates.get(provider.id)
        if gate is None:
            gate = self._gates[provider.id] = Gate(provider, minute=self._minute)
        gate.configure(provider.load, among=self._among)
        return gate

    def share(self, among: int) -> None:
        """So many processes call the providers, each within its part of the limits."""
        if among != self._among:
            self._among = among
            for gate in self._gates.values():
                gate.configure(gate.load, among=among)

    def works(self, provider_id: str) -> None:
        """Somebody knows that the provider can be asked again."""
        if gate := self._gates.get(provider_id):
            gate.breaker.close()
