"""Everything that can end a run has a code, a sentence and something to do."""

import asyncio
import json
import socket
import ssl
from typing import Any

import httpx
import httpx2
import openai
import pytest
from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrail,
    OutputGuardrail,
    RunContextWrapper,
    Runner,
    function_tool,
)
from agents.exceptions import (
    ModelBehaviorError,
    ModelRefusalError,
    ModelTimeoutError,
    ToolTimeoutError,
    UserError,
)
from agents.testing import ScriptedModel, assistant_message, function_call
from mcp.shared.exceptions import MCPError

from core.errors import ProviderError
from core.sdk.api_failures import Failure
from core.sdk.failures import explain
from core.sdk.function_tools import ToolImportError

URL = "https://api.example.com/v1/chat/completions"


def refused(
    status: int, body: Any, *, headers: dict[str, str] | None = None, key: str = "sk-abc12345"
) -> Exception:
    """What the client raises for that answer."""
    request = httpx2.Request("POST", URL, headers={"Authorization": f"Bearer {key}"})
    response = httpx2.Response(status, json=body, headers=headers, request=request)
    return openai.AsyncOpenAI(api_key="x")._make_status_error_from_response(response)


def error(message: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"message": message, **fields}}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, error("Incorrect API key provided", code="invalid_api_key"), "wrong_key"),
        (401, error("The model is not available to you"), "wrong_key"),
        (403, error("You do not have access to model x"), "no_permission"),
        (404, error("The model `x` does not exist", code="model_not_found"), "model_not_found"),
        (404, {"object": "error", "message": "The model `x` does not exist.", "code": 404}, "model_not_found"),
        (404, error("model 'x' not found, try pulling it first"), "model_not_found"),
        (400, error("x is not a valid model ID"), "model_not_found"),
        (404, {"detail": "Not Found"}, "endpoint_not_found"),
        (405, None, "endpoint_not_found"),
        (408, None, "endpoint_timeout"),
        (429, error("Rate limit reached. See https://platform.example.com/account/billing"), "rate_limited"),
        (429, error("You exceeded your current quota", code="insufficient_quota"), "quota_exceeded"),
        (402, error("Insufficient Balance"), "quota_exceeded"),
        (500, error("boom"), "server_error"),
        (503, "<html><body>Bad gateway</body></html>", "server_error"),
        (504, None, "endpoint_timeout"),
        (400, error("Unsupported value", param="temperature"), "request_rejected"),
        (400, error("llama2 does not support tools"), "tools_unsupported"),
        (400, error("too long", code="context_length_exceeded"), "context_too_large"),
        (400, error("This model's maximum context length is 4096 tokens."), "context_too_large"),
        (
            400,
            error("The decoder prompt (length 5000) is longer than the maximum model length"),
            "context_too_large",
        ),
        (
            400,
            error("the request exceeds the available context size", type="exceed_context_size_error"),
            "context_too_large",
        ),
        (500, error("Context size has been exceeded."), "context_too_large"),
        (400, {"error": "the input length exceeds the context length"}, "context_too_large"),
        (
            400,
            error("Trying to keep the first 5000 tokens; loaded with context length of only 4096"),
            "context_too_large",
        ),
        (400, error("prompt is too long: 210000 tokens > 200000 maximum"), "context_too_large"),
        (413, None, "context_too_large"),
        (400, [error("API key not valid")], "request_rejected"),
    ],
)
def test_answers_of_the_provider(status: int, body: Any, code: str) -> None:
    failure = explain(refused(status, body))

    assert failure.code == code
    assert failure.message.startswith("api.example.com ")
    assert failure.hint


def test_the_words_of_the_provider_are_kept() -> None:
    failure = explain(refused(403, error("Project `p1`\n has no access")))

    assert failure.message == (
        "api.example.com does not permit this (HTTP 403). It says: “Project `p1` has no access”"
    )


@pytest.mark.parametrize(("headers", "start"), [({"Retry-After": "20"}, "Wait 20 seconds"), ({}, "Wait a little")])
def test_how_long_to_wait(headers: dict[str, str], start: str) -> None:
    assert explain(refused(429, error("Slow down"), headers=headers)).hint.startswith(start)


def test_the_setting_that_was_rejected_is_named() -> None:
    assert "'temperature'" in explain(refused(400, error("Unsupported", param="temperature"))).hint


