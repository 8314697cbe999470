"""Plays a cassette: answers in the place of models, tools and people what was recorded at each place of a run."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
from agents import ModelResponse

from core.cassettes.cassette import (
    Cassette,
    ModelQuestion,
    RecordedAnswer,
    RecordedFact,
    RecordedFailure,
    RecordedResult,
    RecordedTools,
)
from core.cassettes.differences import line_changes
from core.engine.answers import Question, Stream, completed_call
from core.engine.events import ModelCallStarted, QuestionChanged, TextDelta
from core.engine.journal import ANY, Recording
from core.engine.place import RunContext, current_path
from core.engine.recordings import read_response, text_of
from core.errors import TroupeError
from core.sdk.rehearsal.stream import Pace, pieces


class NotRecordedError(TroupeError):
    """A replay came to a place where the recorded run never was."""

    code = "not_recorded"

    def __init__(self, agent: str, does: str, never: str) -> None:
        super().__init__(
            f"'{agent}' {does} here, and the recorded run did not. A replay {never}.",
            hint="Run it for real, and save that run as the test instead.",
        )


class RecordedFailureError(TroupeError):
    """A call that failed when it was recorded, with the code of that failure."""

    def __init__(self, failure: RecordedFailure) -> None:
        super().__init__(failure.message, hint=failure.hint)
        self.code = failure.code


class Tape:
    """What a cassette has for each place."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette
        self._models: dict[str, RecordedAnswer | RecordedFailure] = {}
        self._results: dict[str, Recording] = {}
        self._tools: dict[str, list[dict[str, Any]]] = {}
        for each in cassette.recorded:
            match each:
                case RecordedAnswer() | RecordedFailure():
                    self._models[each.key] = each
                case RecordedResult():
                    self._results[each.key] = each.result
                case RecordedTools():
                    self._tools[each.key] = each.tools
                case RecordedFact():
                    # It stands in the run's own journal from the beginning.
                    continue

    def model(self, key: str) -> RecordedAnswer | RecordedFailure | None:
        """What a model answered there."""
        return self._models.get(key)

    def result(self, key: str) -> Recording | None:
        """What came of a tool's call."""
        return self._results.get(key)

    def tools(self, key: str) -> list[dict[str, Any]] | None:
        """What an MCP server offered; None when that was not recorded."""
        return self._tools.get(key)

    def what_changed(self, question: Question) -> list[dict[str, Any]]:
        """In which parts a question differs from the recorded one; none when it is the same."""
        recorded = self._models.get(question.key)
        if not isinstance(recorded, RecordedAnswer) or recorded.asked in (question.asked, ANY):
            return []
        before = recorded.question
        if before is None:
            return [_part("asked something else", ["(What it was is not recorded.)"], [])]
        parts = [
            _part("instructions", _lines(before.instructions), _lines(question.instructions)),
            _part("tools it may call", before.tools, question.offered),
            _part("conversation it is given", self._conversation(before), _conversation(question)),
        ]
        changed = [part for part in parts if part["lines"]]
        return changed or [_part("asked in another way", [f"by {recorded.model}"], [f"by {question.agent}"])]

    def _conversation(self, question: ModelQuestion) -> list[str]:
        return [line for key in question.conversation for line in _as_lines(self._cassette.items[key])]


class TapedAnswers:
    """Gives the recorded answers as if a model spoke; asks nobody."""

    def __init__(self, tape: Tape, context: RunContext, *, pace: Pace) -> None:
        self._tape = tape
        self._context = context
        self._pace = pace

    def model_of(self, key: str) -> tuple[str, bool]:
        """The model that was recorded there."""
        recorded = self._tape.model(key)
        return (recorded.model, recorded.simulated) if recorded is not None else ("", False)

    async def answer(self, question: Question, ask: Stream, config: dict[str, Any]) -> ModelResponse:
        """The recorded answer. Raises RecordedFailureError where there was a failure, and NotRecordedError where
        there was nothing."""
        recorded = self._tape.model(question.key)
        if recorded is None:
            raise NotRecordedError(question.agent, "asks a model", "asks no models")
        config["replayed"] = True
        path, writer = current_path(), self._context.writer
        if parts := self._tape.what_changed(question):
            writer.emit(QuestionChanged(question.key, question.agent, parts, path))
        told = (question.key, question.agent, recorded.model)
        writer.emit(ModelCallStarted(*told, recorded.simulated, path, question.purpose))
        began = asyncio.get_running_loop().time()
        if isinstance(recorded, RecordedFailure):
            raise RecordedFailureError(recorded)
        response = read_response(recorded.response)
        offset = 0
        for word, text in enumerate(pieces(text_of(response))):
            await self._pace.before(word, began)
            writer.text(TextDelta(question.key, question.agent, offset, text, path))
            offset += len(text)
        seconds = round(asyncio.get_running_loop().time() - began, 4)
        writer.emit(completed_call(question, response, recorded.model, recorded.simulated, seconds))
        return response


def _part(what: str, before: list[str], after: list[str]) -> dict[str, Any]:
    changes = line_changes(before, after) if before != after else []
    return {"what": what, "lines": [[change.sign, change.text] for change in changes]}


def _lines(text: str | None) -> list[str]:
    return (text or "").splitlines()


def _conversation(question: Question) -> list[str]:
    given = question.input
    items: list[Any] = [{"role": "user", "content": given}] if isinstance(given, str) else list(given)
    return [line for item in items for line in _as_lines(item)]


def _as_lines(item: Mapping[str, Any]) -> list[str]:
    """An item of a conversation, in the SDK's input format, as lines to compare."""
    if isinstance(item.get("content"), str):
        return [f"{item.get('role', '')}: {line}" for line in item["content"].splitlines() or [""]]
    return [orjson.dumps(item, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()]
