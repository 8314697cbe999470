"""The one wrapper around every model: journal, control, usage, and the model span."""

from collections.abc import AsyncIterator
from typing import Any

from agents import ModelResponse
from agents.agent_output import AgentOutputSchemaBase
from agents.exceptions import ModelBehaviorError
from agents.handoffs import Handoff
from agents.items import TResponseInputItem, TResponseStreamEvent
from agents.model_settings import ModelSettings
from agents.models.interface import Model, ModelTracing
from agents.tool import Tool
from agents.tracing import Span, generation_span
from openai.types.responses.response_prompt_param import ResponsePromptParam

from core.engine.answers import Answers, Question, Stream
from core.engine.budget import added
from core.engine.journal import fingerprint
from core.engine.place import RunContext
from core.engine.recordings import read_response, response_recording
from core.engine.span_data import CALL
from core.sdk.failures import explain


class JournaledModel(Model):
    """Asks for answers only what the journal does not answer."""

    def __init__(self, answers: Answers, context: RunContext, *, agent: str, purpose: str) -> None:
        self._answers = answers
        self._context = context
        self._agent = agent
        self._purpose = purpose

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
        """The recorded answer, or a new one, recorded before it is used."""
        key = self._context.next_model_key()
        if self._purpose != "summary":
            input = self._context.messages.heard(key, input)
        offered = [tool.name for tool in tools] + [handoff.tool_name for handoff in handoffs]
        asked = fingerprint(self._agent, system_instructions, input, offered, model_settings.tool_choice)
        structured = output_schema is not None
        question = Question(
            key, asked, self._agent, self._purpose, system_instructions, input, offered, structured
        )
        reference, simulated = self._answers.model_of(key)

        def ask(model: Model) -> AsyncIterator[TResponseStreamEvent]:
            return model.stream_response(
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

        with generation_span(model=reference, input=_items(input), model_config={CALL: key}) as span:
            config = {name: value for name, value in model_settings.to_json_dict().items() if value is not None}
            config |= {"instructions": system_instructions, "tools": offered, "simulated": simulated}
            span.span_data.model_config = config
            recorded = self._context.journal.recording(key, asked)
            if recorded is not None:
                response = read_response(recorded)
            else:
                response = await self._answered(question, ask, span, config)
            span.span_data.output = [item.model_dump(exclude_unset=True) for item in response.output]
            span.span_data.usage = {
                "input_tokens": response.usage.input_tokens,
                "output_tokens": response.usage.output_tokens,
            }
        if recorded is None:
            # What was recorded is in the totals already, or was paid for by the run that this one was forked from.
            self._count(response, reference, simulated)
        return response

    async def stream_response(self, *args: Any, **kwargs: Any) -> AsyncIterator[TResponseStreamEvent]:
        """The engine streams by itself: the SDK is always asked for whole responses."""
        raise ModelBehaviorError("The engine asks for whole responses only.")
        yield  # makes this an async generator, as the interface wants

    async def _answered(
        self, question: Question, ask: Stream, span: Span[Any], config: dict[str, Any]
    ) -> ModelResponse:
        context = self._context
        context.journal.replay.refuse_other_question(question.key, question.asked, agent=self._agent)
        await context.control.before_model_call(question.key)
        try:
            with context.control.working():
                response = await self._answers.answer(question, ask, config)
                context.journal.record(question.key, question.asked, response_recording(response))
        except Exception as error:
            # Whatever it was: the call that failed says so, not only the agent around it.
            span.set_error({"message": explain(error).message, "data": None})
            raise
        return response

    def _count(self, response: ModelResponse, reference: str, simulated: bool) -> None:
        context = self._context
        context.simulated = context.simulated or simulated
        used = response.usage
        context.requests += 1
        context.input_tokens += used.input_tokens
        context.output_tokens += used.output_tokens
        cost = context.prices.cost(reference, used.input_tokens, used.output_tokens, simulated=simulated)
        context.cost = added(context.cost, cost)


def _items(input: str | list[TResponseInputItem]) -> list[dict[str, Any]]:
    if isinstance(input, str):
        return [{"role": "user", "content": input}]
    return [dict(item) for item in input]
