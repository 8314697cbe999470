"""Runs with spans, payloads and events, written straight into a database, to be looked at without a model."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import update
from sqlmodel import col

from core.engine.events import Event, RunCompleted, RunFailed, RunStarted
from core.ids import new_id
from core.organization.files import spec_hash
from core.organization.spec import AgentSpec, HandoffLink, Organization
from core.store import approvals, comparisons, organizations, runs, sessions
from core.store.database import Database
from core.store.run_writes import RunBatch, write_batch
from core.store.runs import NewRun
from core.store.tables import RunRow

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Values = dict[str, Any]


def simple_organization(name: str = "Customer support") -> Organization:
    """Two agents, one of which hands off to the other."""
    return Organization(
        name=name,
        entry="triage",
        agents=[
            AgentSpec(name="triage", instructions="Send people to whom can help."),
            AgentSpec(name="billing", instructions="Help with money."),
        ],
        links=[HandoffLink(source="triage", target="billing")],
        samples=["Refund order A-1007, please."],
    )


def store_organization(database: Database, spec: Organization | None = None) -> tuple[str, str]:
    """Ids of a stored organization and of its first revision."""
    found = spec or simple_organization()
    with database.session() as db:
        organization_id = organizations.add_organization(
            db, name=found.name, description=found.description, draft=None
        )
        revision = organizations.add_revision(
            db, organization_id, spec=found.model_dump(mode="json"), spec_hash=spec_hash(found), note=""
        )
    return organization_id, revision.id


def store_session(database: Database, organization_id: str, name: str = "Order A-1007") -> str:
    """Id of an empty conversation."""
    with database.session() as db:
        return sessions.add_session(db, organization_id, name)


def store_comparison(database: Database, *, input: str) -> str:
    """Id of a comparison that has no runs yet."""
    with database.session() as db:
        return comparisons.add_comparison(db, title=input[:80], input=input)


@dataclass(slots=True)
class SampleRun:
    """Gathers what a run left behind; `write` stores it all. Times are seconds after `start`."""

    database: Database | None
    """None for a run that is not to be stored."""
    organization_id: str = "org"
    revision_id: str = "rev"
    organization_name: str = "Customer support"
    input: str = "Refund order A-1007, please."
    start: datetime = START
    model: str | None = None
    session_id: str | None = None
    comparison_id: str | None = None
    variant: str = ""
    position: int = 0
    id: str = field(default_factory=lambda: new_id("run"))
    batch: RunBatch = field(default_factory=RunBatch)
    _order: int = 0
    _seq: int = 0

    def at(self, seconds: float) -> datetime:
        """The moment so many seconds after the run's start."""
        return self.start + timedelta(seconds=seconds)

    def span(
        self,
        kind: str,
        name: str,
        parent: str | None,
        begin: float,
        end: float | None,
        *,
        payload: Values | None = None,
        **columns: Any,
    ) -> str:
        """Add a span and what it carried; returns its id."""
        self._order += 1
        span_id = f"span_{self.id[4:]}_{self._order}"
        values: Values = {
            "id": span_id,
            "run_id": self.id,
            "trace_id": f"trace_{self.id}",
            "parent_id": parent,
            "position": self._order,
            "segment": 0,
            "kind": kind,
            "name": name,
            "agent": None,
            "call_id": None,
            "started_at": self.at(begin),
            "ended_at": None if end is None else self.at(end),
            "status": "open" if end is None else "ok",
            "error": None,
            "model": None,
            "simulated": False,
            "input_tokens": None,
            "output_tokens": None,
        }
        self.batch.spans[span_id] = {**values, **columns}
        for name_of_field, value in (payload or {}).items():
            self._add_payload(span_id, name_of_field, value)
        return span_id

    def model_call(
        self,
        turn: str,
        agent: str,
        begin: float,
        end: float | None,
        *,
        tokens: tuple[int, int] | None = None,
        payload: Values | None = None,
        **columns: Any,
    ) -> str:
        """Add a call of the rehearsal model; `tokens` are those it read and wrote."""
        read, written = tokens or (None, None)
        values = {
            "model": "rehearsal",
            "simulated": True,
            "input_tokens": read,
            "output_tokens": written,
            **columns,
        }
        name = str(values["model"])
        return self.span("model", name, turn, begin, end, agent=agent, payload=payload, **values)

    def event(self, event: Event, seconds: float) -> None:
        """Append a fact."""
        self._seq += 1
        self.batch.events.append(
            {
                "run_id": self.id,
                "seq": self._seq,
                "kind": event.kind,
                "at": self.at(seconds),
                "data": event.data(),
            }
        )

    def write(self, **columns: Any) -> str:
        """Store the run; `columns` are those it ended with. Returns its id."""
        assert self.database is not None, "a run without a database cannot be stored"
        new = NewRun(
            id=self.id,
            organization_id=self.organization_id,
            organization_name=self.organization_name,
            revision_id=self.revision_id,
            revision_number=1,
            input=self.input,
            trace_id=f"trace_{self.id}",
            session_id=self.session_id,
            comparison_id=self.comparison_id,
            variant=self.variant,
            position=self.position,
            model=self.model,
        )
        values = {"created_at": self.start, "started_at": self.at(0.1), "lease_owner": None, **columns}
        with self.database.session() as db:
            runs.add_run(db, new, owner="nobody")
        with self.database.fast() as fast:
            write_batch(fast, self.id, 0, self.batch)
        with self.database.session() as db:
            db.execute(update(RunRow).where(col(RunRow.id) == self.id).values(**values))
        return self.id

    def _add_payload(self, span_id: str, name: str, value: Any) -> None:
        parts = value if isinstance(value, list) else [value]
        hashes = []
        for part in parts:
            data = orjson.dumps(part)
            digest = hashlib.sha256(data).hexdigest()
            self.batch.blobs[digest] = data
            hashes.append(digest)
        self.batch.payloads.append(
            {"span_id": span_id, "field": name, "hashes": hashes, "is_list": isinstance(value, list)}
        )


