"""What the store gives out about triggers and their events. Times are UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

EventStatus = Literal["received", "started", "done", "failed", "dead", "discarded"]
"""`received`: waits to be started. `started`: its run is not over. `done`, `failed`: how its run ended (stopped
counts as failed). `dead`: no run could be started. `discarded`: a person does not want it."""
NEEDS_SOMEBODY: tuple[EventStatus, ...] = ("dead", "failed")
"""What the list of dead letters shows."""


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A secret of a webhook, encrypted; `until` is when it stops working, None for the present one."""

    token: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TriggerRecord:
    id: str
    spec: dict[str, Any]
    enabled: bool
    secrets: list[dict[str, Any]]
    """`token` and `until` (ISO 8601 or None), the present one first."""
    watched_until: datetime | None
    """Of a schedule: until when its times have been looked at."""
    left: dict[str, list[int]]
    """Of a folder: files that are not taken unless they change: path to size and time of change (ns)."""
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class TriggerEventRecord:
    """One event, without its payload."""

    id: str
    trigger_id: str
    key: str
    """The sender's id of it; one per trigger."""
    received_at: datetime
    status: EventStatus
    attempts: int
    """How often starting it has failed since it was received or replayed."""
    due_at: datetime
    """While it is `received`: when it is tried next."""
    routed_to: str | None
    """Id of the chosen organization."""
    reason: str
    """Why the router chose it."""
    simulated: bool
    """Whether the rehearsal model chose it."""
    error: str
    """Why it was not started; empty when nothing went wrong."""
    run_id: str | None
    """Its newest run."""
    run_status: str | None
    run_error: str | None
    """Why that run failed."""
    headers: dict[str, str]
    payload_hash: str


@dataclass(frozen=True, slots=True)
class TriggerSummary:
    """What has come of a trigger's events so far."""

    counts: dict[str, int]
    """By status."""
    last_at: datetime | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())
