"""A recorded run as a document that stands alone: it can be kept in a file and played by another Troupe."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import InvalidInputError

JsonObject = dict[str, Any]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelQuestion(_Part):
    """What a model was asked, as far as it is known: payloads may not have been stored."""

    instructions: str | None = None
    tools: list[str] = Field(default_factory=list)
    conversation: list[str] = Field(default_factory=list)
    """Keys of the cassette's `items`."""


class RecordedAnswer(_Part):
    """What a model answered at a place (a journal key)."""

    kind: Literal["answer"] = "answer"
    key: str
    asked: str
    """Fingerprint of the question; "*" when the answer stands whatever is asked."""
    model: str
    simulated: bool
    response: JsonObject
    """As the journal holds it."""
    question: ModelQuestion | None = None


class RecordedFailure(_Part):
    """A model call that failed."""

    kind: Literal["failure"] = "failure"
    key: str
    model: str
    simulated: bool
    code: str
    message: str
    hint: str = ""


class RecordedResult(_Part):
    """What came of a tool's call, as the journal holds it."""

    kind: Literal["result"] = "result"
    key: str
    result: JsonObject


class RecordedTools(_Part):
    """The tools that an MCP server offered."""

    kind: Literal["tools"] = "tools"
    key: str
    tools: list[JsonObject]


class RecordedFact(_Part):
    """Something that a person said to the run, or that only time decided."""

    kind: Literal["fact"] = "fact"
    key: str
    data: JsonObject


Recorded = Annotated[
    RecordedAnswer | RecordedFailure | RecordedResult | RecordedTools | RecordedFact, Field(discriminator="kind")
]


class RecordedDecision(_Part):
    """What a person decided about a call (`approved` or `rejected`)."""

    kind: str
    call_id: str
    verdict: str
    reason: str = ""
    by: str = ""


class RecordedTurn(_Part):
    """A turn of the conversation before the run."""

    run_id: str | None
    items: list[JsonObject]


class Line(_Part):
    """One thing that happened, in words; `path` is where (see core/engine/events.py)."""

    path: str
    text: str


class Ending(_Part):
    """How the run ended."""

    status: str
    output: str | None = None
    error_code: str | None = None


class Cassette(_Part):
    """Everything that is needed to play a run again without models and tools."""

    schema_version: Literal[1] = 1
    run_id: str
    organization: str
    """Name of the organization."""
    revision: int
    recorded_at: datetime
    simulated: bool
    """Whether the rehearsal model gave answers."""
    input: str
    model: str | None = None
    overrides: JsonObject = Field(default_factory=dict)
    changes: JsonObject = Field(default_factory=dict)
    history: list[RecordedTurn] = Field(default_factory=list)
    items: dict[str, Any] = Field(default_factory=dict)
    """What models were given, each thing once."""
    recorded: list[Recorded] = Field(default_factory=list)
    decisions: list[RecordedDecision] = Field(default_factory=list)
    story: list[Line] = Field(default_factory=list)
    ending: Ending


class CassetteFile(_Part):
    """A test as a file: a cassette with its name and what it is strict about."""

    troupe_test: Literal[1] = 1
    name: str
    same_questions: bool = True
    """Whether models have to be asked the very same."""
    cassette: Cassette


def read_file(text: str) -> CassetteFile:
    """Raises InvalidInputError for anything else than a test that was exported."""
    try:
        return CassetteFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the beginning"
        raise InvalidInputError(
            f"This is not a test that Troupe exported: at {where}: {first['msg']}.",
            hint="Export one on the Tests page or with `studio tests export`.",
        ) from error
