"""Models and tools that begin and never end, to be stopped in the middle."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from agents.testing import ModelCall, ModelStep, ScriptedModel
from openai.types.responses import ResponseTextDeltaEvent


def endless(*pieces: str) -> ModelStep:
    """An answer that streams these pieces and then nothing more."""

    async def stream(_call: ModelCall) -> AsyncIterator[Any]:
        for number, piece in enumerate(pieces):
            yield ResponseTextDeltaEvent(
                type="response.output_text.delta",
                delta=piece,
                content_index=0,
                output_index=0,
                item_id="m1",
                logprobs=[],
                sequence_number=number,
            )
        await asyncio.Event().wait()

    return ModelStep.stream(stream)


async def wait_forever(thing: str) -> str:
    """Wait for a thing that never comes."""
    await asyncio.Event().wait()
    return thing


def script(*steps: Any) -> ScriptedModel:
    """A model that answers with one item after the other; among them may be steps, which raise or never end, and
    lists, which are one answer of several items."""
    return ScriptedModel([step if isinstance(step, ModelStep | list) else [step] for step in steps])
