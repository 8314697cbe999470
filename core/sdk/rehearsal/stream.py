"""A finished reply as the events of a Responses stream, word by word at a believable pace."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from agents.items import TResponseStreamEvent
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseContentPartDoneEvent,
    ResponseCreatedEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseFunctionCallArgumentsDoneEvent,
    ResponseFunctionToolCall,
    ResponseInProgressEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)

_PIECES = re.compile(r"\s*\S+\s*|\s+")
_LONGEST_PIECE = 200


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the simulated model speaks; zero means at once."""

    first_word_seconds: float
    words_per_second: float

    @classmethod
    def believable(cls) -> "Pace":
        """Like a hosted model."""
        return cls(first_word_seconds=0.35, words_per_second=30)

    @classmethod
    def instant(cls) -> "Pace":
        """No waiting at all."""
        return cls(first_word_seconds=0, words_per_second=0)

    async def before(self, word: int, started: float) -> None:
        """Wait until the word with this number (from 0) is due, counted from when the call started."""
        due = self.first_word_seconds + (word / self.words_per_second if self.words_per_second else 0)
        if due <= 0:
            return
        left = started + due - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)


def pieces(text: str) -> list[str]:
    """The text cut into words with the space around them; together they are the text."""
    found = _PIECES.findall(text)
    return [piece[at : at + _LONGEST_PIECE] for piece in found for at in range(0, len(piece), _LONGEST_PIECE)]


def words_in(response: Response) -> int:
    """How many pieces the whole response streams in."""
    return sum(len(pieces(_content_of(item))) for item in response.output)


async def stream_events(response: Response, pace: Pace, started: float) -> AsyncIterator[TResponseStreamEvent]:
    """The event sequence of a Responses stream for the finished response."""
    waiting = response.model_copy(update={"output": [], "status": "in_progress", "usage": None})
    numbers = iter(range(1_000_000_000))
    yield ResponseCreatedEvent(type="response.created", response=waiting, sequence_number=next(numbers))
    yield ResponseInProgressEvent(type="response.in_progress", response=waiting, sequence_number=next(numbers))
    word = 0
    await pace.before(0, started)
    for index, item in enumerate(response.output):
        for event, is_word in _item_events(item, index, numbers):
            if is_word:
                await pace.before(word, started)
                word += 1
            yield event
    yield ResponseCompletedEvent(type="response.completed", response=response, sequence_number=next(numbers))


def _item_events(item: Any, index: int, numbers: Iterator[int]) -> Iterator[tuple[TResponseStreamEvent, bool]]:
    """The events of one output item, each with whether it carries a word."""
    start: dict[str, Any] = {"content": []} if isinstance(item, ResponseOutputMessage) else {"arguments": ""}
    begun = item.model_copy(update={**start, "status": "in_progress"})
    yield (
        ResponseOutputItemAddedEvent(
            type="response.output_item.added", item=begun, output_index=index, sequence_number=next(numbers)
        ),
        False,
    )
    if isinstance(item, ResponseOutputMessage):
        yield from _text_events(item, index, numbers)
    elif isinstance(item, ResponseFunctionToolCall):
        yield from _call_events(item, index, numbers)
    yield (
        ResponseOutputItemDoneEvent(
            type="response.output_item.done", item=item, output_index=index, sequence_number=next(numbers)
        ),
        False,
    )


def _text_events(
    item: ResponseOutputMessage, index: int, numbers: Iterator[int]
) -> Iterator[tuple[TResponseStreamEvent, bool]]:
    part = item.content[0]
    if not isinstance(part, ResponseOutputText):
        return
    place: dict[str, Any] = {"item_id": item.id, "output_index": index, "content_index": 0}
    empty = part.model_copy(update={"text": ""})
    added = {"type": "response.content_part.added", "part": empty, "sequence_number": next(numbers)}
    yield ResponseContentPartAddedEvent(**place, **added), False
    for piece in pieces(part.text):
        delta = {"type": "response.output_text.delta", "delta": piece, "logprobs": []}
        yield ResponseTextDeltaEvent(**place, **delta, sequence_number=next(numbers)), True
    done = {"type": "response.output_text.done", "text": part.text, "logprobs": []}
    yield ResponseTextDoneEvent(**place, **done, sequence_number=next(numbers)), False
    closed = {"type": "response.content_part.done", "part": part, "sequence_number": next(numbers)}
    yield ResponseContentPartDoneEvent(**place, **closed), False


def _call_events(
    item: ResponseFunctionToolCall, index: int, numbers: Iterator[int]
) -> Iterator[tuple[TResponseStreamEvent, bool]]:
    place: dict[str, Any] = {"item_id": item.id or item.call_id, "output_index": index}
    for piece in pieces(item.arguments):
        delta = {"type": "response.function_call_arguments.delta", "delta": piece}
        yield ResponseFunctionCallArgumentsDeltaEvent(**place, **delta, sequence_number=next(numbers)), True
    done = {"type": "response.function_call_arguments.done", "arguments": item.arguments, "name": item.name}
    yield ResponseFunctionCallArgumentsDoneEvent(**place, **done, sequence_number=next(numbers)), False


def _content_of(item: Any) -> str:
    if isinstance(item, ResponseFunctionToolCall):
        return item.arguments
    return "".join(part.text for part in item.content if isinstance(part, ResponseOutputText))
