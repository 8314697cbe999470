"""An endpoint on loopback that speaks OpenAI's Responses API and answers by the rehearsal model's rules.

It lets a studio and an exported package ask the very same model over real HTTP, and remembers what each was asked.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from agents import AgentOutputSchemaBase, FunctionTool, Handoff, ModelSettings, ModelTracing, Tool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from core.sdk.rehearsal import Pace, RehearsalModel
from tests.support.tool_http_server import serving

_IDS = {"id", "call_id", "status", "annotations", "logprobs", "type"}


@dataclass(slots=True)
class RehearsalServer:
    """A running server."""

    base_url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """What it was asked since the last `take`, and what it answered; without what differs from run to run."""

    def take(self) -> list[dict[str, Any]]:
        """What it was asked, and forget it."""
        asked, self.asked = self.asked, []
        return asked


@contextmanager
def rehearsal_server() -> Iterator[RehearsalServer]:
    """The server for as long as the block runs; `GET /taken` does what `take` does."""
    server = RehearsalServer()
    model = RehearsalModel(pace=Pace.instant())

    async def responses(request: Request) -> Response:
        body = await request.json()
        events = [event async for event in _events(model, body)]
        server.asked.append(_remembered(body, events[-1]["response"]))
        if not body.get("stream"):
            return JSONResponse(events[-1]["response"])
        lines = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
        return StreamingResponse(_each(lines), media_type="text/event-stream")

    async def taken(_request: Request) -> Response:
        return JSONResponse(server.take())

    routes = [Route("/v1/responses", responses, methods=["POST"]), Route("/taken", taken)]
    with serving(Starlette(routes=routes)) as address:
        server.base_url = f"{address}/v1"
        yield server


async def _events(model: RehearsalModel, body: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    tools, handoffs = _offered(body.get("tools") or [])
    stream = model.stream_response(
        body.get("instructions"),
        body["input"],
        ModelSettings(tool_choice=_choice(body.get("tool_choice"))),
        tools,
        _output(body),
        handoffs,
        ModelTracing.DISABLED,
        previous_response_id=None,
        conversation_id=None,
        prompt=None,
    )
    async for event in stream:
        yield event.model_dump(mode="json")


async def _each(lines: Iterator[str]) -> AsyncIterator[str]:
    for line in lines:
        yield line


def _offered(tools: list[dict[str, Any]]) -> tuple[list[Tool], list[Handoff[Any, Any]]]:
    functions: list[Tool] = []
    handoffs: list[Handoff[Any, Any]] = []
    for tool in tools:
        name, description = tool["name"], tool.get("description") or ""
        if name.startswith("transfer_to_"):
            agent = description.removeprefix("Hand off to ").partition(". ")[0].rstrip(".")
            handoffs.append(Handoff(name, description, tool["parameters"], _never, agent))
        else:
            functions.append(FunctionTool(name, description, tool["parameters"], _never, False))
    return functions, handoffs


async def _never(*_given: Any) -> Any:
    raise AssertionError("the server only names tools")


def _choice(choice: Any) -> str | None:
    named: str | None = choice["name"] if isinstance(choice, dict) else choice
    return named


class _Output(AgentOutputSchemaBase):
    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def is_plain_text(self) -> bool:
        return False

    def name(self) -> str:
        return str(self._given["name"])

    def json_schema(self) -> dict[str, Any]:
        return dict(self._given["schema"])

    def is_strict_json_schema(self) -> bool:
        return bool(self._given.get("strict"))

    def validate_json(self, json_str: str) -> Any:
        return json.loads(json_str)


def _output(body: dict[str, Any]) -> AgentOutputSchemaBase | None:
    given = (body.get("text") or {}).get("format") or {}
    return _Output(given) if given.get("type") == "json_schema" else None


def _remembered(body: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    settings = {
        name: body[name] for name in ("temperature", "top_p", "max_output_tokens", "reasoning") if name in body
    }
    return {
        "model": body["model"],
        "instructions": body.get("instructions"),
        "settings": settings,
        "tools": sorted([tool["name"], tool.get("description") or ""] for tool in body.get("tools") or []),
        "input": _plain(body["input"]),
        "output": _plain(response["output"]),
    }


def _plain(value: Any) -> Any:
    """Without ids; what a tool answered as one piece of text is that text."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if key not in _IDS}
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        part = value[0]
        return part["text"] if part.get("type") == "input_text" else [_plain(part)]
    return [_plain(part) for part in value] if isinstance(value, list) else value
