"""What the store gives out: frozen rows without a database behind them. Times are UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

RunStatus = Literal["queued", "running", "waiting", "paused", "completed", "failed", "cancelled"]
ENDED: frozenset[str] = frozenset({"completed", "failed", "cancelled"})
ApprovalStatus = Literal["pending", "approved", "rejected", "expired"]
TestOutcome = Literal["never", "running", "passed", "differs", "stopped"]
SpanStatus = Literal["open", "ok", "error", "waiting", "rejected", "cancelled", "lost", "paused"]
"""`paused` is never stored: it is how open spans are shown while their run is paused."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list: `rows` of `total`, `number` counted from 1."""

    rows: list[Row]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class OrganizationRecord:
    id: str
    name: str
    description: str
    latest_revision: int
    """Number of the newest revision, 0 when nothing was saved."""
    latest_revision_id: str | None
    has_draft: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    id: str
    organization_id: str
    number: int
    name: str
    """What a person calls it; empty when nobody named it."""
    note: str
    spec: dict[str, Any]
    spec_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRecord:
    id: str
    organization_id: str
    name: str
    created_at: datetime
    updated_at: datetime
    runs: int
    """Its turns, those that were taken over from another conversation included."""
    parent_id: str | None = None
    """The conversation that it was forked from; it may be deleted by now."""
    parent_run_id: str | None = None
    """The last turn that it has in common with that one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one run added to its conversation."""

    run_id: str | None
    items: list[dict[str, Any]]
    """In the SDK's input format."""


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """What stands for the older turns of a conversation when a model goes on with it."""

    text: str
    through: str | None
    """The run of the last turn that it covers."""
    turns: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    id: str
    organization_id: str
    organization_name: str
    revision_id: str
    revision_number: int
    session_id: str | None
    comparison_id: str | None
    variant: str
    """Label within a comparison, else empty."""
    status: RunStatus
    input: str
    output: str | None
    """Final output as text (JSON text for structured outputs); None until completed."""
    last_agent: str | None
    model: str | None
    """The model that was forced for the whole run; None when each agent used its own."""
    simulated: bool
    """Whether any model call was answered by the rehearsal model."""
    error_code: str | None
    error_message: str | None
    error_hint: str | None
    segment: int
    requests: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    """US dollars, by the prices at the time; None when those of a model are not known."""
    worked_seconds: float
    """How long processes have worked on it, without the time that it waited or was paused."""
    parent_id: str | None
    """The run that this one is another try of, or was forked from."""
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    overrides: dict[str, Any] = field(default_factory=dict)
    """Model settings that were forced for the whole run."""
    changes: dict[str, Any] = field(default_factory=dict)
    """What a fork changed of its revision: `instructions` and `models`, each by agent."""
    batch_id: str | None = None
    position: int = 0
    """Place among the variants of a comparison from 0, or the row of a batch from 1."""
    trigger_event_id: str | None = None
    """The event of a trigger that started it."""
    cassette_id: str | None = None
    """The recording that it replays."""
    pause_requested: bool = False
    """A person wants it to pause: it comes to rest after its present turn."""

    @property
    def ended(self) -> bool:
        return self.status in ENDED


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars for a million tokens."""

    input: float
    output: float


@dataclass(frozen=True, slots=True)
class ForkChanges:
    """What goes another way in a fork. Everything but the input and the outputs holds from the forked call on."""

    input: str | None = None
    """What the run was given; None as it was. Later calls see it in the place of the old one."""
    instructions: Mapping[str, str] = field(default_factory=dict)
    """By agent."""
    models: Mapping[str, str] = field(default_factory=dict)
    """References by agent."""
    model: str | None = None
    """Reference of a model for all agents; None as it was."""
    tool_outputs: Mapping[str, str] = field(default_factory=dict)
    """By the id of a tool call that was answered before."""
    message: str = ""
    """Added before the call."""

    def words(self) -> list[str]:
        """What is changed, in a few words each."""
        changed = [f"instructions of {agent}" for agent in self.instructions]
        changed += [f"model of {agent}: {model}" for agent, model in self.models.items()]
        changed += [f"model: {self.model}"] if self.model else []
        changed += ["input"] if self.input is not None else []
        outputs = len(self.tool_outputs)
        changed += [f"output of {outputs} tool call{'s' if outputs > 1 else ''}"] if outputs else []
        return changed + (["message"] if self.message else [])


@dataclass(frozen=True, slots=True)
class ForkPoint:
    """What can be changed before a model call."""

    number: int
    """Which of the run's model calls it is, from 1, in the order of its trace."""
    agent: str
    """Or what else asks: the judge of a guardrail, the memory of a conversation."""
    instructions: str | None
    """Of the agent, as the run has them; None when it is no agent that asks."""
    model: str
    """Reference of the model that was asked."""
    input: str
    outputs: list["AnsweredCall"]


