"""Model responses as JSON data and back."""

from typing import Any

from agents import ModelResponse, Usage
from agents.items import TResponseOutputItem
from openai._models import construct_type
from openai.types.responses import ResponseOutputMessage

from core.engine.journal import Recording


def response_recording(response: ModelResponse) -> Recording:
    """What the journal keeps of a response."""
    usage = response.usage
    return {
        "items": [item.model_dump(mode="json", exclude_unset=True) for item in response.output],
        "usage": [usage.requests, usage.input_tokens, usage.output_tokens],
        "id": response.response_id,
    }


def read_response(recording: Recording) -> ModelResponse:
    """The response that was recorded."""
    requests, input_tokens, output_tokens = recording["usage"]
    return ModelResponse(
        output=[_item(data) for data in recording["items"]],
        usage=Usage(
            requests=requests,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            total_tokens=input_tokens + output_tokens,
        ),
        response_id=recording["id"],
    )


def text_of(response: ModelResponse) -> str:
    """All text of a response, refusals included."""
    parts = []
    for item in response.output:
        if isinstance(item, ResponseOutputMessage):
            for content in item.content:
                parts.append(content.text if content.type == "output_text" else content.refusal)
    return "".join(parts)


def _item(data: dict[str, Any]) -> Any:
    # Servers omit fields that the strict types want; the SDK's own reader is as lenient.
    return construct_type(type_=TResponseOutputItem, value=data)