def test_a_local_server_that_wants_a_key() -> None:
    assert explain(refused(401, error("Unauthorized"), key="not-needed")).code == "no_key"


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-abcDEF123456_xyz.",
        "Incorrect API key provided: sk-proj-********************wxyz.",
        "Headers: {'Authorization': 'Bearer abcdef123456'}",
        "cannot GET https://me:secretword@host/v1?api_key=verysecret99&x=1",
        "your key plain-key-4711 is unknown",
    ],
)
def test_keys_are_taken_out(text: str) -> None:
    for ended in (refused(400, error(text), key="plain-key-4711"), ProviderError(text)):
        shown = str(explain(ended))
        secrets = ("abcDEF123456", "wxyz", "abcdef123456", "secretword", "verysecret99")
        assert not [secret for secret in secrets if secret in shown]
    assert "4711" not in str(explain(refused(400, error(text), key="plain-key-4711")))


def test_ordinary_words_are_left_alone() -> None:
    text = "Task sk-1 of the key-value store: risk-based token counts, authorization is pending for key_variable X"

    assert explain(ProviderError(text)).message == text


def unreachable(cause: Exception) -> Exception:
    """What the client raises when the connection fails for that cause."""
    wrapped = httpx2.ConnectError(str(cause))
    wrapped.__cause__ = cause
    raised = openai.APIConnectionError(request=httpx2.Request("POST", "http://localhost:1234/v1/responses"))
    raised.__cause__ = wrapped
    return raised


@pytest.mark.parametrize(
    ("cause", "code", "message"),
    [
        (ConnectionRefusedError(111, "refused"), "endpoint_unreachable", "Nothing answers at localhost:1234."),
        (OSError("All", ConnectionRefusedError()), "endpoint_unreachable", "Nothing answers at localhost:1234."),
        (
            socket.gaierror(-2, "unknown"),
            "endpoint_unreachable",
            "The name 'localhost' is not known on the network.",
        ),
        (OSError(101, "unreachable"), "endpoint_unreachable", "No connection to localhost:1234 came about."),
        (ssl.SSLError(1, "[SSL] wrong version number"), "tls", "localhost:1234 does not speak TLS as expected"),
    ],
)
def test_dead_endpoints(cause: Exception, code: str, message: str) -> None:
    failure = explain(unreachable(cause))

    assert failure.code == code
    assert failure.message.startswith(message)


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (openai.APITimeoutError(httpx2.Request("POST", URL)), "endpoint_timeout"),
        (httpx2.ReadTimeout("slow", request=httpx2.Request("POST", URL)), "endpoint_timeout"),
        (httpx.ReadTimeout("slow"), "endpoint_timeout"),
        (httpx2.RemoteProtocolError("peer closed connection without complete message body"), "stream_cut"),
        (httpx2.RemoteProtocolError("Server disconnected without sending a response."), "stream_cut"),
        (openai.OpenAIError("Missing credentials. Please pass an `api_key`"), "no_key"),
        (
            openai.APIError("late", httpx2.Request("POST", URL), body={"code": "rate_limit_exceeded"}),
            "rate_limited",
        ),
        (openai.APIError("late", httpx2.Request("POST", URL), body={"type": "server_error"}), "server_error"),
        (json.JSONDecodeError("Expecting value", "<html>", 0), "malformed_response"),
        (ModelBehaviorError("Model did not produce a final response!"), "stream_cut"),
        (ModelBehaviorError("Invalid JSON when parsing {a for TypeAdapter"), "invalid_output"),
        (ModelBehaviorError("Model returned no final output for the structured output type."), "invalid_output"),
        (ModelBehaviorError("The answer of agent 'a' does not fit its output schema: x."), "invalid_output"),
        (ModelBehaviorError("response terminated with finish_reason='length' but"), "output_cut"),
        (ModelBehaviorError("Model reused a tool call ID for a different invocation."), "model_behavior"),
        (ModelRefusalError("I cannot help with that."), "refusal"),
        (ModelTimeoutError(30), "model_timeout"),
        (ToolTimeoutError("search", 5), "tool_timeout"),
        (MCPError(-32000, "Connection closed"), "mcp_connection"),
        (UserError("Failed to list tools from MCP server 'x': HTTP error 500"), "mcp_connection"),
        (UserError("Duplicate tool names"), "invalid_setup"),
        (TimeoutError(), "run_timeout"),
        (asyncio.CancelledError(), "cancelled"),
        (ExceptionGroup("several", [refused(429, None), ValueError()]), "rate_limited"),
        (BaseExceptionGroup("several", [asyncio.CancelledError(), TimeoutError()]), "run_timeout"),
    ],
)
def test_other_ends(raised: BaseException, code: str) -> None:
    failure = explain(raised)

    assert failure.code == code
    assert failure.message
    assert failure.hint


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ("status=incomplete; incomplete_details=IncompleteDetails(reason='max_output_tokens').", "output_cut"),
        ("status=incomplete; incomplete_details=IncompleteDetails(reason='content_filter').", "content_filtered"),
        ("status=failed; error=ResponseError(code='server_error', message='Oh').", "server_error"),
        ("status=failed; error=ResponseError(code='rate_limit_exceeded', message='Oh').", "rate_limited"),
        ("code=context_length_exceeded; message=Your input exceeds the window; param=input.", "context_too_large"),
        ("status=failed.", "server_error"),
    ],
)
def test_answers_that_ended_badly(details: str, code: str) -> None:
    text = f"Responses stream ended with terminal event `response.failed`. {details}"

    assert explain(ModelBehaviorError(text)).code == code


