"""Tools for technical support: logs, service status and diagnostics."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from core.errors import InvalidInputError, NotFoundError
from core.toolbox.articles import search_terms
from core.toolbox.context import current_call_id, samples

Service = Literal["storefront", "checkout", "payments", "orders-api", "login", "search", "exports", "webhooks"]
SLOW_MILLISECONDS = 1500


@dataclass(frozen=True, slots=True)
class LogLine:
    at: str
    service: str
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    service: str
    status: str
    detail: str
    latency_ms: int


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    passed: bool
    finding: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    service: str
    healthy: bool
    checks: list[Check]
    latest_error: str | None
    advice: str


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    update: str
    service: str
    message: str
    created_at: str


def search_logs(
    service: Service, text: str | None = None, limit: Annotated[int, Field(ge=1, le=50)] = 10
) -> list[LogLine]:
    """Search the log lines of a service, newest first.

    Args:
        service: The service whose log to read.
        text: Words to look for; a line that contains one of them is returned. Leave out for all lines.
        limit: How many lines to return at most.
    """
    with samples().read() as db:
        rows = db.execute(
            "SELECT at, service, level, message FROM log_lines WHERE service = ? ORDER BY at DESC",
            (_service_row(db, service)["name"],),
        ).fetchall()
    words = search_terms(text or "")
    lines = [LogLine(**row) for row in rows]
    return [line for line in lines if not words or _mentions(line, words)][:limit]


def service_status(service: Service) -> ServiceStatus:
    """Say whether a service works at the moment.

    Args:
        service: The service to ask about.
    """
    with samples().read() as db:
        row = _service_row(db, service)
    return ServiceStatus(row["name"], row["status"], row["detail"], row["latency_ms"])


def run_diagnostics(service: Service) -> Diagnosis:
    """Check a service for its availability, its speed and the errors in its log, and say what to do.

    Args:
        service: The service to check.
    """
    with samples().read() as db:
        row = _service_row(db, service)
        errors = db.execute(
            "SELECT at || ' ' || message FROM log_lines WHERE service = ? AND level = 'error' ORDER BY at DESC",
            (service,),
        ).fetchall()
    checks = [
        Check("available", row["status"] != "outage", row["detail"]),
        Check("fast", row["latency_ms"] <= SLOW_MILLISECONDS, f"Answers take {row['latency_ms']} ms."),
        Check("no errors", not errors, f"{len(errors)} error lines in the log."),
    ]
    return Diagnosis(
        service=service,
        healthy=all(check.passed for check in checks),
        checks=checks,
        latest_error=errors[0][0] if errors else None,
        advice=_advice(checks),
    )


def post_status_update(service: Service, message: str) -> StatusUpdate:
    """Post a message about a service on the public status page, where all customers read it.

    Args:
        service: The service that the message is about.
        message: What is wrong, since when, and what customers can do meanwhile.
    """
    if not message.strip():
        raise InvalidInputError("A status update needs a message.", hint="Say what is wrong and since when.")
    created_at = datetime.now(UTC).isoformat(timespec="seconds")
    with samples().change() as db:
        known = _service_row(db, service)["name"]
        cursor = db.execute(
            "INSERT INTO status_updates (call_id, service, message, created_at) VALUES (?, ?, ?, ?)",
            (current_call_id.get(), known, message.strip(), created_at),
        )
    return StatusUpdate(f"U-{cursor.lastrowid}", known, message.strip(), created_at)


def _mentions(line: LogLine, words: list[str]) -> bool:
    content = f"{line.level} {line.message}".lower()
    return any(word in content for word in words)


def _service_row(db: sqlite3.Connection, service: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM services WHERE name = ?", (service,)).fetchone()
    if row is None:
        known = [found["name"] for found in db.execute("SELECT name FROM services ORDER BY name")]
        raise NotFoundError("service", service, known=known)
    return row


def _advice(checks: list[Check]) -> str:
    available, fast, clean = (check.passed for check in checks)
    if not available:
        return "The service is down: open an urgent ticket and plan maintenance."
    if not fast:
        return "The service is slow: look for timeouts in its log and in the services it calls."
    if not clean:
        return "The service works again, or for most: read the error lines for the case at hand."
    return "Nothing is wrong with the service: ask for the request id and the exact time of the fault."
