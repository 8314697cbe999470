"""HTTP tools: one request described in the spec becomes a tool of the SDK."""

import asyncio
import ssl
from functools import cache
from typing import Any

import httpx
from agents import FunctionTool
from agents.tool_context import ToolContext
from jsonschema import Draft202012Validator

from core.errors import InvalidSpecError, TroupeError
from core.organization.spec import HttpToolSpec, JsonObject
from core.sdk.environment import expand, expand_all
from core.sdk.http_requests import build_request, placeholders_in
from core.sdk.json_checks import json_problems, json_validator
from core.sdk.tool_arguments import ToolArgumentError, parse_arguments

MOST_RESPONSE_BYTES = 1_000_000
MOST_ERROR_CHARACTERS = 2_000
MOST_REDIRECTS = 5
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/x-www-form-urlencoded")


class HttpToolError(TroupeError):
    """The request got no answer (`status` is None), or one with a status other than 2xx."""

    code = "http_tool"

    def __init__(self, message: str, *, hint: str = "", status: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


def build_http_tool(spec: HttpToolSpec) -> FunctionTool:
    """The tool of that spec. A call raises `ToolArgumentError` before it sends, and `HttpToolError` after."""
    validator = _checked(spec)

    async def invoke(_context: ToolContext[Any], arguments: str) -> str:
        given = parse_arguments(spec.name, arguments)
        if problems := json_problems(validator, given):
            raise ToolArgumentError(f"The arguments of '{spec.name}' do not fit: {'; '.join(problems)}.")
        return await _request(spec, given)

    return FunctionTool(
        name=spec.name,
        description=spec.description,
        params_json_schema={"type": "object", "properties": {}, **spec.parameters},
        on_invoke_tool=invoke,
        strict_json_schema=False,
    )


def _checked(spec: HttpToolSpec) -> Draft202012Validator:
    """The validator of the parameters, once the spec is known to be usable."""
    known = spec.parameters.get("properties", {})
    for name in placeholders_in(spec):
        if name not in known:
            raise InvalidSpecError(
                f"Tool '{spec.name}' uses '{{{name}}}', which is not among its parameters.",
                hint=f"Add that parameter, or use one of these: {', '.join(known) or 'none'}.",
            )
    # Found missing now, a variable stops the run with a sentence for a person instead of one for the model.
    expand(spec.url, where=_where(spec))
    expand_all(spec.headers, where=_where(spec))
    return json_validator(spec.parameters, what=f"The parameters of tool '{spec.name}'")


def _where(spec: HttpToolSpec) -> str:
    return f"tool '{spec.name}'"


async def _request(spec: HttpToolSpec, arguments: JsonObject) -> str:
    try:
        async with asyncio.timeout(spec.timeout_seconds), _client() as client:
            request = build_request(spec, arguments)
            return await _answer(spec, await _send(client, request))
    except TimeoutError as error:
        raise HttpToolError(
            f"{_target(spec)} did not answer within {spec.timeout_seconds:g} seconds.",
            hint="Try again later." if spec.effect == "reads" else "It is not known whether it took effect.",
        ) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise HttpToolError(f"{_target(spec)} is no usable address: {error}") from error
    except httpx.HTTPError as error:
        raise HttpToolError(
            f"{_target(spec)} could not be reached: {error or type(error).__name__}.",
            hint="Is the address right and the service running?",
        ) from error


def _target(spec: HttpToolSpec) -> str:
    # The address as written in the spec: the one that is sent may hold a secret.
    return f"{spec.method} {spec.url}"


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=_certificates(), timeout=None)


@cache
def _certificates() -> ssl.SSLContext:
    # Loading the certificates takes tens of milliseconds, too long for each call.
    return httpx.create_ssl_context()


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    response = await client.send(request, stream=True)
    for _ in range(MOST_REDIRECTS):
        if response.next_request is None:
            return response
        await response.aclose()
        response = await client.send(_without_secrets(request, response.next_request), stream=True)
    return response


def _without_secrets(first: httpx.Request, following: httpx.Request) -> httpx.Request:
    """A redirect to another origin is followed without the headers of the spec, which may hold keys."""
    origins = {(request.url.scheme, request.url.host, request.url.port) for request in (first, following)}
    if len(origins) > 1:
        for name in first.extensions.get("spec_headers", ()):
            following.headers.pop(name, None)
    return following


async def _answer(spec: HttpToolSpec, response: httpx.Response) -> str:
    try:
        text = await _text(response)
    finally:
        await response.aclose()
    if response.is_success:
        return text
    status = f"{response.status_code} {response.reason_phrase}".strip()
    shown = text if len(text) <= MOST_ERROR_CHARACTERS else f"{text[:MOST_ERROR_CHARACTERS]}…"
    raise HttpToolError(
        f"{_target(spec)} answered {status}: {shown}" if shown.strip() else f"{_target(spec)} answered {status}.",
        status=response.status_code,
    )


async def _text(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
    if not kind.startswith(_TEXT_TYPES) and not kind.endswith(("+json", "+xml", "javascript", "yaml")):
        return (
            f"[{kind}, {response.headers.get('content-length', 'an unknown number of')} bytes: not shown, no text]"
        )
    content = bytearray()
    cut = False
    async for chunk in response.aiter_bytes():
        content += chunk
        if cut := len(content) > MOST_RESPONSE_BYTES:
            break
    text = bytes(content[:MOST_RESPONSE_BYTES]).decode(response.charset_encoding or "utf-8", errors="replace")
    return f"{text}\n[cut: only the first {MOST_RESPONSE_BYTES:,} bytes are shown]" if cut else text
