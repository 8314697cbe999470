"""Makes one HTTP request a tool. `{name}` in address and headers is filled from the arguments; arguments that no
placeholder uses go into the query (GET, DELETE) or into a JSON body (POST, PUT, PATCH)."""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import httpx
from agents import FunctionTool
from agents.tool_context import ToolContext

from .approvals import NeedsApproval
from .calls import Effect, Limits, ToolArgumentError, parse_arguments
from .checks import problems, validator
from .environment import VARIABLE, variable

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

MOST_RESPONSE_BYTES = 1_000_000
MOST_ERROR_CHARACTERS = 2_000
MOST_REDIRECTS = 5
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/x-www-form-urlencoded")
_PLACEHOLDER = re.compile(r"(?<!\$)\{([A-Za-z_][\w-]*)\}")
# One pass over both forms, so that an argument whose text looks like a variable is never expanded.
_TEMPLATE = re.compile(f"{VARIABLE.pattern}|{_PLACEHOLDER.pattern}")


class HttpToolError(Exception):
    """The request got no answer, or one with a status other than 2xx."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = ""


def http_tool(
    *,
    name: str,
    url: str,
    method: Method = "GET",
    headers: dict[str, str] | None = None,
    parameters: dict[str, Any] | None = None,
    description: str = "",
    effect: Effect = "writes",
    needs_approval: NeedsApproval = False,
    timeout_seconds: float = 30,
    failure_message: str = "",
) -> FunctionTool:
    """The tool of a request; `parameters` is the JSON schema of its arguments."""
    request = _Request(name, method, url, headers or {})
    checks = validator(parameters or {})
    limits = Limits(name, effect, timeout_seconds, failure_message)

    async def invoke(context: ToolContext[Any], arguments: str) -> str:
        async def run() -> str:
            given = parse_arguments(name, arguments)
            if found := problems(checks, given):
                raise ToolArgumentError(f"The arguments of '{name}' do not fit: {'; '.join(found)}.")
            return await request.answer(given)

        return await limits.call(context.tool_call_id, run)

    return FunctionTool(
        name=name,
        description=description,
        params_json_schema={"type": "object", "properties": {}, **(parameters or {})},
        on_invoke_tool=invoke,
        strict_json_schema=False,
        needs_approval=needs_approval,
    )


@dataclass(frozen=True, slots=True)
class _Request:
    tool: str
    method: Method
    url: str
    headers: dict[str, str]

    async def answer(self, arguments: dict[str, Any]) -> str:
        """What the server answers, as text."""
        try:
            async with httpx.AsyncClient(timeout=None) as client:
                return await self._text(await self._send(client, self._build(arguments)))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise HttpToolError(f"{self._target} is no usable address: {error}") from error
        except httpx.HTTPError as error:
            raise HttpToolError(
                f"{self._target} could not be reached: {error or type(error).__name__}. "
                "Is the address right and the service running?"
            ) from error

    @property
    def _target(self) -> str:
        # The address as written here: the one that is sent may hold a secret.
        return f"{self.method} {self.url}"

    def _build(self, arguments: dict[str, Any]) -> httpx.Request:
        url = httpx.URL(self._filled(self.url, arguments, in_url=True))
        headers = httpx.Headers({"User-Agent": "Troupe"})
        headers.update(
            [
                (name.encode(), self._filled(text, arguments, in_url=False).encode())
                for name, text in self.headers.items()
            ]
        )
        texts = [self.url, *self.headers.values()]
        used = {name for text in texts for name in _PLACEHOLDER.findall(text)}
        rest = {name: value for name, value in arguments.items() if name not in used}
        if self.method in {"POST", "PUT", "PATCH"}:
            return httpx.Request(self.method, url, headers=headers, json=rest)
        if rest:
            url = url.copy_merge_params(_query(rest))
        return httpx.Request(self.method, url, headers=headers)

    def _filled(self, text: str, arguments: dict[str, Any], *, in_url: bool) -> str:
        def value(found: re.Match[str]) -> str:
            if found[1]:
                return variable(found[1], where=f"tool '{self.tool}'")
            if arguments.get(found[2]) is None:
                raise ToolArgumentError(f"The arguments of '{self.tool}' do not fit: '{found[2]}' is missing.")
            given = _plain(arguments[found[2]])
            return self._url_part(found[2], given) if in_url else self._header_part(found[2], given)

        return _TEMPLATE.sub(value, text)

    def _url_part(self, name: str, given: str) -> str:
        # As a path segment these would climb to another address than the one that is meant.
        if given in {"", ".", ".."}:
            raise ToolArgumentError(f"The arguments of '{self.tool}' do not fit: '{name}' cannot be '{given}'.")
        return quote(given, safe="")

    def _header_part(self, name: str, given: str) -> str:
        if any(ord(character) < 32 or ord(character) == 127 for character in given):
            raise ToolArgumentError(
                f"The arguments of '{self.tool}' do not fit: '{name}' must be one line of text."
            )
        return given

    async def _send(self, client: httpx.AsyncClient, first: httpx.Request) -> httpx.Response:
        response = await client.send(first, stream=True)
        for _ in range(MOST_REDIRECTS):
            following = response.next_request
            if following is None:
                return response
            await response.aclose()
            origins = {(each.url.scheme, each.url.host, each.url.port) for each in (first, following)}
            if len(origins) > 1:
                # Another origin is not given the headers, which may hold keys.
                for name in self.headers:
                    following.headers.pop(name, None)
            response = await client.send(following, stream=True)
        return response

    async def _text(self, response: httpx.Response) -> str:
        try:
            text = await _content(response)
        finally:
            await response.aclose()
        if response.is_success:
            return text
        status = f"{response.status_code} {response.reason_phrase}".strip()
        shown = text if len(text) <= MOST_ERROR_CHARACTERS else f"{text[:MOST_ERROR_CHARACTERS]}…"
        said = f": {shown}" if shown.strip() else "."
        raise HttpToolError(f"{self._target} answered {status}{said}")


async def _content(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
    if not kind.startswith(_TEXT_TYPES) and not kind.endswith(("+json", "+xml", "javascript", "yaml")):
        size = response.headers.get("content-length", "an unknown number of")
        return f"[{kind}, {size} bytes: not shown, no text]"
    content = bytearray()
    cut = False
    async for chunk in response.aiter_bytes():
        content += chunk
        if cut := len(content) > MOST_RESPONSE_BYTES:
            break
    text = bytes(content[:MOST_RESPONSE_BYTES]).decode(response.charset_encoding or "utf-8", errors="replace")
    return f"{text}\n[cut: only the first {MOST_RESPONSE_BYTES:,} bytes are shown]" if cut else text


def _query(arguments: dict[str, Any]) -> httpx.QueryParams:
    pairs = httpx.QueryParams()
    for name, value in arguments.items():
        for item in value if isinstance(value, list) else [value]:
            pairs = pairs if item is None else pairs.add(name, _plain(item))
    return pairs


def _plain(value: Any) -> str:
    """Text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
