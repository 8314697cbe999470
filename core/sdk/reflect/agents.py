"""The agents of an import as specs: instructions, output, the small settings."""

from __future__ import annotations

from typing import Literal

from core.organization.spec import AgentSpec, JsonObject
from core.sdk.reflect.calls import returns
from core.sdk.reflect.finder import Finder, FoundAgent
from core.sdk.reflect.report import joined
from core.sdk.reflect.schemas import SchemaReader
from core.sdk.reflect.settings import model_of, settings_of, written
from core.sdk.reflect.values import Const, External, Function, Made, Opaque, Text, Value, Variable, text_of

ToolUse = Literal["run_again", "stop_on_first_tool"]
_LEFT = (
    "hooks",
    "prompt",
    "mcp_config",
    "reset_tool_choice",
    "capabilities",
    "default_manifest",
    "base_instructions",
)


def agent_name(finder: Finder, found: FoundAgent) -> str:
    """The name that an agent is given, holes included; of one whose name only running tells, the code's."""
    value = finder.field(found, "name")
    return text_of(value) or (written(value, 60) if value is not None else "")


def agent_spec(finder: Finder, found: FoundAgent, name: str) -> AgentSpec:
    """One agent, without its links."""
    what = f"agent '{name}'"
    described = text_of(finder.field(found, "handoff_description"))
    notes = _kind_notes(found)
    spec = AgentSpec(
        name=name,
        instructions=_instructions(finder, found, what),
        handoff_description=described or "",
        model=model_of(finder, found, what),
        settings=settings_of(finder, found, what),
        output_schema=_output(finder, found, what),
        tool_use=_tool_use(finder, found, what),
    )
    left = [each for each in _LEFT if finder.field(found, each) not in (None, Const(None))]
    if left:
        finder.report.not_carried(f"{joined(left)} of {what}", found.where)
    if notes:
        finder.report.approximated(what, found.where, notes)
    else:
        finder.report.carried(what, found.where)
    return spec


def _kind_notes(found: FoundAgent) -> str:
    if found.kind == "SandboxAgent":
        return "It works in a sandbox, which has no counterpart; here it is an agent without one."
    if found.kind == "RealtimeAgent":
        return "It speaks; here it is an agent that writes."
    return ""


def _instructions(finder: Finder, found: FoundAgent, what: str) -> str:
    value = finder.field(found, "instructions")
    match value:
        case None | Const(value=None):
            return ""
        case Const(value=str() as text):
            return text
        case Text(text=text, holes=holes):
            note = f"Parts that only running tells stand in braces: {joined([f'`{hole}`' for hole in holes[:5]])}."
            finder.report.approximated(f"instructions of {what}", found.where, note)
            return text
        case Function():
            return _dynamic(finder, value, found, what)
        case Opaque(source=source, where=where):
            note = "Only running tells them: the code is kept as the text."
            finder.report.approximated(f"instructions of {what}", where, note)
            return source
        case _:
            finder.report.approximated(f"instructions of {what}", found.where, f"They are `{written(value)}`.")
            return text_of(value) or _code_of(value)


def _dynamic(finder: Finder, function: Function, found: FoundAgent, what: str) -> str:
    """Instructions that a function makes: its text when it returns one, else its code."""
    where = function.frame.module.where(function.node)
    scope = function.frame.scope.inner.get(id(function.node))
    results = returns(function.node) if scope is not None else []
    if len(results) == 1 and scope is not None:
        text = text_of(finder.evaluator.value(results[0], finder.evaluator.frame(scope)))
        if text is not None:
            note = "A function made them; its text is kept, with what it fills in in braces."
            finder.report.approximated(f"instructions of {what}", where, note)
            return text
    note = "A function makes them while it runs: its code is kept as the text."
    finder.report.approximated(f"instructions of {what}", where, note)
    return function.frame.module.source(function.node)


def _code_of(value: Value) -> str:
    match value:
        case Made(call=call, frame=frame):
            return frame.module.source(call)
        case External(name=name) | Variable(name=name):
            return f"{{{name}}}"
        case _:
            return written(value, 4000)


def _output(finder: Finder, found: FoundAgent, what: str) -> JsonObject | None:
    value = finder.field(found, "output_type")
    if value is None or value == Const(None):
        return None
    node, frame = finder.field_node(found, "output_type") or (None, None)
    if isinstance(value, Made) and value.maker == "agents.AgentOutputSchema" and value.call.args:
        node, frame = value.call.args[0], value.frame
    elif isinstance(value, Made):
        note = f"Only running tells it: `{written(value)}`."
        finder.report.not_carried(f"output type of {what}", found.where, note)
        return None
    reader = SchemaReader(finder.evaluator)
    if node is None or frame is None:
        finder.report.not_carried(f"output type of {what}", found.where, "It is given in a dictionary.")
        return None
    schema = reader.schema(node, frame)
    if reader.doubts:
        parts = joined(list(dict.fromkeys(reader.doubts))[:5])
        if schema == {}:
            finder.report.not_carried(f"output type of {what}", found.where, f"{parts} is not among the files.")
            return None
        note = f"What {parts} is, is not known; anything goes there."
        finder.report.approximated(f"output type of {what}", found.where, note)
    return _as_object(finder, schema, found, what)


def _as_object(finder: Finder, schema: JsonObject | None, found: FoundAgent, what: str) -> JsonObject | None:
    """The SDK wraps what is no object into one with the field `response`; so do we."""
    if schema is None or schema.get("type") == "object":
        return schema
    definitions = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    inner = {key: value for key, value in schema.items() if key != "$defs"}
    finder.report.approximated(
        f"output type of {what}", found.where, "It is in the field `response` of an object."
    )
    return {"type": "object", "properties": {"response": inner}, "required": ["response"], **definitions}


def _tool_use(finder: Finder, found: FoundAgent, what: str) -> ToolUse:
    value = finder.field(found, "tool_use_behavior")
    match value:
        case None | Const(value="run_llm_again" | None):
            return "run_again"
        case Const(value="stop_on_first_tool"):
            return "stop_on_first_tool"
        case _:
            note = f"`{written(value)}` decides after a tool call; now the model is asked again."
            finder.report.not_carried(f"tool use behavior of {what}", found.where, note)
            return "run_again"
