"""Which failures of a model call are worth another attempt, and how long to wait before it."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import openai

from core.ids import utc_now
from core.records import ProviderLoad
from core.sdk.failures import explain

FIRST_WAIT = 1.0
"""Longest wait before the second attempt, in seconds; it doubles with every further one."""
FAULTS = frozenset({"server_error", "endpoint_timeout", "endpoint_unreachable", "stream_cut", "attempt_timeout"})
"""The provider does not work as it should; these count for its circuit breaker."""
_PASSING = FAULTS | {"rate_limited"}
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Again:
    """Another attempt, after a wait."""

    reason: str
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class NotAgain:
    """No other attempt; `because` says why, where that is not the failure itself."""

    because: str = ""


def next_attempt(
    error: Exception,
    load: ProviderLoad,
    *,
    attempt: int,
    seconds_left: float | None = None,
    chance: Callable[[], float] = random.random,
    now: Callable[[], datetime] = utc_now,
) -> Again | NotAgain:
    """What to do after `attempt` (from 1) ended with `error`. The run may go on for `seconds_left`."""
    if not is_passing(error):
        return NotAgain()
    if attempt >= load.attempts:
        return NotAgain(f"Tried {attempt} times." if attempt > 1 else "")
    asked = wait_asked_for(_headers(error), now=now)
    wait = asked if asked is not None else backoff(attempt, longest=load.longest_wait_seconds, chance=chance)
    if wait > load.longest_wait_seconds:
        return NotAgain(f"It asks to wait {wait:.0f} s; at most {load.longest_wait_seconds:g} s are set for it.")
    if seconds_left is not None and wait >= seconds_left:
        return NotAgain("The run's time limit leaves no time for another attempt.")
    return Again(explain(error).message, wait)


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed later."""
    if isinstance(error, openai.APIStatusError):
        # A server that says so itself knows best.
        said = error.response.headers.get("x-should-retry")
        if said in ("true", "false"):
            return said == "true"
        if error.status_code == _CONFLICT:
            return True
    return explain(error).code in _PASSING


def may_pass(error: Exception) -> bool:
    """Whether to ask again some time: also of a provider that is left alone for a while."""
    return is_passing(error) or explain(error).code == "provider_down"


def is_fault(error: Exception) -> bool:
    """Whether the provider failed, and not the question."""
    return explain(error).code in FAULTS


def backoff(attempt: int, *, longest: float, chance: Callable[[], float]) -> float:
    """Exponential with full jitter: anything up to the longest, so that many callers do not come back together."""
    return chance() * min(longest, FIRST_WAIT * 2.0 ** (attempt - 1))


def wait_asked_for(headers: Mapping[str, str], *, now: Callable[[], datetime]) -> float | None:
    """Seconds that the server asks to wait (it says so as milliseconds, seconds or a date), or None."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        seconds = _number(headers.get(name))
        if seconds is not None:
            return max(seconds / unit, 0.0)
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    # A date without a zone is UTC, as HTTP knows no other.
    aware = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return max((aware - now()).total_seconds(), 0.0)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _headers(error: Exception) -> Mapping[str, str]:
    return error.response.headers if isinstance(error, openai.APIStatusError) else {}
