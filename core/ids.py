"""Ids that sort by the time they were made, and the present time in UTC."""

import secrets
import time
from datetime import UTC, datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """A unique id such as `run_01j9...`: 9 characters of time (ms), 10 of chance (Crockford's base 32)."""
    value = (time.time_ns() // 1_000_000 << 50) | secrets.randbits(50)
    digits = []
    for _ in range(19):
        value, rest = divmod(value, 32)
        digits.append(_ALPHABET[rest])
    return f"{prefix}_{''.join(reversed(digits))}"


def approval_span_id(approval_id: str) -> str:
    """The id of the span that tells of an approval."""
    return f"span_{approval_id}"


def utc_now() -> datetime:
    """The present, in UTC, aware of its zone."""
    return datetime.now(UTC)