@dataclass(frozen=True, slots=True)
class ForkOrigin:
    """Where a run that was forked comes from."""

    parent_id: str
    agent: str
    number: int
    """Which of the parent's model calls it left before, from 1; 0 when its trace does not have it any more."""
    span_id: str | None
    """Of that call, in the parent's trace."""
    changed: list[str]
    """What is different from there on, in a few words each."""


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A tool call whose output a model was given."""

    call_id: str
    agent: str
    tool: str
    output: str


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs a list shows; None means any."""

    status: str | None = None
    organization_id: str | None = None
    text: str | None = None
    """Part of the input or of the output."""
    batches: bool = False
    """Whether runs of batches are among them."""


@dataclass(frozen=True, slots=True)
class EventRecord:
    """A stored fact about a run; `seq` counts from 1 within the run."""

    run_id: str
    seq: int
    kind: str
    at: datetime
    data: dict[str, Any]

    def flat(self) -> dict[str, Any]:
        """`seq`, `kind`, `at` (ISO 8601) and the event's own fields in one mapping."""
        return {"seq": self.seq, "kind": self.kind, "at": self.at.isoformat(), **self.data}


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """One span without its payload. `order` is the order of starting within the run, from 1."""

    id: str
    run_id: str
    trace_id: str
    parent_id: str | None
    order: int
    segment: int
    kind: str
    """task, agent, turn, model, tool, handoff, guardrail, mcp_tools, approval, custom; for steps of a workflow
    `step_` with their kind, `step_round`, `step_item`."""
    name: str
    agent: str | None
    call_id: str | None
    """Of a tool call or approval; the path of a step; the journal key of a model call."""
    started_at: datetime
    ended_at: datetime | None
    status: SpanStatus
    error: str | None
    model: str | None
    simulated: bool
    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True, slots=True)
