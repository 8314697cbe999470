"""Leaves a provider alone that has failed many times in a row, and tries it again with a single call."""

import time
from collections.abc import Callable
from datetime import timedelta

from core.errors import ProviderError
from core.ids import utc_now

FAILURES = 8
"""So many faults in a row open the circuit: two calls with all their attempts."""
REST_SECONDS = 30.0


class CircuitOpenError(ProviderError):
    """The provider is not asked, as it would most likely fail again."""

    code = "provider_down"


class CircuitBreaker:
    """Closed: calls pass. Open: they are refused at once. Half-open, after a rest: one passes, and decides."""

    def __init__(
        self,
        provider: str,
        *,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._limit = failures
        self._rest = rest_seconds
        self._clock = clock
        self._failures = 0
        self._open_until: float | None = None
        self._trying = False
        self._last = ""

    @property
    def is_open(self) -> bool:
        """Whether calls are refused, but for the one that tries again."""
        return self._open_until is not None

    def check(self) -> None:
        """Raises CircuitOpenError when a call would be refused now."""
        if self._open_until is None:
            return
        left = self._open_until - self._clock()
        if left > 0 or self._trying:
            raise self._refusal(max(left, 0))

    def enter(self) -> None:
        """A call begins; tell how it went with one of the methods below. Raises CircuitOpenError."""
        self.check()
        self._trying = self._open_until is not None

    def succeeded(self) -> None:
        """The provider answered, be it that it did not like the question."""
        self.close()

    def failed(self, what: str) -> None:
        """The provider did not answer as one that works."""
        self._failures += 1
        self._trying = False
        self._last = what
        if self._open_until is not None or self._failures >= self._limit:
            self._open_until = self._clock() + self._rest

    def broken_off(self) -> None:
        """Nothing is known: the call was given up on this side."""
        self._trying = False

    def close(self) -> None:
        """Calls pass again."""
        self._failures, self._open_until, self._trying = 0, None, False

    def _refusal(self, left: float) -> CircuitOpenError:
        if left > 0:
            at = utc_now() + timedelta(seconds=left)
            when = f"It is tried again in {left:.0f} s, at {at:%H:%M:%S} UTC; run again then."
        else:
            when = "It is being tried at this moment; run again soon."
        return CircuitOpenError(
            f"Provider '{self._provider}' has failed {self._failures} times in a row and is left alone for now. "
            f"The last time: {self._last}",
            hint=f"{when} 'Test connection' on the Settings page tries it at once.",
        )
