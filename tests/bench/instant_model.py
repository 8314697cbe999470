"""A model that answers at once: a handoff, two tools, an answer."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

from agents.items import ModelResponse, TResponseStreamEvent
from agents.models.interface import Model
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
    ResponseUsage,
)
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails

ANSWER = "It was paid on 2026-03-03; the policy allows a refund within 30 days."
_numbers = itertools.count()


class InstantModel(Model):
    """Decides by what is in its input, so that it can be shared between runs."""

    async def get_response(self, *args: Any, **kwargs: Any) -> ModelResponse:
        """Not used: both sides stream."""
        raise AssertionError("streamed only")

    async def stream_response(
        self, system_instructions: Any, input: Any, *args: Any, **kwargs: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        """One delta for an answer, then the completed response."""
        item = _next_item(input)
        if isinstance(item, ResponseOutputMessage):
            yield ResponseTextDeltaEvent(
                content_index=0,
                delta=ANSWER,
                item_id=item.id,
                logprobs=[],
                output_index=0,
                sequence_number=0,
                type="response.output_text.delta",
            )
        yield ResponseCompletedEvent(response=_response(item), sequence_number=1, type="response.completed")


def _next_item(input: Any) -> Any:
    done = (
        []
        if isinstance(input, str)
        else [item.get("name") for item in input if item.get("type") == "function_call"]
    )
    if not done:
        return _call("transfer_to_billing", "{}")
    if "lookup" not in done:
        return _call("lookup", '{"order":"A1001"}')
    if "policy" not in done:
        return _call("policy", '{"topic":"refunds"}')
    text = ResponseOutputText(annotations=[], text=ANSWER, type="output_text")
    return ResponseOutputMessage(
        id=f"msg_{next(_numbers)}", content=[text], role="assistant", status="completed", type="message"
    )


def _call(name: str, arguments: str) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        arguments=arguments, call_id=f"call_{next(_numbers)}", name=name, type="function_call"
    )


def _response(item: Any) -> Response:
    return Response(
        id=f"resp_{next(_numbers)}",
        created_at=0,
        model="instant",
        object="response",
        output=[item],
        parallel_tool_calls=False,
        tool_choice="auto",
        tools=[],
        usage=ResponseUsage(
            input_tokens=100,
            input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
            output_tokens=20,
            output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
            total_tokens=120,
        ),
    )
