"""What a working run writes, in one transaction: events, spans, payloads, the journal, questions to people."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, false, func, insert, null, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from core.errors import ConflictError
from core.ids import utc_now
from core.store.fast_rows import FastConnection, fetch_value, write_rows
from core.store.tables import (
    ApprovalRow,
    BlobRow,
    EventRow,
    JournalRow,
    RunRow,
    RunStateRow,
    SpanPayloadRow,
    SpanRow,
)

Values = dict[str, Any]


@dataclass(slots=True)
class RunBatch:
    """Rows on their way to the database; each is a mapping of column names to values."""

    events: list[Values] = field(default_factory=list)
    spans: dict[str, Values] = field(default_factory=dict)
    """New spans by id; a span that ends before it is written is written once, complete."""
    ended_spans: dict[str, Values] = field(default_factory=dict)
    payloads: list[Values] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    journal: list[Values] = field(default_factory=list)
    results: list[Values] = field(default_factory=list)
    """New contents of journal rows: `journal_run`, `journal_key`, `new_fingerprint`, `new_data`."""
    approvals: list[Values] = field(default_factory=list)
    """New ones, pending."""
    withdrawn: list[Values] = field(default_factory=list)
    """`approval`, `before`, `after`: ids of those that change their status, and how."""

    def __bool__(self) -> bool:
        written = self.events or self.spans or self.ended_spans or self.journal or self.results or self.payloads
        return bool(written or self.approvals or self.withdrawn)

    def take_facts(self) -> "RunBatch":
        """Split off what recovery builds on (events, journal, approvals); spans and payloads stay for a later
        batch."""
        facts = RunBatch(
            events=self.events,
            journal=self.journal,
            results=self.results,
            approvals=self.approvals,
            withdrawn=self.withdrawn,
        )
        self.events, self.journal, self.results = [], [], []
        self.approvals, self.withdrawn = [], []
        return facts


_END_SPAN = (
    update(SpanRow)
    .where(col(SpanRow.id) == bindparam("span_id"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "name",
                "ended_at",
                "status",
                "error",
                "model",
                "simulated",
                "input_tokens",
                "output_tokens",
            )
        }
    )
)
_SET_RESULT = (
    update(JournalRow)
    .where(col(JournalRow.run_id) == bindparam("journal_run"), col(JournalRow.key) == bindparam("journal_key"))
    .values(fingerprint=bindparam("new_fingerprint"), data=bindparam("new_data"))
)
_WITHDRAW = (
    update(ApprovalRow)
    .where(col(ApprovalRow.id) == bindparam("approval"), col(ApprovalRow.status) == bindparam("before"))
    .values(status=bindparam("after"))
)
_ADD_APPROVALS = insert(ApprovalRow)
_ADD_EVENTS = insert(EventRow)
_ADD_SPANS = insert(SpanRow)
_ADD_JOURNAL = insert(JournalRow)
# Both databases understand PostgreSQL's form of this.
_ADD_BLOBS = insert_or_ignore(BlobRow).on_conflict_do_nothing()
_ADD_PAYLOADS = insert_or_ignore(SpanPayloadRow).on_conflict_do_nothing()
SEGMENT_END = (
    "status",
    "output",
    "last_agent",
    "error_code",
    "error_message",
    "error_hint",
    "requests",
    "input_tokens",
    "output_tokens",
    "simulated",
    "cost",
    "worked_seconds",
    "ended_at",
)
_END_SEGMENT = (
    update(RunRow)
    .where(col(RunRow.id) == bindparam("run"), col(RunRow.epoch) == bindparam("of_epoch"))
    .values(
        lease_owner=null(),
        lease_until=null(),
        pause_requested=false(),
        **{name: bindparam(name) for name in SEGMENT_END},
    )
)
# Whoever takes the run over waits for this transaction, and this one for them.
_EPOCH = select(col(RunRow.epoch)).where(col(RunRow.id) == bindparam("run_id")).with_for_update(key_share=True)


def write_batch(connection: FastConnection, run_id: str, epoch: int, batch: RunBatch) -> None:
    """Write everything in `batch`. Raises ConflictError when another process has taken the run over."""
    if fetch_value(connection, _EPOCH, {"run_id": run_id}) != epoch:
        raise ConflictError(f"Run '{run_id}' was taken over by another process.")
    write_rows(connection, _ADD_EVENTS, batch.events)
    write_rows(connection, _ADD_SPANS, batch.spans.values())
    write_rows(connection, _END_SPAN, batch.ended_spans.values())
    # In the same order everywhere: two runs that store the same blobs wait for each other, but not both.
    write_rows(connection, _ADD_BLOBS, [{"hash": key, "data": data} for key, data in sorted(batch.blobs.items())])
    write_rows(connection, _ADD_PAYLOADS, batch.payloads)
    write_rows(connection, _ADD_JOURNAL, batch.journal)
    write_rows(connection, _SET_RESULT, batch.results)
    write_rows(connection, _ADD_APPROVALS, batch.approvals)
    write_rows(connection, _WITHDRAW, batch.withdrawn)


def end_segment(connection: FastConnection, run_id: str, epoch: int, values: Values) -> None:
    """Set the run's columns (all of `SEGMENT_END`) at the end of a segment, in its last batch's transaction."""
    write_rows(connection, _END_SEGMENT, [{"run": run_id, "of_epoch": epoch, **values}])


def add_state(connection: Connection, run_id: str, segment: int, state: str) -> None:
    """Store the SDK's RunState at an interruption."""
    values = {"run_id": run_id, "segment": segment, "state": state, "created_at": utc_now()}
    connection.execute(insert_or_ignore(RunStateRow).on_conflict_do_nothing(), values)


def state(db: Session, run_id: str, segment: int) -> str | None:
    """The RunState that a segment ended with."""
    row = db.get(RunStateRow, (run_id, segment))
    return row.state if row else None


def journal(db: Session, run_id: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Key, fingerprint and recording (None while only the intent stands), in order of recording."""
    query = (
        select_rows(JournalRow.key, JournalRow.fingerprint, JournalRow.data)
        .where(JournalRow.run_id == run_id)
        .order_by(col(JournalRow.position))
    )
    return [(key, fingerprint, None if data is None else dict(data)) for key, fingerprint, data in db.exec(query)]


def add_message(db: Session, run_id: str, data: dict[str, Any]) -> None:
    """Add what a person told the run: a recording that is for whatever is asked."""
    newest = select_rows(func.max(JournalRow.position)).where(JournalRow.run_id == run_id)
    position = (db.exec(newest).one() or 0) + 1
    db.add(JournalRow(run_id=run_id, key=f"message:{position}", position=position, fingerprint="*", data=data))
    db.flush()


def set_aside(db: Session, run_id: str, key: str) -> None:
    """Let a model's answer be asked for again; what it used is still counted."""
    newest = select_rows(func.max(JournalRow.position)).where(JournalRow.run_id == run_id)
    position = (db.exec(newest).one() or 0) + 1
    db.execute(
        update(JournalRow)
        .where(col(JournalRow.run_id) == run_id, col(JournalRow.key) == key)
        .values(key=f"{key}/set_aside:{position}", position=position)
    )


def settle(db: Session, run_id: str, key: str, data: dict[str, Any]) -> None:
    """Put an answer where a journal row had only an intent."""
    db.execute(
        update(JournalRow).where(col(JournalRow.run_id) == run_id, col(JournalRow.key) == key).values(data=data)
    )
