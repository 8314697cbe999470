"""The one wrapper around every model: journal, live text, unique call ids, usage, and the model span."""

import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from typing import Any

import orjson
from agents import ModelResponse, Usage
from agents.agent_output import AgentOutputSchemaBase
from agents.exceptions import ModelBehaviorError
from agents.handoffs import Handoff
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.model_settings import ModelSettings
from agents.models.interface import Model, ModelTracing
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest
from agents.tool import Tool
from agents.tracing import generation_span
from openai.types.responses import Response, ResponseFunctionToolCall, ResponseOutputMessage
from openai.types.responses.response_prompt_param import ResponsePromptParam

from core.engine.attempts import Attempts, answered
from core.engine.budget import added
from core.engine.events import (
    ModelCallCompleted,
    ModelCallHeld,
    ModelCallRetried,
    ModelCallStarted,
    TextDelta,
)
from core.engine.journal import fingerprint
from core.engine.place import RunContext, current_path
from core.engine.recorder import CALL
from core.engine.recordings import read_response, response_recording, text_of
from core.engine.texts import well_formed
from core.sdk.failures import explain
from core.sdk.retrying import Again
from core.sdk.traffic import Gate

Stream = Callable[[], AsyncIterator[TResponseStreamEvent]]
"""Asks the provider, once for each time that it is called."""


