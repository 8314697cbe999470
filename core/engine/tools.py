"""The one wrapper around every tool: journal, timeout, failure text, size limit, events."""

import asyncio
import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from agents import FunctionTool
from agents.exceptions import AgentsException
from agents.tool_context import ToolContext
from agents.tracing import get_current_span
from pydantic import BaseModel

from core.engine.events import ToolCalled, ToolCompleted, ToolFailed
from core.engine.journal import fingerprint
from core.engine.place import RunContext, current_path, nested
from core.engine.replay import WRITES
from core.engine.tape import NotRecordedError
from core.engine.texts import well_formed
from core.errors import TroupeError
from core.sdk.compile import ToolSource
from core.sdk.mcp_tools import McpFunctionTool
from core.toolbox.context import current_call_id

PREVIEW = 2_000
MODEL_LIMIT = 200_000
"""Characters of a tool's output that the model is given; the trace keeps the whole."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of a wrapped tool."""

    call_id: str
    tool: str
    agent: str
    path: str
    source: ToolSource
    arguments: dict[str, Any]

    @property
    def writes(self) -> bool:
        return self.source.effect == "writes"

    @property
    def mark(self) -> dict[str, Any]:
        """What a recording says besides what came of the call."""
        return {WRITES: True} if self.writes else {}

    @property
    def key(self) -> str:
        return f"{self.path}/tool:{self.call_id}"


def journaled_tool(tool: FunctionTool, source: ToolSource, context: RunContext, *, agent: str) -> FunctionTool:
    """A copy of the tool that runs each call once, whatever happens to the process."""
    inner = tool.on_invoke_tool
    wrapped = copy.copy(tool)

    async def invoke(tool_context: ToolContext[Any], arguments: str) -> Any:
        call = _Call(tool_context.tool_call_id, tool.name, agent, current_path(), source, _arguments(arguments))
        if (span := get_current_span()) is not None:
            context.recorder.tool_runs(span, call_id=call.call_id, agent=agent)
        if isinstance(tool, McpFunctionTool):
            # Not where it is carried out: a replay, which only looks the result up, tells the same.
            tool.tell(span)
        if source.kind == "agent":
            return await _call_agent(call, context, lambda: inner(tool_context, arguments))
        return await _call_once(call, context, lambda: inner(tool_context, arguments))

    wrapped.on_invoke_tool = invoke
    return wrapped


async def _call_once(call: _Call, context: RunContext, run: Callable[[], Any]) -> Any:
    asked = fingerprint(call.tool, call.arguments)
    recorded = context.journal.recording(call.key, asked)
    if recorded is not None and "again" not in recorded:
        _mark_failed(recorded.get("failed"))
        return recorded.get("output", recorded.get("failed"))
    with context.control.working():
        if context.tape is not None:
            return _call_from_tape(call, context, asked)
        return await _call_really(call, context, run, asked)


def _call_from_tape(call: _Call, context: RunContext, asked: str) -> Any:
    assert context.tape is not None
    recorded = context.tape.result(call.key)
    if recorded is None:
        raise NotRecordedError(call.agent, f"calls '{call.tool}'", "calls no tools")
    context.writer.emit(_called(call))
    failure, output = recorded.get("failed"), recorded.get("output")
    _mark_failed(failure)
    context.writer.emit(_failed(call, failure, 0) if failure is not None else _completed(call, output, 0))
    context.journal.record(call.key, asked, recorded, at_once=False)
    return output if failure is None else failure


async def _call_really(call: _Call, context: RunContext, run: Callable[[], Any], asked: str) -> Any:
    context.writer.emit(_called(call))
    if call.writes:
        context.journal.intend(call.key, asked)
    began = time.monotonic()
    output, failure = await _attempt(call, run)
    seconds = round(time.monotonic() - began, 4)
    if failure is not None:
        _mark_failed(failure)
        context.writer.emit(_failed(call, failure, seconds))
        context.journal.record(call.key, asked, {"failed": failure} | call.mark, at_once=call.writes)
        return failure
    given = _limited(output)
    context.writer.emit(_completed(call, output, seconds))
    context.journal.record(call.key, asked, {"output": given} | call.mark, at_once=call.writes)
    return given


