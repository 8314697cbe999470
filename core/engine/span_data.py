"""What the SDK says in its spans, as columns and payload fields of ours."""

from datetime import datetime
from typing import Any

import orjson
from agents.tracing import Span
from agents.tracing.span_data import (
    AgentSpanData,
    CustomSpanData,
    FunctionSpanData,
    GenerationSpanData,
    GuardrailSpanData,
    HandoffSpanData,
    MCPListToolsSpanData,
    TaskSpanData,
    TurnSpanData,
)

CALL = "call"
"""Where the settings of a model's span hold the key of the call, when it starts."""
STEP = "step_"
"""What the kinds of spans of a workflow's steps begin with; `call_id` of such a span is the step's path."""


def step_data(kind: str, path: str) -> dict[str, Any]:
    """Data for the custom span of a step. `status` may be set before it ends: `waiting`, `cancelled`, `open`."""
    return {"step_kind": kind, "path": path, "status": "ok"}


NO_MODEL: dict[str, Any] = {"model": None, "simulated": False, "input_tokens": None, "output_tokens": None}


def kind_and_name(data: Any) -> tuple[str, str]:
    match data:
        case TaskSpanData():
            return "task", data.name
        case TurnSpanData():
            return "turn", f"Turn {data.turn}"
        case AgentSpanData():
            return "agent", data.name
        case GenerationSpanData():
            return "model", data.model or "model"
        case FunctionSpanData():
            return "tool", data.name
        case HandoffSpanData():
            # The target becomes known while the handoff is carried out.
            return "handoff", f"{data.from_agent} → {data.to_agent or '…'}"
        case GuardrailSpanData():
            return "guardrail", data.name
        case MCPListToolsSpanData():
            return "mcp_tools", data.server or "MCP server"
        case CustomSpanData() if "step_kind" in data.data:
            return f"{STEP}{data.data['step_kind']}", data.name
        case CustomSpanData():
            return "custom", data.name
        case _:
            return "custom", str(data.type)


def step_path(data: Any) -> str:
    """The path of a step; "" for spans of other things."""
    is_step = isinstance(data, CustomSpanData) and "step_kind" in data.data
    return str(data.data["path"]) if is_step else ""


def model_call(data: Any) -> str | None:
    """The key of a model call, by which it can be found in the journal."""
    return (data.model_config or {}).get(CALL) if isinstance(data, GenerationSpanData) else None


def step_status(data: Any) -> str:
    is_step = isinstance(data, CustomSpanData) and "step_kind" in data.data
    return str(data.data["status"]) if is_step else "ok"


def payload_fields(data: Any) -> dict[str, Any]:
    match data:
        case GenerationSpanData():
            config = dict(data.model_config or {})
            return {
                "instructions": config.pop("instructions", None),
                "tools": config.pop("tools", None),
                "attempts": config.pop("attempts", None),
                "input": data.input and list(data.input),
                "output": data.output and list(data.output),
                "settings": config,
            }
        case FunctionSpanData():
            return {"arguments": _parsed(data.input), "output": data.output, "mcp": data.mcp_data}
        case AgentSpanData():
            return {"tools": data.tools, "handoffs": data.handoffs}
        case MCPListToolsSpanData():
            return {"tools": data.result}
        case CustomSpanData() if "step_kind" in data.data:
            return {name: value for name, value in data.data.items() if name not in step_data("", "")}
        case CustomSpanData():
            return {"data": data.data}
        case _:
            return {}


def model_values(data: Any) -> dict[str, Any]:
    if not isinstance(data, GenerationSpanData):
        return dict(NO_MODEL)
    usage = data.usage or {}
    return {
        "model": data.model,
        "simulated": bool((data.model_config or {}).get("simulated")),
        "input_tokens": usage.get("input_tokens"),
        "output_tokens": usage.get("output_tokens"),
    }


def _parsed(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def error_text(span: Span[Any]) -> str | None:
    if span.error is None:
        return None
    details = ", ".join(str(value) for value in (span.error["data"] or {}).values())
    return f"{span.error['message']}: {details}" if details else span.error["message"]


def span_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