def test_our_own_errors_pass_through() -> None:
    raised = ToolImportError("There is no module 'x'.", hint="Install it.")

    assert explain(raised) == Failure("tool_import", "There is no module 'x'.", "Install it.")


def test_the_unexpected_points_to_the_log() -> None:
    failure = explain(ZeroDivisionError("division by zero"))

    assert failure.code == "internal"
    assert failure.message == "An unexpected error ended the run: ZeroDivisionError: division by zero"
    assert "log" in failure.hint


async def ended(agent: Agent[Any], **options: Any) -> Failure:
    """Why a real run of that agent ended."""
    with pytest.raises(Exception) as caught:  # noqa: PT011
        await Runner.run(agent, "Please refund A1", **options)
    return explain(caught.value)


async def test_max_turns() -> None:
    @function_tool
    def again() -> str:
        """Once more."""
        return "and again"

    model = ScriptedModel([[function_call("again", {}, call_id=f"c{turn}")] for turn in range(3)])

    failure = await ended(Agent("Looper", model=model, tools=[again]), max_turns=2)

    assert (failure.code, failure.message) == ("max_turns", "The run was not done after 2 turns and was stopped.")


async def test_a_tool_that_does_not_exist() -> None:
    model = ScriptedModel([[function_call("launch", {}, call_id="c1")]])

    failure = await ended(Agent("Support", model=model))

    assert failure.code == "unknown_tool"
    assert failure.message == "The model called a tool 'launch' that agent 'Support' does not have."


@pytest.mark.parametrize(
    ("raised", "code", "message"),
    [
        (ValueError("no such order"), "tool_failed", "Tool 'refund' failed: ValueError: no such order"),
        (ToolImportError("Module gone."), "tool_import", "Module gone."),
    ],
)
async def test_a_tool_that_ends_the_run(raised: Exception, code: str, message: str) -> None:
    @function_tool(failure_error_function=None)
    def refund() -> str:
        """Give money back."""
        raise raised

    model = ScriptedModel([[function_call("refund", {}, call_id="c1")]])

    failure = await ended(Agent("Support", model=model, tools=[refund]))

    assert (failure.code, failure.message) == (code, message)


@pytest.mark.parametrize(
    ("info", "message"),
    [
        (
            {"reason": "It names a card number.", "message": "Please leave card numbers out."},
            "Guardrail 'cards' stopped the run. Please leave card numbers out. Reason: It names a card number.",
        ),
        (
            {"reason": "a card", "message": "Guardrail 'cards' stopped this request."},
            "Guardrail 'cards' stopped this request. Reason: a card",
        ),
        ("a card number", "Guardrail 'cards' stopped the run. Reason: a card number"),
        (None, "Guardrail 'cards' stopped the run."),
    ],
)
async def test_input_guardrail(info: Any, message: str) -> None:
    def trip(_context: RunContextWrapper[Any], _agent: Agent[Any], _input: Any) -> GuardrailFunctionOutput:
        return GuardrailFunctionOutput(output_info=info, tripwire_triggered=True)

    model = ScriptedModel([[assistant_message("Hello")]])
    guardrail: InputGuardrail[Any] = InputGuardrail(trip, name="cards", run_in_parallel=False)

    failure = await ended(Agent("Support", model=model, input_guardrails=[guardrail]))

    assert (failure.code, failure.message) == ("input_guardrail", message)


async def test_output_guardrail() -> None:
    def trip(_context: RunContextWrapper[Any], _agent: Agent[Any], _output: Any) -> GuardrailFunctionOutput:
        return GuardrailFunctionOutput(output_info={"reason": "too rude"}, tripwire_triggered=True)

    model = ScriptedModel([[assistant_message("Go away")]])

    failure = await ended(Agent("Support", model=model, output_guardrails=[OutputGuardrail(trip, name="manners")]))

    assert failure.code == "output_guardrail"
    assert failure.message == "Guardrail 'manners' held the answer back. Reason: too rude"
