"""What an endpoint's error answer means, in words; the same for runs and for the connection test."""

import re
from dataclasses import dataclass
from typing import Any

from core.sdk.redaction import redact


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something ended: `code` names the kind, `message` says what happened, `hint` what to do."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class ApiError:
    """An error as an endpoint reports it. `status` is None when it came within a stream."""

    where: str
    """Host and port."""
    status: int | None
    text: str = ""
    kind: str = ""
    """The endpoint's own code or type, in lower case."""
    parameter: str = ""
    retry_after: str = ""
    key_sent: bool = True


_CONTEXT = re.compile(
    r"context[ _]length|context[ _]window|context size|maximum model length|maximum context|prompt is too long"
    r"|input is too (?:large|long)|input token count .* exceeds|too large for model|request_too_large"
    r"|exceed_context_size",
    re.IGNORECASE,
)
_QUOTA = re.compile(
    r"insufficient[ _](?:quota|credit|balance|funds)|exceeded your current quota|billing_(?:hard|not)"
    r"|out of credit|credit balance",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model_not_found|invalid[ _]model|not a valid model|unknown model|no such model|decommissioned"
    r"|model\b.{0,120}?(?:not found|not exist|not available|not loaded)",
    re.IGNORECASE | re.DOTALL,
)
_NO_TOOLS = re.compile(
    r"not support (?:tools|tool|function)|tool(?:s|_choice)? .{0,40}not supported", re.IGNORECASE
)
_HTML = re.compile(r"<!doctype html|<html|<head|<body", re.IGNORECASE)


def api_failure(error: ApiError) -> Failure:
    """What the error means, and what to do about it."""
    said = f"{error.kind} {error.text}"
    if _CONTEXT.search(said) or error.status == 413:
        return context_too_large(error)
    if _QUOTA.search(said) or error.status == 402:
        return _quota(error)
    if error.status not in (401, 403) and _NO_MODEL.search(said):
        return _no_model(error)
    if _NO_TOOLS.search(said):
        return _failure(
            "tools_unsupported",
            error,
            "cannot let this model call tools",
            "Choose a model that supports tool calling, or remove the agent's tools and handoffs.",
        )
    return _by_status(error)


def read_error(body: Any) -> tuple[str, str, str]:
    """Text, code and parameter of an error body, in any of the shapes that endpoints use."""
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        text = "" if body is None else str(body)
        return ("it is a web page" if _HTML.search(text) else text), "", ""
    inner = body.get("error", body)
    if not isinstance(inner, dict):
        return str(inner), "", ""
    text = inner.get("message") or inner.get("detail") or inner.get("error") or body.get("message") or ""
    kinds = [str(inner[name]) for name in ("code", "type", "status") if inner.get(name)]
    return str(text), " ".join(kinds).lower(), str(inner.get("param") or "")


def is_html(text: str) -> bool:
    """Whether it is a web page."""
    return _HTML.search(text[:2000]) is not None


def context_too_large(error: ApiError) -> Failure:
    """The failure for an input that does not fit into the model's context."""
    return _failure(
        "context_too_large",
        error,
        "refuses the request: the conversation is larger than the model's context",
        "Start a new conversation, shorten the input or what the tools return, or choose a model with a larger "
        "context. For a local server, raise its context size.",
    )


def _by_status(error: ApiError) -> Failure:
    match error.status:
        case 401:
            return _wrong_key(error)
        case 403:
            return _failure(
                "no_permission",
                error,
                "does not permit this",
                "Check that the key's project may use this model, and that the service is offered in your region.",
            )
        case 404 | 405:
            return _failure(
                "endpoint_not_found",
                error,
                "has nothing at this address",
                "Check the base URL (usually it ends with /v1) and whether the provider offers the chosen API: "
                "many offer chat completions only.",
            )
        case 408 | 504:
            return _failure("endpoint_timeout", error, "ran out of time", "Run again, or choose a faster model.")
    if error.status == 429 or "rate_limit" in error.kind:
        return _rate_limited(error)
    if (error.status or 0) >= 500 or "server_error" in error.kind:
        return _failure(
            "server_error",
            error,
            "reports a fault of its own",
            "Run again in a moment. If it stays so, look at the provider's status page or the server's log.",
        )
    if "invalid_api_key" in error.kind:
        return _wrong_key(error)
    return _rejected(error)


def _wrong_key(error: ApiError) -> Failure:
    if not error.key_sent:
        return _failure(
            "no_key", error, "asks for a key, and none is set", "Enter the provider's key on the Settings page."
        )
    return _failure(
        "wrong_key",
        error,
        "does not accept the key",
        "Enter a valid key on the Settings page, or correct the environment variable and start the studio again.",
    )


def _quota(error: ApiError) -> Failure:
    return _failure(
        "quota_exceeded",
        error,
        "says that the account's quota or credit is used up",
        "Check plan and billing with the provider, or choose another model.",
    )


def _no_model(error: ApiError) -> Failure:
    return _failure(
        "model_not_found",
        error,
        "does not have this model",
        "Correct the model's name in the agent or on the Settings page; 'Test connection' lists the models.",
    )


def _rate_limited(error: ApiError) -> Failure:
    seconds = error.retry_after if re.fullmatch(r"\d+(\.\d+)?", error.retry_after) else ""
    wait = f"Wait {seconds} {'second' if seconds == '1' else 'seconds'}" if seconds else "Wait a little"
    return _failure(
        "rate_limited",
        error,
        "got more requests than it allows",
        f"{wait} and run again; or run less at a time, or raise the limit with the provider.",
    )


def _rejected(error: ApiError) -> Failure:
    hint = "Check the agent's model settings, tool schemas and output schema against what the model supports."
    if error.parameter:
        hint = f"Change or remove '{error.parameter}' in the agent's settings; this model does not take it so."
    return _failure("request_rejected", error, "rejects the request", hint)


def _failure(code: str, error: ApiError, what: str, hint: str) -> Failure:
    status = f" (HTTP {error.status})" if error.status else ""
    said = _quoted(error.text)
    return Failure(code, f"{error.where} {what}{status}.{said}", hint)


def _quoted(text: str) -> str:
    words = redact(" ".join(text.split()))
    if not words:
        return ""
    return f" It says: “{words if len(words) <= 300 else words[:299] + '…'}”"
