"""A decision as the SDK's response object, with an estimate of the tokens a real model would have used."""

import json
import time
import uuid

from agents import Usage
from agents.models.fake_id import FAKE_RESPONSES_ID
from openai.types.responses import (
    Response,
    ResponseFunctionToolCall,
    ResponseOutputItem,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseUsage,
)
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails

from core.sdk.rehearsal.situation import Decision, Planned

CHARACTERS_PER_TOKEN = 4


def response_for(decision: Decision, *, model: str, characters_in: int) -> Response:
    """The finished response; its ids and its time are the only things that differ between equal calls."""
    output: list[ResponseOutputItem] = [_message(decision.text)] if decision.text or not decision.calls else []
    calls = [_function_call(call) for call in decision.calls]
    characters_out = len(decision.text) + sum(len(call.arguments) + len(call.name) for call in calls)
    return Response(
        id=f"resp_{uuid.uuid4().hex}",
        created_at=int(time.time()),
        model=model,
        object="response",
        output=[*output, *calls],
        tool_choice="auto",
        tools=[],
        parallel_tool_calls=True,
        status="completed",
        usage=_estimate(characters_in, characters_out),
    )


def usage_of(response: Response) -> Usage:
    """The usage of one request, as the SDK counts it."""
    usage = response.usage
    if usage is None:
        return Usage(requests=1)
    return Usage(
        requests=1,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
        input_tokens_details=usage.input_tokens_details,
        output_tokens_details=usage.output_tokens_details,
    )


def _message(text: str) -> ResponseOutputMessage:
    part = ResponseOutputText(text=text, type="output_text", annotations=[], logprobs=[])
    # The SDK's own placeholder: it is taken out before items of a session go to a provider with real ids.
    return ResponseOutputMessage(
        id=FAKE_RESPONSES_ID, type="message", role="assistant", status="completed", content=[part]
    )


def _function_call(call: Planned) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        id=FAKE_RESPONSES_ID,
        call_id=f"call_{uuid.uuid4().hex}",
        type="function_call",
        name=call.name,
        arguments=json.dumps(call.arguments, ensure_ascii=False),
        status="completed",
    )


def _estimate(characters_in: int, characters_out: int) -> ResponseUsage:
    tokens_in = -(-characters_in // CHARACTERS_PER_TOKEN)
    tokens_out = -(-characters_out // CHARACTERS_PER_TOKEN)
    return ResponseUsage(
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        total_tokens=tokens_in + tokens_out,
        input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
        output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
    )
