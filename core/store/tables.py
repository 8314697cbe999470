"""The tables. Columns for what is filtered by, typed JSON for the rest, big payloads apart by content hash."""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Dialect, Index, LargeBinary, Text, TypeDecorator, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC times as ISO 8601 text of fixed width, so that they sort and mean the same in every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """JSON as text, written and read by orjson."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value, default=str).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class OrganizationRow(SQLModel, table=True):
    __tablename__ = "organization"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    description: str = ""
    draft: dict[str, Any] | None = Field(default=None, sa_type=Json)
    """Unsaved edits: a whole spec as data; None when the newest revision is what is shown."""
    draft_version: int = 0
    """Counts up with each write of the draft."""
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime, index=True)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RevisionRow(SQLModel, table=True):
    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("organization_id", "number"),)

    id: str = Field(primary_key=True)
    organization_id: str = Field(foreign_key="organization.id", index=True)
    number: int
    name: str = ""
    note: str = ""
    spec: dict[str, Any] = Field(sa_type=Json)
    spec_hash: str
    created_at: datetime = Field(sa_type=UtcTime)


class SessionRow(SQLModel, table=True):
    __tablename__ = "session"

    id: str = Field(primary_key=True)
    organization_id: str = Field(foreign_key="organization.id", index=True)
    name: str
    parent_id: str | None = None
    parent_run_id: str | None = None
    summary: dict[str, Any] | None = Field(default=None, sa_type=Json)
    """The fields of a ConversationSummary."""
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime, index=True)


class SessionItemRow(SQLModel, table=True):
    """One item of a conversation's history, in the SDK's input format."""

    __tablename__ = "session_item"

    id: int | None = Field(default=None, primary_key=True)
    session_id: str = Field(foreign_key="session.id", index=True)
    run_id: str | None = None
    segment: int = 0
    """The segment of the run that it was said in."""
    item: dict[str, Any] = Field(sa_type=Json)


class ComparisonRow(SQLModel, table=True):
    __tablename__ = "comparison"

    id: str = Field(primary_key=True)
    title: str
    input: str
    created_at: datetime = Field(sa_type=UtcTime, index=True)


class DatasetRow(SQLModel, table=True):
    """A table of inputs. It is never changed."""

    __tablename__ = "dataset"

    id: str = Field(primary_key=True)
    name: str
    columns: list[str] = Field(sa_type=Json)
    rows: int
    created_at: datetime = Field(sa_type=UtcTime, index=True)


class DatasetLineRow(SQLModel, table=True):
    __tablename__ = "dataset_row"

    dataset_id: str = Field(primary_key=True, foreign_key="dataset.id")
    position: int = Field(primary_key=True)
    """Counted from 1."""
    data: dict[str, Any] = Field(sa_type=Json)


class BatchRow(SQLModel, table=True):
    """An organization over all rows of a dataset. How far it is, is seen from its rows and their runs."""

    __tablename__ = "batch"

    id: str = Field(primary_key=True)
    name: str
    organization_id: str = Field(foreign_key="organization.id", index=True)
    organization_name: str
    revision_id: str = Field(foreign_key="revision.id")
    revision_number: int
    dataset_id: str = Field(foreign_key="dataset.id", index=True)
    template: str
    model: str | None = None
    overrides: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    concurrency: int
    rows: int
    stopped: bool = False
    """No more rows are started."""
    stop_reason: str = ""
    created_at: datetime = Field(sa_type=UtcTime, index=True)
    resumed_at: datetime = Field(sa_type=UtcTime)
    """When it was started or continued last."""
    deleted: bool = False
    """Hidden; its runs are being removed."""


class BatchLineRow(SQLModel, table=True):
    __tablename__ = "batch_row"
    __table_args__ = (Index("batch_row_state", "batch_id", "state", "position"),)

    batch_id: str = Field(primary_key=True, foreign_key="batch.id")
    position: int = Field(primary_key=True)
    """That of the row of the dataset."""
    state: str
    """`pending`: to be started (again). `started`: `run_id` tells how it stands. `refused`: its input cannot be
    run."""
    run_id: str | None = None
    """Its newest run."""
    attempts: int = 0
    error: str | None = None
    """Why it was refused."""


_OF_BATCH, _ALONE = text("batch_id IS NOT NULL"), text("batch_id IS NULL")


class CassetteRow(SQLModel, table=True):
    """A recorded run that can be played."""

    __tablename__ = "cassette"

    id: str = Field(primary_key=True)
    organization_id: str = Field(foreign_key="organization.id", index=True)
    name: str | None = None
    """What the test is called; None when it was made for replays only."""
    same_questions: bool = True
    run_id: str = Field(index=True)
    """The run that was recorded. It may be gone, or never have been here."""
    document: dict[str, Any] = Field(sa_type=Json)
    """A core.cassettes.cassette.Cassette."""
    created_at: datetime = Field(sa_type=UtcTime)


class RunRow(SQLModel, table=True):
    __tablename__ = "run"
    __table_args__ = (
        Index("run_status_created", "status", "created_at"),
        Index("run_organization_created", "organization_id", "created_at"),
        Index(
            "run_batch_status",
            "batch_id",
            "status",
            "ended_at",
            sqlite_where=_OF_BATCH,
            postgresql_where=_OF_BATCH,
        ),
        Index("run_alone_created", "created_at", sqlite_where=_ALONE, postgresql_where=_ALONE),
    )

    id: str = Field(primary_key=True)
    organization_id: str = Field(foreign_key="organization.id")
    organization_name: str
    revision_id: str = Field(foreign_key="revision.id")
    revision_number: int
    session_id: str | None = Field(default=None, foreign_key="session.id", index=True)
    comparison_id: str | None = Field(default=None, foreign_key="comparison.id", index=True)
    trigger_event_id: str | None = Field(default=None, index=True)
    """The event that started it."""
    variant: str = ""
    cassette_id: str | None = Field(default=None, foreign_key="cassette.id", index=True)
    """What it plays instead of asking models and calling tools."""
    batch_id: str | None = Field(default=None, foreign_key="batch.id")
    position: int = 0
    """Place among the variants of a comparison, or the row of a batch."""
    status: str
    input: str
    output: str | None = None
    last_agent: str | None = None
    model: str | None = None
    overrides: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    simulated: bool = False
    error_code: str | None = None
    error_message: str | None = None
    error_hint: str | None = None
    segment: int = 0
    trace_id: str
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0
    worked_seconds: float = 0.0
    parent_id: str | None = Field(default=None, foreign_key="run.id", index=True)
    """The run that this one is another try of, or was forked from."""
    changes: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """What a fork changes of the pinned revision's agents."""
    cancel_requested: bool = False
    pause_requested: bool = False
    lease_owner: str | None = Field(default=None, index=True)
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    epoch: int = 0
    """Counts up each time a process takes the run over; a writer of an older epoch is refused."""
    created_at: datetime = Field(sa_type=UtcTime, index=True)
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class EventRow(SQLModel, table=True):
    __tablename__ = "event"

    run_id: str = Field(primary_key=True, foreign_key="run.id")
    seq: int = Field(primary_key=True)
    kind: str
    at: datetime = Field(sa_type=UtcTime)
    data: dict[str, Any] = Field(sa_type=Json)


