"""The rehearsal model: a rule-based stand-in for a language model, with no key and no network."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from agents import AgentOutputSchemaBase, Handoff, Model, ModelResponse, ModelSettings, ModelTracing, Tool
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.tracing import GenerationSpanData, Span, generation_span
from openai.types.responses import Response
from openai.types.responses.response_prompt_param import ResponsePromptParam

from core.sdk.rehearsal.decide import decide
from core.sdk.rehearsal.reply import response_for, usage_of
from core.sdk.rehearsal.situation import Asked, Situation, read_situation
from core.sdk.rehearsal.stream import Pace, stream_events, words_in


class RehearsalModel(Model):
    """Decides by readable rules what a model would plausibly do. The rule that fired is in the generation span,
    with `simulated: True`. Equal calls give equal replies, apart from the ids."""

    def __init__(self, *, pace: Pace | None = None, name: str = "rehearsal") -> None:
        self.pace = pace if pace is not None else Pace.believable()
        self.name = name

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
        """The whole reply, after the time it would have taken to speak it."""
        started = asyncio.get_running_loop().time()
        asked = Asked(system_instructions, input, model_settings, tools, handoffs, output_schema)
        with self._span(asked, tracing) as span:
            response = self._respond(asked, span, tracing)
            await self.pace.before(words_in(response), started)
        return ModelResponse(output=response.output, usage=usage_of(response), response_id=response.id)

    async def stream_response(
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
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The reply word by word, as the events of a Responses stream."""
        started = asyncio.get_running_loop().time()
        asked = Asked(system_instructions, input, model_settings, tools, handoffs, output_schema)
        with self._span(asked, tracing) as span:
            response = self._respond(asked, span, tracing)
            async for event in stream_events(response, self.pace, started):
                yield event

    @contextmanager
    def _span(self, asked: Asked, tracing: ModelTracing) -> Iterator[Span[GenerationSpanData]]:
        config = {**_settings(asked, tracing), "simulated": True}
        with generation_span(model=self.name, model_config=config, disabled=tracing.is_disabled()) as span:
            yield span

    def _respond(self, asked: Asked, span: Span[GenerationSpanData], tracing: ModelTracing) -> Response:
        """Decide, and tell the span which rule decided."""
        situation = read_situation(asked)
        decision = decide(situation)
        response = response_for(decision, model=self.name, characters_in=_size(asked, situation))
        config = {**_settings(asked, tracing), "simulated": True, "rule": decision.rule}
        span.span_data.usage = {"requests": 1, **(response.usage.model_dump() if response.usage else {})}
        if tracing.include_data():
            config["why"] = decision.why
            span.span_data.input = _span_input(asked)
            span.span_data.output = [item.model_dump() for item in response.output]
        span.span_data.model_config = config
        return response


def _settings(asked: Asked, tracing: ModelTracing) -> dict[str, Any]:
    config = asked.settings.to_traceable_dict()
    if not tracing.include_data():
        config.pop("metadata", None)
    return config


def _span_input(asked: Asked) -> list[dict[str, Any]]:
    items = asked.items
    said = [{"role": "user", "content": items}] if isinstance(items, str) else [dict(item) for item in items]
    return [{"role": "system", "content": asked.instructions}, *said] if asked.instructions else said


def _size(asked: Asked, situation: Situation) -> int:
    """Characters a real model would have been sent."""
    items = (
        asked.items if isinstance(asked.items, str) else json.dumps(asked.items, ensure_ascii=False, default=str)
    )
    options = [*situation.tools, *situation.handoffs]
    offered = sum(len(f"{one.name}{one.description}{json.dumps(one.schema, default=str)}") for one in options)
    return len(asked.instructions or "") + len(items) + offered
