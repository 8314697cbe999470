"""A model that plays several agents of a workflow at once, and workflows whose agents it knows apart."""

import inspect
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from agents import Model, ModelResponse
from agents.items import TResponseStreamEvent
from agents.testing import assistant_message
from openai.types.responses import Response, ResponseCompletedEvent, ResponseUsage
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails

from core.bootstrap import Core
from core.organization.spec import Organization
from core.organization.steps import Step
from core.records import EventRecord
from tests.core.organization.flows import workflow

JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Call:
    """What an agent was asked."""

    role: str
    input: Any

    @property
    def told(self) -> str:
        """The newest thing that it was told."""
        return self.input if isinstance(self.input, str) else str(self.input[-1].get("content"))


class Cast(Model):
    """Answers each agent with what stands in its list, one after the other; a function instead of a list answers
    always. An answer is text, an item, a list of items, an exception, or a function of the call that gives one of
    these, at once or later. Judges of conditions answer as `judge`."""

    def __init__(self, **roles: Any) -> None:
        self._roles = {name: deque(play) if isinstance(play, list) else play for name, play in roles.items()}
        self.calls: list[Call] = []

    def told(self, role: str) -> list[str]:
        """What an agent was told, call by call."""
        return [call.told for call in self.calls if call.role == role]

    async def get_response(self, *args: Any, **kwargs: Any) -> ModelResponse:
        raise AssertionError("The engine streams.")

    async def stream_response(
        self, system_instructions: str | None, input: Any, *_args: Any, **_kwargs: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        call = Call(self._role_of(system_instructions or ""), input)
        self.calls.append(call)
        play = self._roles[call.role]
        answer = play.popleft() if isinstance(play, deque) else play
        while callable(answer):
            answer = answer(call)
        if inspect.isawaitable(answer):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        yield _whole(answer)

    def _role_of(self, instructions: str) -> str:
        if instructions.startswith("You decide whether a statement"):
            return JUDGE
        return instructions.removeprefix("You are ").removesuffix(".")


def play(text: str, *steps: Step, agents: str = "", **more: Any) -> Organization:
    """A workflow (see `workflow`) whose agents a Cast knows apart. `more` are fields of agents by name, as
    `writer={"task": "…"}`, or of the organization."""
    drawn = workflow(text, *steps, agents=agents)
    cast = [
        agent.model_copy(update={"instructions": f"You are {agent.name}.", **more.pop(agent.name, {})})
        for agent in drawn.agents
    ]
    more["links"] = [*drawn.links, *more.pop("links", [])]
    return Organization.model_validate(drawn.model_copy(update={"agents": cast, **more}).model_dump())


def steps_told(core: Core, run_id: str) -> list[str]:
    """The events of steps as lines: `+` started, `-` finished, `!` failed, `?` waits."""
    return [line for event in core.runs.events(run_id) if (line := _line(event))]


def outline(core: Core, run_id: str) -> list[str]:
    """Steps and agents of the trace as an indented tree; what did not go well with its status."""
    spans, _ = core.traces.spans(run_id)
    lines: list[str] = []
    depth: dict[str, int] = {}
    for span in spans:
        shown = span.kind.startswith("step_") or span.kind in ("agent", "approval")
        depth[span.id] = depth.get(span.parent_id or "", 0) + shown
        if shown:
            status = "" if span.status == "ok" else f" ({span.status})"
            lines.append(f"{'  ' * (depth[span.id] - 1)}{span.kind.removeprefix('step_')} {span.name}{status}")
    return lines


def _line(event: EventRecord) -> str:
    data = event.data
    match event.kind:
        case "step_started":
            return f"+ {data['path']}"
        case "step_finished":
            status = "" if data["status"] == "done" else f" {data['status']}"
            way = "" if data["port"] in ("", "out", "branch", "each", "body") else f" .{data['port']}"
            return f"- {data['path']}{way}{status}"
        case "step_failed":
            return f"! {data['path']} {data['code']}"
        case "step_waiting":
            return f"? {data['path']}"
        case _:
            return ""


def _whole(answer: Any) -> ResponseCompletedEvent:
    items = [assistant_message(answer)] if isinstance(answer, str) else answer
    return ResponseCompletedEvent(
        type="response.completed",
        sequence_number=0,
        response=Response(
            id="r1",
            created_at=0,
            model="cast",
            object="response",
            output=items if isinstance(items, list) else [items],
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