class ApprovalRecord:
    id: str
    run_id: str
    organization_id: str
    organization_name: str
    kind: Literal["tool", "in_doubt", "step"]
    """`tool`: asks before a call runs. `in_doubt`: a crash left open whether the call ran. `step`: a step of the
    workflow asks; `tool` is its name, and `arguments` hold the `question` and the `value` that it is about."""
    call_id: str
    agent: str
    tool: str
    arguments: dict[str, Any]
    status: ApprovalStatus
    requested_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ProviderLoad:
    """How a provider is called under load; None means without a limit. Workers share the limits."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    calls_at_once: int | None = None
    attempts: int = 4
    """How often a model call is tried, the first time included."""
    longest_wait_seconds: float = 60
    """Longest wait between two attempts."""
    attempt_seconds: float = 600
    """How long one attempt may take."""


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    id: str
    """Short name used in model references: `id/model`."""
    kind: Literal["rehearsal", "openai", "compatible"]
    title: str
    base_url: str | None
    api: Literal["responses", "chat"]
    key_variable: str | None
    """Environment variable that holds the key."""
    has_stored_key: bool
    models: list[str]
    """Model names to offer, in the order shown."""
    load: ProviderLoad = ProviderLoad()


@dataclass(frozen=True, slots=True)
class ComparisonRecord:
    id: str
    title: str
    input: str
    created_at: datetime
    runs: list[RunRecord]


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    id: str
    name: str
    columns: list[str]
    rows: int
    created_at: datetime


BatchStatus = Literal["running", "stopping", "stopped", "waiting", "completed"]
RowStatus = Literal["pending"] | RunStatus


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """How the rows of a batch stand."""

    pending: int = 0
    queued: int = 0
    running: int = 0
    waiting: int = 0
    paused: int = 0
    completed: int = 0
    failed: int = 0
    """With those whose input could not be run."""
    cancelled: int = 0
    refused: int = 0
    """Those of the failed ones whose input could not be run, and cannot be run again."""
    input_tokens: int = 0
    output_tokens: int = 0
    simulated: bool = False
    """Whether the rehearsal model answered any of them."""

    @property
    def at_work(self) -> int:
        return self.queued + self.running

    @property
    def for_people(self) -> int:
        """Rows that go on when a person says so."""
        return self.waiting + self.paused

    @property
    def ended(self) -> int:
        return self.completed + self.failed + self.cancelled

    @property
    def to_retry(self) -> int:
        """Rows that may end otherwise when they run again."""
        return self.failed - self.refused + self.cancelled

    @property
    def total(self) -> int:
        return self.pending + self.at_work + self.for_people + self.ended


@dataclass(frozen=True, slots=True)
class BatchRecord:
    id: str
    name: str
    organization_id: str
    organization_name: str
    revision_id: str
    revision_number: int
    dataset_id: str
    template: str
    model: str | None
    overrides: dict[str, Any]
    concurrency: int
    rows: int
    stopped: bool
    stop_reason: str
    created_at: datetime
    resumed_at: datetime
    """When it was started or continued last."""
    counts: BatchCounts = field(default_factory=BatchCounts)

    @property
    def status(self) -> BatchStatus:
        """Seen from its rows: nobody has to write down that a batch is over."""
        counts = self.counts
        if counts.pending:
            if not self.stopped:
                return "running"
            return "stopping" if counts.at_work else "stopped"
        if counts.at_work:
            return "running"
        return "waiting" if counts.for_people else "completed"


@dataclass(frozen=True, slots=True)
class BatchPace:
    """How fast the rows of a batch end: `rows` of them within `seconds`, up to now or up to its end."""

    rows: int
    seconds: float

    @property
    def per_minute(self) -> float | None:
        return self.rows / self.seconds * 60 if self.rows and self.seconds > 0 else None


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One row of a batch with its newest run."""

    position: int
    """Counted from 1."""
    status: RowStatus
    data: dict[str, Any]
    input: str
    output: str | None
    error: str | None
    error_hint: str | None
    attempts: int
    run_id: str | None
    input_tokens: int
    output_tokens: int
    simulated: bool
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A process that works on runs."""

    name: str
    """As the runs that it works on name it."""
    host: str
    version: str
    concurrency: int
    """Runs that it works on at the same time, at most."""
    running: int
    started_at: datetime
    beat_at: datetime
    """When it last said that it lives."""


@dataclass(frozen=True, slots=True)
class StoredTest:
    """A recorded run that other revisions are measured by."""

    id: str
    name: str
    organization_id: str
    organization_name: str
    run_id: str
    """The run that was recorded; it may be gone."""
    same_questions: bool
    """Whether models have to be asked the very same."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A test, and how it went the last time: `run` played it, with so many differences."""

    test: StoredTest
    outcome: TestOutcome
    run: RunRecord | None
    differences: int


@dataclass(frozen=True, slots=True)
class ReplayOrigin:
    """What a replay plays: the run that was recorded, whether that is still stored, and the test that it is."""

    run_id: str
    stored: bool
    test: StoredTest | None
