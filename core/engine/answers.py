"""What answers a model call that the journal has no answer for: the provider's model."""

import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from agents import ModelResponse, Usage
from agents.exceptions import ModelBehaviorError
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.models.interface import Model
from openai.types.responses import Response, ResponseFunctionToolCall, ResponseOutputMessage

from core.engine.attempts import Attempts, answered
from core.engine.events import ModelCallCompleted, ModelCallHeld, ModelCallRetried, ModelCallStarted, TextDelta
from core.engine.place import RunContext, current_path
from core.engine.recordings import text_of
from core.engine.texts import well_formed
from core.sdk.retrying import Again
from core.sdk.traffic import Gate

Stream = Callable[[Model], AsyncIterator[TResponseStreamEvent]]
"""Asks a model, once for each time that it is called."""


@dataclass(frozen=True, slots=True)
class Question:
    """One model call that is to be answered."""

    key: str
    """Its key in the journal."""
    asked: str
    """Its fingerprint."""
    agent: str
    purpose: str
    instructions: str | None
    input: str | list[TResponseInputItem]
    offered: list[str]
    """Names of the tools and handoffs that the model may call."""
    structured: bool


class Answers(Protocol):
    """Where answers come from. What happens meanwhile is told to watchers."""

    def model_of(self, key: str) -> tuple[str, bool]:
        """The reference of the model that answers a call, and whether it is simulated."""
        ...

    async def answer(self, question: Question, ask: Stream, config: dict[str, Any]) -> ModelResponse:
        """The answer; facts about it for the call's span are added to `config`. Raises whatever goes wrong."""
        ...


class ProviderAnswers:
    """Asks the provider's model through the provider's gate, as often as its settings say."""

    def __init__(
        self,
        inner: Model,
        context: RunContext,
        *,
        gate: Gate,
        reference: str,
        simulated: bool,
        attempt_seconds: float | None,
    ) -> None:
        self._inner = inner
        self._context = context
        self._gate = gate
        self._reference = reference
        self._simulated = simulated
        self._attempt_seconds = attempt_seconds

    def model_of(self, key: str) -> tuple[str, bool]:
        """The same for all calls."""
        return self._reference, self._simulated

    async def answer(self, question: Question, ask: Stream, config: dict[str, Any]) -> ModelResponse:
        """The provider's answer, streamed to watchers. Raises what the last attempt did."""
        writer, path, began = self._context.writer, current_path(), 0.0
        told = (question.key, question.agent, self._reference)

        async def attempt(arrived: Callable[[], None]) -> Response:
            nonlocal began
            began = time.monotonic()
            writer.emit(ModelCallStarted(*told, self._simulated, path, question.purpose))
            return await self._consume(question, ask(self._inner), arrived)

        def held(limit: str) -> None:
            writer.emit(ModelCallHeld(*told, limit, path, question.purpose))

        def retried(again: Again, number: int) -> None:
            of, wait = self._gate.load.attempts, round(again.wait_seconds, 3)
            writer.emit(ModelCallRetried(*told, number, of, again.reason, wait, path, question.purpose))

        attempts = Attempts(on_held=held, on_retry=retried)
        try:
            final = await answered(
                self._gate,
                attempt,
                attempts,
                size=_size(question) if self._gate.limiter.counts_tokens else 0,
                used=_tokens_of,
                until=self._context.deadline,
                seconds=self._attempt_seconds,
            )
        finally:
            config |= attempts.facts()
        response = _model_response(final)
        _mend_texts(response)
        self._make_call_ids_unique(response)
        if (rule := (final.metadata or {}).get("rule")) is not None:
            config["rule"] = rule
        seconds = round(time.monotonic() - began, 4)
        writer.emit(completed_call(question, response, self._reference, self._simulated, seconds))
        return response

    async def _consume(
        self, question: Question, stream: AsyncIterator[TResponseStreamEvent], arrived: Callable[[], None]
    ) -> Response:
        path, offset = current_path(), 0
        items: list[Any] = []
        async with aclosing(stream) as events:  # type: ignore[type-var]
            async for event in events:
                arrived()
                match event.type:
                    case "response.output_text.delta" | "response.refusal.delta":
                        text = well_formed(event.delta)
                        self._context.writer.text(TextDelta(question.key, question.agent, offset, text, path))
                        offset += len(text)
                    case "response.output_item.done":
                        items.append(event.item)
                    case "response.completed":
                        if event.response.status in {"failed", "incomplete"}:
                            raise ModelBehaviorError(_refused(event))
                        # Some servers leave the output of their last event empty.
                        if not event.response.output:
                            event.response.output = items
                        return event.response
                    case "response.failed" | "response.incomplete" | "error":
                        raise ModelBehaviorError(_refused(event))
        raise ModelBehaviorError("The model's stream ended before the response was complete.")

    def _make_call_ids_unique(self, response: ModelResponse) -> None:
        # Some local servers use an id twice; the SDK would then skip the second call without a word.
        for item in response.output:
            if not isinstance(item, ResponseFunctionToolCall):
                continue
            if not item.call_id or item.call_id in self._context.seen_call_ids:
                item.call_id = f"call_{uuid.uuid4().hex}"
            self._context.seen_call_ids.add(item.call_id)


def completed_call(
    question: Question, response: ModelResponse, reference: str, simulated: bool, seconds: float
) -> ModelCallCompleted:
    """What is told of an answer."""
    return ModelCallCompleted(
        call=question.key,
        agent=question.agent,
        model=reference,
        simulated=simulated,
        text=text_of(response),
        input_tokens=response.usage.input_tokens,
        output_tokens=response.usage.output_tokens,
        seconds=seconds,
        path=current_path(),
        structured=question.structured,
        purpose=question.purpose,
    )


def _model_response(final: Response) -> ModelResponse:
    usage = Usage()
    if final.usage is not None:
        usage = Usage(
            requests=1,
            input_tokens=final.usage.input_tokens,
            output_tokens=final.usage.output_tokens,
            total_tokens=final.usage.total_tokens,
            input_tokens_details=final.usage.input_tokens_details,
            output_tokens_details=final.usage.output_tokens_details,
        )
    return ModelResponse(output=list(final.output), usage=usage, response_id=final.id)


def _tokens_of(final: Response) -> int:
    return final.usage.total_tokens if final.usage is not None else 0


def _size(question: Question) -> int:
    return len(question.instructions or "") + len(orjson.dumps(question.input, default=str))


def _mend_texts(response: ModelResponse) -> None:
    for item in response.output:
        if isinstance(item, ResponseFunctionToolCall):
            item.arguments = well_formed(item.arguments)
        elif isinstance(item, ResponseOutputMessage):
            for content in item.content:
                if content.type == "output_text":
                    content.text = well_formed(content.text)
                else:
                    content.refusal = well_formed(content.refusal)


def _refused(event: Any) -> str:
    """How the response ended, in the words that the SDK itself uses (`core.sdk.model_failures` reads both)."""
    response = getattr(event, "response", None)
    error = getattr(response, "error", None) or event
    facts = {
        "reason": getattr(getattr(response, "incomplete_details", None), "reason", None),
        "code": getattr(error, "code", None),
        "message": getattr(error, "message", None),
    }
    told = "; ".join(f"{name}={value}" for name, value in facts.items() if value)
    return f"The stream ended with terminal event `{event.type}`. {told}."
