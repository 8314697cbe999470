"""A model that plays every role of the matrix: what it answers depends only on what it is given."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from typing import Any

from agents import Model, ModelResponse
from agents.items import TResponseStreamEvent
from agents.testing import assistant_message, function_call
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseOutputItemDoneEvent,
    ResponseTextDeltaEvent,
    ResponseUsage,
)
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails

from tests.kill_matrix.death import LEDGER, Ledger, moment

PIECE = 7
"""Characters of a streamed piece."""


class Player(Model):
    """Each role follows its part: the answer to so-and-so many tool outputs since it was told its task."""

    def __init__(self, *, jitter: random.Random | None = None) -> None:
        """With `jitter` it thinks for a moment that differs from call to call."""
        self._jitter = jitter

    async def get_response(self, *args: Any, **kwargs: Any) -> ModelResponse:
        """For agents that a tool runs by itself; the engine streams."""
        async for event in self.stream_response(*args, **kwargs):
            if event.type == "response.completed":
                response = event.response
        return ModelResponse(output=response.output, usage=_sdk_usage(), response_id=response.id)

    async def stream_response(
        self, system_instructions: str | None, input: Any, *_args: Any, **_kwargs: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        role = _role(system_instructions or "")
        task, turn = _task_and_turn(input)
        place = f"{role} {task} {turn}"
        moment(f"before asking {place}")
        Ledger.current().add_question(place)
        await self._think()
        answer = answer_of(role, task, turn)
        items = [assistant_message(answer)] if isinstance(answer, str) else answer
        try:
            if isinstance(answer, str):
                for number, start in enumerate(range(0, len(answer), PIECE)):
                    await self._think(most=0.01)
                    yield _delta(answer[start : start + PIECE])
                    if number == 1:
                        moment(f"while streaming {place}")
            for item in items:
                yield ResponseOutputItemDoneEvent(
                    type="response.output_item.done", item=item, output_index=0, sequence_number=0
                )
            yield _completed(items)
        except GeneratorExit:
            # Whoever asked has the whole answer now, and has not recorded it.
            moment(f"answered {place}")
            raise

    async def _think(self, *, most: float = 0.07) -> None:
        # Batches are written by the clock: what they hold at the moment of death differs from try to try.
        await asyncio.sleep(self._jitter.uniform(0, most) if self._jitter is not None else 0)


def answer_of(role: str, task: str, turn: int) -> Any:
    """Text, or the calls of tools."""
    part = _PARTS[role](task)
    return part[min(turn, len(part) - 1)]


def _role(instructions: str) -> str:
    if instructions.startswith("You decide whether"):
        return "judge"
    return instructions.removeprefix("You are ").removesuffix(".")


def _task_and_turn(given: Any) -> tuple[str, int]:
    """What the user said last, and how many rounds of calls were answered since."""
    if isinstance(given, str):
        return given, 0
    last = max(index for index, item in enumerate(given) if item.get("role") == "user")
    rounds, before = 0, ""
    for item in given[last + 1 :]:
        kind = item.get("type", "")
        if kind == "function_call_output" and before != kind:
            rounds += 1
        before = kind
    content = given[last]["content"]
    return content if isinstance(content, str) else str(content[0]["text"]), rounds


def _call(tool: str, call_id: str, **arguments: Any) -> Any:
    return function_call(tool, arguments, call_id=call_id)


def _clerk(task: str) -> list[Any]:
    """Looks, notes, and says so."""
    return [
        [_call("look", f"look {task}", what=task)],
        [_call("note", f"note {task}", what=task)],
        f"It is all looked at and noted: {task}.",
    ]


def _asker(task: str) -> list[Any]:
    """Looks and notes at the same time."""
    return [
        [_call("note", f"note {task}", what=task), _call("look", f"look {task}", what=task)],
        f"It is all looked at and noted: {task}.",
    ]


def _boss(task: str) -> list[Any]:
    """Asks a foreman twice at the same time."""
    return [
        [_call("foreman", f"ask {thing}", input=f"{task} {thing}") for thing in ("left", "right")],
        f"Both foremen have seen to it: {task}.",
    ]


def _foreman(task: str) -> list[Any]:
    """Asks a clerk."""
    return [[_call("clerk", f"tell {task}", input=task)], f"The clerk has done it: {task}."]


def _triage(task: str) -> list[Any]:
    """Hands over at first, and has the last word when it is handed back."""
    handed = [_call("transfer_to_cashier", f"over {task}")]
    return [handed, handed, handed, handed, "The cashier has done all of it."]


def _cashier(task: str) -> list[Any]:
    return [
        [_call("look", f"look {task}", what=task)],
        [_call("look", f"look {task}", what=task)],
        [_call("note", f"note {task}", what=task)],
        [_call("transfer_to_triage", f"back {task}")],
    ]


def _booker(task: str) -> list[Any]:
    booking = _call("book", f"book {task}", what=task, ledger=os.environ[LEDGER])
    return [[booking], f"It is booked: {task}."]


def _consulter(task: str) -> list[Any]:
    """Asks an expert twice at the same time, then notes what was said."""
    asked = [_call("consult", f"consult {thing}", question=f"{task} {thing}") for thing in ("one", "two")]
    return [asked, [_call("note", f"note {task}", what=task)], f"The experts were heard: {task}."]


def _worker(task: str) -> list[Any]:
    """Looks twice, then says so."""
    looks = [[_call("look", f"work {task} {number}", what=f"{task} {number}")] for number in (1, 2)]
    return [*looks, f"It was looked at twice: {task}."]


_PARTS: dict[str, Any] = {
    "clerk": _clerk,
    "a": lambda task: _clerk(f"a {task}"),
    "b": lambda task: _clerk(f"b {task}"),
    "asker": _asker,
    "boss": _boss,
    "foreman": _foreman,
    "triage": _triage,
    "cashier": _cashier,
    "booker": _booker,
    "consulter": _consulter,
    "worker": _worker,
    "expert": lambda task: [f"An expert says yes to {task}."],
    "z": lambda task: ["All in all it went well, from the first to the last."],
    "judge": lambda task: ['{"violates": false, "holds": true, "reason": "Nothing is wrong with it."}'],
}


def _delta(text: str) -> ResponseTextDeltaEvent:
    return ResponseTextDeltaEvent(
        type="response.output_text.delta",
        delta=text,
        item_id="m",
        output_index=0,
        content_index=0,
        logprobs=[],
        sequence_number=0,
    )


def _completed(items: list[Any]) -> ResponseCompletedEvent:
    return ResponseCompletedEvent(
        type="response.completed",
        sequence_number=0,
        response=Response(
            id="r1",
            created_at=0,
            model="player",
            object="response",
            output=items,
            parallel_tool_calls=True,
            tool_choice="auto",
            tools=[],
            usage=ResponseUsage(
                input_tokens=10,
                output_tokens=5,
                total_tokens=15,
                input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
                output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
            ),
        ),
    )


def _sdk_usage() -> Any:
    from agents import Usage

    return Usage(requests=1, input_tokens=10, output_tokens=5, total_tokens=15)
