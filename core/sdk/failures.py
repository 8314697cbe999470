"""From whatever ended a run to a code, a sentence and what to do."""

import asyncio
import json
import re
from typing import Any

import httpx
import httpx2
import openai
from agents.exceptions import (
    AgentsException,
    InputGuardrailTripwireTriggered,
    MaxTurnsExceeded,
    MCPToolCancellationError,
    ModelBehaviorError,
    ModelRefusalError,
    ModelTimeoutError,
    OutputGuardrailTripwireTriggered,
    ToolInputGuardrailTripwireTriggered,
    ToolOutputGuardrailTripwireTriggered,
    ToolTimeoutError,
    UserError,
)
from mcp.shared.exceptions import MCPError

from core.errors import TroupeError
from core.sdk.api_failures import ApiError, Failure, api_failure, read_error
from core.sdk.model_failures import behavior_failure, content_filtered, malformed, output_cut
from core.sdk.provider_registry import NO_KEY
from core.sdk.redaction import redact
from core.sdk.transport_failures import causes_of, transport_failure

_TOOL_FAILED = re.compile(r"Error running tool (?P<tool>\S+): (?P<text>.*)", re.DOTALL)
_SHOWN = 400


def explain(error: BaseException) -> Failure:
    """Why `error` ended a run. Keys are taken out of the texts."""
    failure = _explained(error)
    # What was added on the way: how often it was tried, and why not again.
    message = " ".join([failure.message, *getattr(error, "__notes__", [])])
    keys = [_sent_key(cause) for cause in causes_of(error)]
    return Failure(failure.code, redact(message, *keys), redact(failure.hint, *keys))


def _explained(error: BaseException) -> Failure:
    match error:
        case TroupeError():
            return Failure(error.code, error.message, error.hint)
        case BaseExceptionGroup():
            return _explained(_most_telling(error))
        case openai.OpenAIError():
            return _openai_failure(error)
        case AgentsException():
            return _agents_failure(error)
        case MCPError():
            return _mcp_failure(error.message)
        case httpx.TransportError() | httpx2.TransportError():
            return transport_failure(error, where=_where(error))
        case json.JSONDecodeError() | UnicodeDecodeError():
            return malformed(str(error))
        case TimeoutError():
            return Failure(
                "run_timeout",
                "The run took longer than it may and was stopped.",
                "Raise its time limit, or see in the trace which step took so long.",
            )
        case asyncio.CancelledError():
            return Failure("cancelled", "The run was stopped.", "Run again to start over.")
    return _internal(error)


def _most_telling(group: BaseExceptionGroup[Any]) -> BaseException:
    members = [*group.exceptions]
    told = [member for member in members if not isinstance(member, asyncio.CancelledError)]
    return (told or members)[0]


def _internal(error: BaseException) -> Failure:
    text = str(error).strip()[:_SHOWN]
    return Failure(
        "internal",
        f"An unexpected error ended the run: {type(error).__name__}{f': {text}' if text else ''}",
        "Look at the last spans of the trace and at the studio's log, which has the traceback.",
    )


# -- the provider -------------------------------------------------------------------------------


def _openai_failure(error: openai.OpenAIError) -> Failure:
    match error:
        case openai.APIConnectionError():
            return transport_failure(error, where=_where(error))
        case openai.APIStatusError():
            return _status_failure(error)
        case openai.APIResponseValidationError():
            return malformed(error.message)
        case openai.APIError():
            text, kind, parameter = read_error(error.body)
            return api_failure(ApiError(_where(error), None, text or error.message, kind, parameter))
        case openai.LengthFinishReasonError():
            return output_cut()
        case openai.ContentFilterFinishReasonError():
            return content_filtered()
    if "credentials" in str(error).lower() or "api_key" in str(error).lower():
        return Failure("no_key", "There is no key for the provider.", "Enter it on the Settings page.")
    return _internal(error)


def _status_failure(error: openai.APIStatusError) -> Failure:
    text, kind, parameter = read_error(error.body)
    return api_failure(
        ApiError(
            where=_where(error),
            status=error.status_code,
            text=text,
            kind=kind,
            parameter=parameter,
            retry_after=error.response.headers.get("retry-after", ""),
            key_sent=_sent_key(error) != NO_KEY,
        )
    )


def _request(error: BaseException) -> Any:
    # `httpx` raises instead of answering None when an error has no request.
    try:
        return getattr(error, "request", None)
    except RuntimeError:
        return None


