"""What expressions and templates of a trigger see of an event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.errors import TroupeError

VARIABLES = ("event",)
MAX_PAYLOAD = 1_000_000
"""Bytes of a webhook's body or of a file."""
_SAFE_HEADERS = frozenset(
    {
        "content-type",
        "user-agent",
        "webhook-id",
        "webhook-timestamp",
        "x-github-event",
        "x-github-delivery",
        "x-github-hook-id",
        "ce-id",
        "ce-source",
        "ce-subject",
        "ce-time",
        "ce-type",
    }
)
"""Others may carry keys and cookies; they are not kept."""


class TooLargeError(TroupeError):
    """More than is accepted at once."""

    code = "too_large"

    def __init__(self) -> None:
        super().__init__(
            f"The body has more than {MAX_PAYLOAD:,} bytes.", hint="Send a reference to the data, or parts of it."
        )


def event_variables(
    *, key: str, trigger: str, received_at: datetime, payload: Any, headers: Mapping[str, str]
) -> dict[str, Any]:
    """The variables of expressions, as `spec.py` describes them."""
    return {
        "event": {
            "id": key,
            "trigger": trigger,
            "received_at": received_at.isoformat(),
            "payload": payload,
            "headers": dict(headers),
        }
    }


def safe_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Those that are kept with an event, in small letters."""
    small = {name.lower(): value for name, value in headers.items()}
    return {name: value[:500] for name, value in sorted(small.items()) if name in _SAFE_HEADERS}