class JournalRow(SQLModel, table=True):
    """A recorded model response, or a tool's intent and later its result."""

    __tablename__ = "journal"

    run_id: str = Field(primary_key=True, foreign_key="run.id")
    key: str = Field(primary_key=True)
    position: int
    """Order of recording within the run."""
    fingerprint: str
    """Hash of what was asked: a recording never answers another question."""
    data: dict[str, Any] | None = Field(default=None, sa_type=Json)
    """The response or result; None while only the intent stands."""


class RunStateRow(SQLModel, table=True):
    """The SDK's RunState at an interruption. Immutable."""

    __tablename__ = "run_state"

    run_id: str = Field(primary_key=True, foreign_key="run.id")
    segment: int = Field(primary_key=True)
    state: str
    created_at: datetime = Field(sa_type=UtcTime)


class ApprovalRow(SQLModel, table=True):
    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("run_id", "kind", "call_id"),
        Index("approval_status_requested", "status", "requested_at"),
    )

    id: str = Field(primary_key=True)
    run_id: str = Field(foreign_key="run.id", index=True)
    kind: str
    call_id: str
    journal_key: str = ""
    """For calls in doubt: the journal entry whose result is missing."""
    agent: str
    tool: str
    arguments: dict[str, Any] = Field(sa_type=Json)
    status: str = "pending"
    requested_at: datetime = Field(sa_type=UtcTime)