async def _attempt(call: _Call, run: Callable[[], Any]) -> tuple[Any, str | None]:
    """Output and None, or None and what the model is told of the failure."""
    token = current_call_id.set(call.call_id)
    try:
        # A tool may run agents by itself: what they do is not at the place of the agent that called it.
        with nested(call.call_id):
            async with asyncio.timeout(call.source.timeout_seconds):
                return _plain(await run()), None
    except TimeoutError:
        doubt = " It may have taken effect all the same." if call.source.effect == "writes" else ""
        return None, _told(call, f"no answer within {call.source.timeout_seconds:g} seconds.{doubt}")
    except TroupeError as error:
        return None, _told(call, f"{error.message} {error.hint}".strip())
    except Exception as error:  # noqa: BLE001
        # A tool is anybody's code: whatever it raises is an answer for the model, not the end of the run.
        return None, _told(call, f"{type(error).__name__}: {error}")
    finally:
        current_call_id.reset(token)


async def _call_agent(call: _Call, context: RunContext, run: Callable[[], Any]) -> Any:
    """An agent called like a tool: its own calls are journaled one by one, so a replay finds the same answer. In a
    fork it may have been given another one."""
    given = context.journal.recording(call.key, "")
    if given is not None:
        return given["output"]
    if context.tape is not None and context.tape.result(call.key) is not None:
        return _call_from_tape(call, context, "")
    context.writer.emit(_called(call))
    began = time.monotonic()
    try:
        with nested(call.call_id):
            output = _plain(await run())
    except AgentsException as error:
        failure = _told(call, f"{type(error).__name__}: {error}")
        _mark_failed(failure)
        context.writer.emit(_failed(call, failure, round(time.monotonic() - began, 4)))
        return failure
    if output is not None:
        # None: the nested run waits for a person; this call is not over.
        context.writer.emit(_completed(call, output, round(time.monotonic() - began, 4)))
    return output


def _called(call: _Call) -> ToolCalled:
    return ToolCalled(
        call_id=call.call_id,
        agent=call.agent,
        tool=call.tool,
        tool_kind=call.source.kind,
        node=call.source.node,
        arguments=call.arguments,
        path=call.path,
    )


def _completed(call: _Call, output: Any, seconds: float) -> ToolCompleted:
    text = output if isinstance(output, str) else orjson.dumps(output, default=str).decode()
    return ToolCompleted(
        call_id=call.call_id,
        agent=call.agent,
        tool=call.tool,
        node=call.source.node,
        output=text[:PREVIEW],
        output_bytes=len(text.encode()),
        seconds=seconds,
        path=call.path,
    )


def _failed(call: _Call, failure: str, seconds: float) -> ToolFailed:
    return ToolFailed(call.call_id, call.agent, call.tool, call.source.node, failure, seconds, call.path)


def _told(call: _Call, reason: str) -> str:
    start = call.source.failure_message or f"The tool '{call.tool}' failed:"
    return well_formed(f"{start} {reason}")


def _mark_failed(failure: str | None) -> None:
    span = get_current_span()
    if failure is not None and span is not None:
        span.set_error({"message": failure, "data": None})


def _limited(output: Any) -> Any:
    if not isinstance(output, str) or len(output) <= MODEL_LIMIT:
        return output
    return f"{output[:MODEL_LIMIT]}\n[Cut: {len(output):,} characters in all, {MODEL_LIMIT:,} shown.]"


def _plain(output: Any) -> Any:
    """What the journal gives back, also before it has kept it: a run that is recovered must not see anything else
    than it did at first, or models would be asked something new."""
    if output is None:
        return None
    if not isinstance(output, BaseModel | dict | list | tuple):
        return well_formed(str(output))
    try:
        return orjson.loads(orjson.dumps(output, default=_as_data, option=orjson.OPT_NON_STR_KEYS))
    except orjson.JSONEncodeError:
        # Numbers beyond 64 bits, half characters, endless structures: they have no JSON here.
        return well_formed(str(output))


def _as_data(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


def _arguments(text: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {"": text}
    return value if isinstance(value, dict) else {"": value}
