"""Facts about a run, appended and never edited. One small class per fact; `kind` is the stored name.

`path` tells where a fact belongs: the steps of a workflow and the ids of nested agent-tool calls around it, joined
by "/"; "" for the outermost run. The part of a branch or of a map's item is its number, that of a loop's round
`name#round`.
`call` is the key of one model call within the run (`segment:path/model:n`); text deltas of one call join by
`offset` (characters), so that a reader may see a delta twice without harm. When a call starts again (retry,
recovery), what was streamed for it before is void.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    kind: ClassVar[str] = "event"

    def data(self) -> dict[str, Any]:
        """The event's own fields as JSON data."""
        # Not `asdict`, which copies deeply: events are frozen, and there are many.
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    kind: ClassVar[str] = "run_started"
    input: str
    organization: str
    revision: int
    entry: str


@dataclass(frozen=True, slots=True)
class RunResumed(Event):
    """`reason`: `decision` after a person decided, `recovery` after the process that ran it had died, `resume`
    after a pause, `retry` after a failure or a stop."""

    kind: ClassVar[str] = "run_resumed"
    reason: str
    segment: int


@dataclass(frozen=True, slots=True)
class ConversationShortened(Event):
    """The run is not given all of its conversation: `turns` older ones are left out (`how` is `recent`), or stand
    in a summary (`summary`), whose beginning is told; the newest `kept` are given as they are."""

    kind: ClassVar[str] = "conversation_shortened"
    how: str
    turns: int
    kept: int
    summary: str = ""


@dataclass(frozen=True, slots=True)
class AgentStarted(Event):
    kind: ClassVar[str] = "agent_started"
    agent: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class ModelCallStarted(Event):
    """`purpose` is `judge` for the model call of a guardrail, `summary` for the one that summarizes older turns of
    the conversation, else `agent`."""

    kind: ClassVar[str] = "model_call_started"
    call: str
    agent: str
    model: str
    simulated: bool
    path: str = ""
    purpose: str = "agent"


@dataclass(frozen=True, slots=True)
class QuestionChanged(Event):
    """A replay gives the recorded answer, although the model is asked something else than when it was recorded.
    Each of `parts` has `what` differs and `lines`: pairs of a sign (see `core.cassettes.differences`) and a
    text."""

    kind: ClassVar[str] = "question_changed"
    call: str
    agent: str
    parts: list[dict[str, Any]]
    path: str = ""


@dataclass(frozen=True, slots=True)
class ModelCallHeld(Event):
    """The call waits for its turn, as a limit of the provider is reached (`limit`, in words). When its turn comes,
    it starts."""

    kind: ClassVar[str] = "model_call_held"
    call: str
    agent: str
    model: str
    limit: str
    path: str = ""
    purpose: str = "agent"


@dataclass(frozen=True, slots=True)
class ModelCallRetried(Event):
    """An attempt failed because of `reason`; what was streamed for it is void. After `wait_seconds` the call
    starts again, as attempt `attempt` of `attempts`."""

    kind: ClassVar[str] = "model_call_retried"
    call: str
    agent: str
    model: str
    attempt: int
    attempts: int
    reason: str
    wait_seconds: float
    path: str = ""
    purpose: str = "agent"


@dataclass(frozen=True, slots=True)
class TextDelta(Event):
    kind: ClassVar[str] = "text_delta"
    call: str
    agent: str
    offset: int
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class ModelCallCompleted(Event):
    """`text` is the whole text of the answer, "" when it only called tools; `structured` says that it is JSON."""

    kind: ClassVar[str] = "model_call_completed"
    call: str
    agent: str
    model: str
    simulated: bool
    text: str
    input_tokens: int
    output_tokens: int
    seconds: float
    path: str = ""
    structured: bool = False
    purpose: str = "agent"


@dataclass(frozen=True, slots=True)
class ToolCalled(Event):
    """`tool_kind`: function, http, mcp or agent. `node` is the canvas node that stands for the tool."""

    kind: ClassVar[str] = "tool_called"
    call_id: str
    agent: str
    tool: str
    tool_kind: str
    node: str
    arguments: dict[str, Any]
    path: str = ""


@dataclass(frozen=True, slots=True)
class ToolCompleted(Event):
    """`output` is cut to a preview of 2,000 characters; `output_bytes` is the size of the whole."""

    kind: ClassVar[str] = "tool_completed"
    call_id: str
    agent: str
    tool: str
    node: str
    output: str
    output_bytes: int
    seconds: float
    path: str = ""


