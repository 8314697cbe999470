"""From an HTTP tool's spec and a call's arguments to the request that is sent."""

import json
import re
from typing import Any
from urllib.parse import quote

import httpx

from core.organization.spec import HttpToolSpec, JsonObject
from core.sdk.environment import VARIABLE, variable
from core.sdk.tool_arguments import ToolArgumentError

_PLACEHOLDER = re.compile(r"(?<!\$)\{([A-Za-z_][\w-]*)\}")
# One pass over both forms, so that an argument whose text looks like a variable is never expanded.
_TEMPLATE = re.compile(f"{VARIABLE.pattern}|{_PLACEHOLDER.pattern}")
_BODY_METHODS = {"POST", "PUT", "PATCH"}


def placeholders_in(spec: HttpToolSpec) -> list[str]:
    """The arguments that url and headers are filled from, each once."""
    texts = [spec.url, *spec.headers.values()]
    return list(dict.fromkeys(name for text in texts for name in _PLACEHOLDER.findall(text)))


def build_request(spec: HttpToolSpec, arguments: JsonObject) -> httpx.Request:
    """The request of a call: placeholders filled, remaining arguments in the query or in a JSON body."""
    url = httpx.URL(_filled(spec, spec.url, arguments, in_url=True))
    headers = httpx.Headers({"User-Agent": "Troupe"})
    headers.update(
        [
            (name.encode(), _filled(spec, text, arguments, in_url=False).encode())
            for name, text in spec.headers.items()
        ]
    )
    used = set(placeholders_in(spec))
    rest = {name: value for name, value in arguments.items() if name not in used}
    extensions = {"spec_headers": tuple(spec.headers)}
    if spec.method in _BODY_METHODS:
        return httpx.Request(spec.method, url, headers=headers, json=rest, extensions=extensions)
    if rest:
        url = url.copy_merge_params(_query(rest))
    return httpx.Request(spec.method, url, headers=headers, extensions=extensions)


def _filled(spec: HttpToolSpec, text: str, arguments: JsonObject, *, in_url: bool) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1]:
            return variable(found[1], where=f"tool '{spec.name}'")
        name = found[2]
        if arguments.get(name) is None:
            raise ToolArgumentError(f"The arguments of '{spec.name}' do not fit: '{name}' is missing.")
        given = _plain(arguments[name])
        return _url_part(spec, name, given) if in_url else _header_part(spec, name, given)

    return _TEMPLATE.sub(value, text)


def _url_part(spec: HttpToolSpec, name: str, given: str) -> str:
    # As a path segment these would climb to another address than the one that was designed.
    if given in {"", ".", ".."}:
        raise ToolArgumentError(f"The arguments of '{spec.name}' do not fit: '{name}' cannot be '{given}'.")
    return quote(given, safe="")


def _header_part(spec: HttpToolSpec, name: str, given: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in given):
        raise ToolArgumentError(f"The arguments of '{spec.name}' do not fit: '{name}' must be one line of text.")
    return given


def _query(arguments: JsonObject) -> httpx.QueryParams:
    pairs = httpx.QueryParams()
    for name, value in arguments.items():
        values = value if isinstance(value, list) else [value]
        for item in values:
            pairs = pairs if item is None else pairs.add(name, _plain(item))
    return pairs


def _plain(value: Any) -> str:
    """Text as it is, anything else as JSON: `true`, `3`, `{"a":1}`."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