class DecisionRow(SQLModel, table=True):
    """A person's decision; one for an approval, for ever."""

    __tablename__ = "decision"

    approval_id: str = Field(primary_key=True, foreign_key="approval.id")
    verdict: str
    reason: str = ""
    decided_by: str = ""
    decided_at: datetime = Field(sa_type=UtcTime)
    applied_segment: int | None = None
    """The segment that carried it out; None until then."""


class SpanRow(SQLModel, table=True):
    __tablename__ = "span"
    __table_args__ = (Index("span_run_order", "run_id", "position"),)

    id: str = Field(primary_key=True)
    run_id: str = Field(foreign_key="run.id")
    trace_id: str
    parent_id: str | None = None
    position: int
    segment: int
    kind: str
    name: str
    agent: str | None = None
    call_id: str | None = None
    started_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    status: str = "open"
    error: str | None = None
    model: str | None = None
    simulated: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None


class SpanPayloadRow(SQLModel, table=True):
    """What a span carried, field by field, as references to blobs."""

    __tablename__ = "span_payload"

    span_id: str = Field(primary_key=True, foreign_key="span.id")
    field: str = Field(primary_key=True)
    hashes: list[str] = Field(sa_type=Json)
    """Content hashes (see `hash_lists`); the field's value is the list of these blobs' values when `is_list`, else
    the only one."""
    is_list: bool = False


class BlobRow(SQLModel, table=True):
    """A JSON value, stored once however often it occurs."""

    __tablename__ = "blob"

    hash: str = Field(primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)


class ProviderRow(SQLModel, table=True):
    __tablename__ = "provider"

    id: str = Field(primary_key=True)
    kind: str
    title: str
    base_url: str | None = None
    api: str = "responses"
    key_variable: str | None = None
    key_encrypted: str | None = None
    models: list[str] = Field(default_factory=list, sa_type=Json)
    load: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """The fields of a ProviderLoad."""
    created_at: datetime = Field(sa_type=UtcTime)


class SettingRow(SQLModel, table=True):
    __tablename__ = "setting"

    key: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_type=Json)


class TriggerRow(SQLModel, table=True):
    __tablename__ = "trigger"

    id: str = Field(primary_key=True)
    kind: str
    enabled: bool = True
    spec: dict[str, Any] = Field(sa_type=Json)
    secrets: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    """Encrypted, the present one first."""
    watched_until: datetime | None = Field(default=None, sa_type=UtcTime)
    left: dict[str, list[int]] = Field(default_factory=dict, sa_type=Json)
    """Files of a folder that are not taken unless they change."""
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcTime)


class TriggerEventRow(SQLModel, table=True):
    """Something that came in and becomes a run, once."""

    __tablename__ = "trigger_event"
    __table_args__ = (
        UniqueConstraint("trigger_id", "key"),
        Index("trigger_event_status_due", "status", "due_at"),
        Index("trigger_event_trigger_received", "trigger_id", "received_at"),
    )

    id: str = Field(primary_key=True)
    trigger_id: str = Field(foreign_key="trigger.id")
    key: str
    """The sender's id of it."""
    received_at: datetime = Field(sa_type=UtcTime)
    payload_hash: str
    """Of the blob with the payload."""
    headers: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    status: str = "received"
    """received, started, dead or discarded; how a started one went is its run's status."""
    attempts: int = 0
    due_at: datetime = Field(sa_type=UtcTime)
    """When a received one is to be started. Who starts it sets this forward first, so that nobody else does."""
    routed_to: str | None = None
    reason: str = ""
    simulated: bool = False
    error: str = ""
    run_id: str | None = Field(default=None, foreign_key="run.id")


class WorkerRow(SQLModel, table=True):
    """A process that works on runs, by its own account."""

    __tablename__ = "worker"

    name: str = Field(primary_key=True)
    host: str
    version: str
    concurrency: int
    running: int = 0
    started_at: datetime = Field(sa_type=UtcTime)
    beat_at: datetime = Field(sa_type=UtcTime)