@dataclass(frozen=True, slots=True)
class ToolFailed(Event):
    """The call raised or timed out; `error` is what the model was told."""

    kind: ClassVar[str] = "tool_failed"
    call_id: str
    agent: str
    tool: str
    node: str
    error: str
    seconds: float
    path: str = ""


@dataclass(frozen=True, slots=True)
class HandoffOccurred(Event):
    kind: ClassVar[str] = "handoff_occurred"
    source: str
    target: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class GuardrailChecked(Event):
    kind: ClassVar[str] = "guardrail_checked"
    guardrail: str
    agent: str
    stage: str
    tripped: bool
    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalRequested(Event):
    """`approval_kind`: `tool`; `in_doubt` when a crash left open whether the call ran; `step` when a step of the
    workflow asks (`tool` is then the step, and `arguments` hold its `question`)."""

    kind: ClassVar[str] = "approval_requested"
    approval_id: str
    approval_kind: str
    call_id: str
    agent: str
    tool: str
    node: str
    arguments: dict[str, Any]
    step_path: str = ""
    """Path of the workflow's step that waits."""


@dataclass(frozen=True, slots=True)
class ApprovalWithdrawn(Event):
    """Nobody needs to decide any more: another branch was faster, or failed."""

    kind: ClassVar[str] = "approval_withdrawn"
    approval_id: str
    call_id: str
    tool: str


@dataclass(frozen=True, slots=True)
class ApprovalDecided(Event):
    """`verdict`: `approved` or `rejected`."""

    kind: ClassVar[str] = "approval_decided"
    approval_id: str
    call_id: str
    tool: str
    verdict: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class StepEvent(Event):
    """Base of what is told of a step of a workflow; `step_kind` is `agent` or a kind of steps.py. Rounds of a loop
    and items of a map are told as well, at paths of their own. `iteration` is the round of the loop around, from
    1, `item` the number of the map's item, from 0."""

    step: str
    step_kind: str
    path: str
    iteration: int | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class StepStarted(StepEvent):
    """Also told when the step goes on after it has waited."""

    kind: ClassVar[str] = "step_started"


@dataclass(frozen=True, slots=True)
class StepFinished(StepEvent):
    """`status`: `done`; `limit` when a loop was ended by its limit; `stopped` when it was not needed any more.
    `port` is the way that it is left by (of rounds and forks the one into them), `value` a preview of its output,
    or what a condition saw."""

    kind: ClassVar[str] = "step_finished"
    status: str = "done"
    port: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class StepFailed(StepEvent):
    """`port` is `error` when an error edge leads on."""

    kind: ClassVar[str] = "step_failed"
    code: str = ""
    message: str = ""
    port: str = ""


@dataclass(frozen=True, slots=True)
class StepWaiting(StepEvent):
    """It cannot go on before a person has decided; `approvals` are the ids."""

    kind: ClassVar[str] = "step_waiting"
    approvals: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RunWaiting(Event):
    kind: ClassVar[str] = "run_waiting"
    approvals: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RunPaused(Event):
    """A person paused it. `calls` are the model calls that come next; none when it had not begun."""

    kind: ClassVar[str] = "run_paused"
    calls: list[str] = field(default_factory=list)
    by: str = ""


@dataclass(frozen=True, slots=True)
class RunSteered(Event):
    """A person added a message, which the agents hear from the named model calls on."""

    kind: ClassVar[str] = "run_steered"
    text: str
    calls: list[str]
    by: str = ""


@dataclass(frozen=True, slots=True)
class RunForked(Event):
    """Everything before this was copied from the run `parent`, which it leaves before the model call `call`.
    `changed` says in words what is different from here on."""

    kind: ClassVar[str] = "run_forked"
    parent: str
    call: str
    changed: list[str]


@dataclass(frozen=True, slots=True)
class RunCompleted(Event):
    kind: ClassVar[str] = "run_completed"
    output: str
    last_agent: str
    requests: int
    input_tokens: int
    output_tokens: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class RunFailed(Event):
    kind: ClassVar[str] = "run_failed"
    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class RunCancelled(Event):
    kind: ClassVar[str] = "run_cancelled"
    by: str = ""