class JournaledModel(Model):
    """Asks `inner` only what the journal does not answer."""

    def __init__(
        self,
        inner: Model,
        context: RunContext,
        *,
        gate: Gate,
        agent: str,
        reference: str,
        simulated: bool,
        purpose: str,
        attempt_seconds: float | None,
    ) -> None:
        self._inner = inner
        self._gate = gate
        self._context = context
        self._agent = agent
        self._reference = reference
        self._simulated = simulated
        self._purpose = purpose
        self._attempt_seconds = attempt_seconds

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff[Any, Any]],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> ModelResponse:
        """The recorded answer, or the model's, streamed to watchers meanwhile and recorded before it is used."""
        key = self._context.next_model_key()
        if self._purpose != "summary":
            input = self._context.messages.heard(key, input)
        offered = [tool.name for tool in tools] + [handoff.tool_name for handoff in handoffs]
        asked = fingerprint(self._agent, system_instructions, input, offered, model_settings.tool_choice)
        with generation_span(model=self._reference, input=_items(input), model_config={CALL: key}) as span:
            config = {name: value for name, value in model_settings.to_json_dict().items() if value is not None}
            config |= {"instructions": system_instructions, "tools": offered, "simulated": self._simulated}
            span.span_data.model_config = config
            recorded = self._context.journal.recording(key, asked)
            if recorded is not None:
                response = read_response(recorded)
            else:
                self._context.journal.replay.refuse_other_question(key, asked, agent=self._agent)
                await self._context.control.before_model_call(key)
                stream = partial(
                    self._inner.stream_response,
                    system_instructions,
                    input,
                    model_settings,
                    tools,
                    output_schema,
                    handoffs,
                    # The span around this is the only one: providers' own differ in what they tell.
                    ModelTracing.DISABLED,
                    previous_response_id=previous_response_id,
                    conversation_id=conversation_id,
                    prompt=prompt,
                )
                attempts = Attempts()
                try:
                    with self._context.control.working():
                        response, rule = await self._ask(
                            key,
                            asked,
                            stream,
                            attempts,
                            size=_size(system_instructions, input) if self._gate.limiter.counts_tokens else 0,
                            structured=output_schema is not None,
                        )
                except Exception as error:
                    # Whatever it was: the call that failed says so, not only the agent around it.
                    span.set_error({"message": explain(error).message, "data": None})
                    raise
                finally:
                    config |= attempts.facts()
                if rule is not None:
                    config["rule"] = rule
            span.span_data.output = [item.model_dump(exclude_unset=True) for item in response.output]
            span.span_data.usage = {
                "input_tokens": response.usage.input_tokens,
                "output_tokens": response.usage.output_tokens,
            }
        if recorded is None:
            # What was recorded is in the totals already, or was paid for by the run that this one was forked from.
            self._count(response)
        return response

    async def stream_response(self, *args: Any, **kwargs: Any) -> AsyncIterator[TResponseStreamEvent]:
        """The engine streams by itself: the SDK is always asked for whole responses."""
        raise ModelBehaviorError("The engine asks for whole responses only.")
        yield  # makes this an async generator, as the interface wants

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        """What the provider says about trying again."""
        return self._inner.get_retry_advice(request)

    async def close(self) -> None:
        """Let go of the provider's connection."""
        await self._inner.close()

    async def _ask(
        self, key: str, asked: str, stream: Stream, attempts: Attempts, *, structured: bool, size: int
    ) -> tuple[ModelResponse, str | None]:
        writer, path, told = self._context.writer, current_path(), (key, self._agent, self._reference)
        began = 0.0

        async def ask(arrived: Callable[[], None]) -> Response:
            nonlocal began
            began = time.monotonic()
            writer.emit(ModelCallStarted(*told, self._simulated, path, self._purpose))
            return await self._consume(key, stream(), arrived)

        def held(limit: str) -> None:
            writer.emit(ModelCallHeld(*told, limit, path, self._purpose))

        def retried(again: Again, attempt: int) -> None:
            of, wait = self._gate.load.attempts, round(again.wait_seconds, 3)
            writer.emit(ModelCallRetried(*told, attempt, of, again.reason, wait, path, self._purpose))

        attempts.on_held, attempts.on_retry = held, retried
        final = await answered(
            self._gate,
            ask,
            attempts,
            size=size,
            used=_tokens_of,
            until=self._context.deadline,
            seconds=self._attempt_seconds,
        )
        response = _model_response(final)
        _mend_texts(response)
        self._make_call_ids_unique(response)
        writer.emit(
            ModelCallCompleted(
                call=key,
                agent=self._agent,
                model=self._reference,
                simulated=self._simulated,
                text=text_of(response),
                input_tokens=response.usage.input_tokens,
                output_tokens=response.usage.output_tokens,
                seconds=round(time.monotonic() - began, 4),
                path=path,
                structured=structured,
                purpose=self._purpose,
            )
        )
        self._context.journal.record(key, asked, response_recording(response))
        return response, (final.metadata or {}).get("rule")

    async def _consume(
        self, key: str, stream: AsyncIterator[TResponseStreamEvent], arrived: Callable[[], None]
    ) -> Response:
        path, offset = current_path(), 0
        items: list[Any] = []
        async with aclosing(stream) as events:  # type: ignore[type-var]
            async for event in events:
                arrived()
                match event.type:
                    case "response.output_text.delta" | "response.refusal.delta":
                        text = well_formed(event.delta)
                        self._context.writer.text(TextDelta(key, self._agent, offset, text, path))
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

    def _cost(self, response: ModelResponse) -> float | None:
        used = response.usage
        prices = self._context.prices
        return prices.cost(self._reference, used.input_tokens, used.output_tokens, simulated=self._simulated)

    def _count(self, response: ModelResponse) -> None:
        self._context.requests += 1
        self._context.input_tokens += response.usage.input_tokens
        self._context.output_tokens += response.usage.output_tokens
        self._context.cost = added(self._context.cost, self._cost(response))
        self._context.simulated = self._context.simulated or self._simulated


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


def _size(instructions: str | None, input: str | list[TResponseInputItem]) -> int:
    return len(instructions or "") + len(orjson.dumps(input, default=str))


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


def _items(input: str | list[TResponseInputItem]) -> list[dict[str, Any]]:
    if isinstance(input, str):
        return [{"role": "user", "content": input}]
    return [dict(item) for item in input]
