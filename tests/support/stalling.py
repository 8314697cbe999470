"""Models and tools that stop in the middle, until a test lets them go on, or for good."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

from agents.testing import ModelCall, ModelStep, ScriptedModel, assistant_message
from openai.types.responses import Response, ResponseCompletedEvent, ResponseTextDeltaEvent


def endless(*pieces: str) -> ModelStep:
    """An answer that streams these pieces and then nothing more."""

    async def stream(_call: ModelCall) -> AsyncIterator[Any]:
        for number, piece in enumerate(pieces):
            yield _delta(piece, number)
        await asyncio.Event().wait()

    return ModelStep.stream(stream)


def paced(*pieces: str | threading.Event) -> ModelStep:
    """An answer that streams these pieces and waits where an event stands, until it is set."""

    async def stream(_call: ModelCall) -> AsyncIterator[Any]:
        for number, piece in enumerate(pieces):
            if isinstance(piece, str):
                yield _delta(piece, number)
            else:
                await asyncio.to_thread(piece.wait, 20)
        text = "".join(piece for piece in pieces if isinstance(piece, str))
        yield ResponseCompletedEvent(
            type="response.completed",
            sequence_number=len(pieces),
            response=Response(
                id="r1",
                created_at=0,
                model="paced",
                object="response",
                output=[assistant_message(text)],
                parallel_tool_calls=False,
                tool_choice="auto",
                tools=[],
            ),
        )

    return ModelStep.stream(stream)


def _delta(piece: str, number: int) -> ResponseTextDeltaEvent:
    return ResponseTextDeltaEvent(
        type="response.output_text.delta",
        delta=piece,
        content_index=0,
        output_index=0,
        item_id="m1",
        logprobs=[],
        sequence_number=number,
    )


async def wait_forever(thing: str) -> str:
    """Wait for a thing that never comes."""
    await asyncio.Event().wait()
    return thing


def script(*steps: Any) -> ScriptedModel:
    """A model that answers with one item after the other; among them may be steps, which raise or never end, and
    lists, which are one answer of several items."""
    return ScriptedModel([step if isinstance(step, ModelStep | list) else [step] for step in steps])