def complete(run: SampleRun, output: str, *, seconds: float, agent: str = "billing", **columns: Any) -> str:
    """Store the run as completed."""
    tokens = [(span["input_tokens"] or 0, span["output_tokens"] or 0) for span in run.batch.spans.values()]
    values: Values = {
        "status": "completed",
        "output": output,
        "last_agent": agent,
        "ended_at": run.at(seconds),
        "requests": sum(1 for span in run.batch.spans.values() if span["kind"] == "model"),
        "input_tokens": sum(pair[0] for pair in tokens),
        "output_tokens": sum(pair[1] for pair in tokens),
        **columns,
    }
    run.event(
        RunCompleted(
            output,
            agent,
            values["requests"],
            values["input_tokens"],
            values["output_tokens"],
            bool(values.get("simulated")),
        ),
        seconds,
    )
    return run.write(**values)


def fail(run: SampleRun, *, code: str, message: str, hint: str, seconds: float) -> str:
    """Store the run as failed."""
    run.event(RunFailed(code, message, hint), seconds)
    return run.write(
        status="failed",
        error_code=code,
        error_message=message,
        error_hint=hint,
        ended_at=run.at(seconds),
        requests=1,
    )


def begin(run: SampleRun, *, entry: str = "triage") -> None:
    """Append the first fact."""
    run.event(RunStarted(run.input, run.organization_name, 1, entry), 0.1)


def add_pending_approval(database: Database, run_id: str, *, tool: str, arguments: Values) -> str:
    """Id of an approval that waits."""
    approval_id = new_id("apr")
    with database.session() as db:
        approvals.add_approvals(
            db,
            [
                {
                    "id": approval_id,
                    "run_id": run_id,
                    "kind": "tool",
                    "call_id": "call_1",
                    "agent": "billing",
                    "tool": tool,
                    "arguments": arguments,
                }
            ],
        )
    return approval_id
