"""Tools for planned maintenance."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from core.toolbox.context import current_call_id, samples
from core.toolbox.technical import Service, service_status


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    window: str
    service: str
    starts_at: str
    minutes: int
    note: str


def list_maintenance_windows(service: Service | None = None) -> list[MaintenanceWindow]:
    """List the planned maintenance windows by their start.

    Args:
        service: Only windows of this service; leave out for all.
    """
    rows = samples().maintenance()
    return [
        MaintenanceWindow(f"M-{row.id}", row.service, row.starts_at, row.minutes, row.note)
        for row in rows
        if service in {None, row.service}
    ]


def schedule_maintenance(
    service: Service, start: datetime, minutes: Annotated[int, Field(ge=5, le=480)], note: str = ""
) -> MaintenanceWindow:
    """Plan a maintenance window, during which customers cannot use the service.

    Args:
        service: The service to maintain.
        start: When it begins, as an ISO time; without an offset it is taken as UTC.
        minutes: How long it lasts.
        note: What will be done.
    """
    known = service_status(service).service
    begin = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
    starts_at = begin.isoformat(timespec="seconds").replace("+00:00", "Z")
    with samples().change() as db:
        cursor = db.execute(
            "INSERT INTO maintenance_windows (call_id, service, starts_at, minutes, note) VALUES (?, ?, ?, ?, ?)",
            (current_call_id.get(), known, starts_at, minutes, note),
        )
    return MaintenanceWindow(f"M-{cursor.lastrowid}", known, starts_at, minutes, note)