def _where(error: BaseException) -> str:
    request = _request(error)
    if request is None:
        return "The provider"
    port = request.url.port or (443 if request.url.scheme == "https" else 80)
    return request.url.host if port == 443 else f"{request.url.host}:{port}"


def _sent_key(error: BaseException) -> str | None:
    request = _request(error)
    header = getattr(request, "headers", {}).get("authorization", "") if request is not None else ""
    return header.partition(" ")[2] or header or None


# -- the SDK ------------------------------------------------------------------------------------


def _agents_failure(error: AgentsException) -> Failure:
    match error:
        case MaxTurnsExceeded():
            return _max_turns(error)
        case ModelRefusalError():
            return Failure(
                "refusal",
                f"The model refused to answer: “{' '.join(error.refusal.split())[:_SHOWN]}”",
                "Rephrase the input or the agent's instructions, or choose another model.",
            )
        case ModelBehaviorError():
            return behavior_failure(error.message)
        case InputGuardrailTripwireTriggered() | OutputGuardrailTripwireTriggered():
            result = error.guardrail_result
            return _guardrail(result.guardrail.get_name(), result.output.output_info, error)
        case ToolInputGuardrailTripwireTriggered() | ToolOutputGuardrailTripwireTriggered():
            return _guardrail(error.guardrail.get_name(), error.output.output_info, error)
        case ModelTimeoutError():
            return Failure(
                "model_timeout",
                f"A model call took longer than {error.timeout_seconds:g} seconds.",
                "Raise the time limit in the agent's model settings, or choose a faster model.",
            )
        case ToolTimeoutError():
            return Failure(
                "tool_timeout",
                f"Tool '{error.tool_name}' took longer than {error.timeout_seconds:g} seconds.",
                "Raise the tool's time limit, or find out why it is slow.",
            )
        case MCPToolCancellationError():
            return _mcp_failure(error.message)
        case UserError():
            return _user_failure(error)
    return _internal(error)


def _max_turns(error: MaxTurnsExceeded) -> Failure:
    limit = re.search(r"\d+", error.message)
    return Failure(
        "max_turns",
        f"The run was not done after {limit[0] if limit else 'all its'} turns and was stopped.",
        "Raise the organization's turn limit; or see in the trace whether agents repeat the same calls or hand "
        "the work back and forth.",
    )


def _guardrail(name: str, info: Any, error: AgentsException) -> Failure:
    after = isinstance(error, OutputGuardrailTripwireTriggered | ToolOutputGuardrailTripwireTriggered)
    told, reason = _told_by_guardrail(info)
    start = f"Guardrail '{name}' {'held the answer back' if after else 'stopped the run'}."
    parts = [told if f"'{name}'" in told else f"{start} {told}".strip()] if told else [start]
    if reason and reason not in parts[0]:
        parts.append(f"Reason: {reason}")
    return Failure(
        "output_guardrail" if after else "input_guardrail",
        " ".join(parts),
        "Change the instructions so that answers pass, or the guardrail if it is too strict."
        if after
        else "Change the input, or the guardrail if it is too strict.",
    )


def _told_by_guardrail(info: Any) -> tuple[str, str]:
    """Message and reason that a guardrail left behind."""
    if isinstance(info, dict):
        return str(info.get("message") or ""), str(info.get("reason") or "")
    if info is None:
        return "", ""
    reason = getattr(info, "reason", None) or getattr(info, "reasoning", None)
    return "", str(reason or info)[:_SHOWN]


def _user_failure(error: UserError) -> Failure:
    if error.__cause__ is not None and (found := _TOOL_FAILED.match(error.message)):
        return _tool_failure(found["tool"], error.__cause__)
    if "MCP" in error.message:
        return _mcp_failure(error.message)
    return Failure(
        "invalid_setup",
        f"The Agents SDK cannot run this organization: {error.message[:_SHOWN]}",
        "Open the design and change what the message names.",
    )


def _tool_failure(tool: str, cause: BaseException) -> Failure:
    if isinstance(cause, TroupeError):
        return Failure(cause.code, cause.message, cause.hint)
    return Failure(
        "tool_failed",
        f"Tool '{tool}' failed: {type(cause).__name__}: {str(cause)[:_SHOWN]}",
        "Look at the call's arguments in the trace, and mend the tool or how it is described.",
    )


def _mcp_failure(text: str) -> Failure:
    return Failure(
        "mcp_connection",
        f"An MCP server did not work as it should: {text[:_SHOWN]}",
        "Check that the server runs, and its address or command, in the tool's settings.",
    )
