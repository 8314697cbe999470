"""Calls a provider as a person described it, and says in words how that went."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import httpx

from core.records import ProviderRecord
from core.sdk.api_failures import ApiError, Failure, api_failure, is_html, read_error
from core.sdk.provider_registry import missing_key
from core.sdk.redaction import redact
from core.sdk.transport_failures import transport_failure

_PATHS = {"responses": "/responses", "chat": "/chat/completions"}
_API_NAMES = {"responses": "Responses", "chat": "chat completions"}
_FIELDS = {"responses": "output", "chat": "choices"}
_QUESTION = "Reply with the word OK."
_CONNECT_SECONDS = 5
_LIST_SECONDS = 20
_NOT_OFFERED = (404, 405, 501)


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """How the test went. `models` are the names that the provider lists."""

    ok: bool
    message: str
    hint: str = ""
    models: list[str] = field(default_factory=list)


async def check_connection(
    provider: ProviderRecord,
    *,
    base_url: str | None,
    api_key: str | None,
    model: str | None = None,
    patience: float = 60,
) -> ConnectionReport:
    """List the models, then ask `model` for one word on the chosen API, waiting `patience` seconds at most. What
    goes wrong is reported, not raised."""
    if provider.kind == "rehearsal":
        return ConnectionReport(True, "The rehearsal model is part of the studio. Its answers are simulated.")
    if api_key is None and provider.key_variable:
        error = missing_key(provider)
        return ConnectionReport(False, error.message, error.hint)
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    limits = httpx.Timeout(patience, connect=min(patience, _CONNECT_SECONDS))
    async with httpx.AsyncClient(headers=headers, timeout=limits) as client:
        report = await _Check(client, provider, base_url or "", model).report()
    return replace(report, message=redact(report.message, api_key), hint=redact(report.hint, api_key))


class _FoundError(Exception):
    """What is wrong was found: ends the test."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class _Check:
    """One test of one provider."""

    def __init__(
        self, client: httpx.AsyncClient, provider: ProviderRecord, base_url: str, model: str | None
    ) -> None:
        self._client = client
        self._provider = provider
        self._base_url = base_url.rstrip("/")
        self._model = model
        self._models: list[str] = []

    async def report(self) -> ConnectionReport:
        try:
            return await self._steps()
        except _FoundError as found:
            return ConnectionReport(False, found.failure.message, found.failure.hint, self._models)

    async def _steps(self) -> ConnectionReport:
        listed = await self._list_models()
        if self._model is None:
            return self._untried(listed)
        answer = await self._ask(self._provider.api, self._model)
        if not answer.is_success:
            raise _FoundError(await self._refusal(answer, self._model))
        self._read_answer(answer)
        api = _API_NAMES[self._provider.api]
        return ConnectionReport(
            True, f"It works: {self._where} answered as '{self._model}' on the {api} API.", models=self._models
        )

    # -- the list of models -----------------------------------------------------------------------

    async def _list_models(self) -> bool:
        """Read the list. False when the endpoint has none; then only asking can tell whether it works."""
        response = await self._send(lambda: self._get("/models"))
        if response.is_redirect:
            target = response.headers.get("location", "")
            raise _FoundError(
                Failure(
                    "endpoint_not_found",
                    f"{self._where} sends callers on to another address: {redact(target)}",
                    "Use the address it names as base URL.",
                )
            )
        if response.status_code in _NOT_OFFERED or is_html(response.text):
            await self._look_below_v1(response)
            return False
        if not response.is_success:
            raise _FoundError(api_failure(self._error(response)))
        self._models = _model_names(self._json(response))
        return True

    async def _look_below_v1(self, response: httpx.Response) -> None:
        """A base URL without its `/v1` is the most common mistake; look whether that is it."""
        below = None
        if not self._base_url.endswith("/v1"):
            below = await self._send(lambda: self._get("/v1/models"))
        if below is not None and below.is_success and not is_html(below.text):
            raise _FoundError(
                Failure(
                    "endpoint_not_found",
                    f"There is no API at {self._base_url}, but there is one below it.",
                    f"Use {self._base_url}/v1 as base URL.",
                )
            )
        if is_html(response.text) and response.status_code not in _NOT_OFFERED:
            raise _FoundError(self._web_page())

    def _untried(self, listed: bool) -> ConnectionReport:
        if not listed:
            return ConnectionReport(
                False,
                f"{self._where} answers, but lists no models at {self._base_url}/models.",
                "Check the base URL (usually it ends with /v1). If it is right, test again with a model's name.",
            )
        count = len(self._models)
        return ConnectionReport(
            True,
            f"{self._where} answers and lists {count} model{'' if count == 1 else 's'}. None was tried.",
            "Choose a model and test again to see whether it answers.",
            self._models,
        )

    # -- one question -----------------------------------------------------------------------------

    async def _ask(self, api: str, model: str) -> httpx.Response:
        response = await self._post(api, _request_body(api, model, official=self._provider.kind == "openai"))
        if response.status_code == 400 and "max_" in response.text:
            # Some models only take another name of the limit, or none.
            response = await self._post(api, _request_body(api, model, official=None))
        return response

    async def _post(self, api: str, body: dict[str, Any]) -> httpx.Response:
        return await self._send(lambda: self._client.post(f"{self._base_url}{_PATHS[api]}", json=body))

    async def _refusal(self, response: httpx.Response, model: str) -> Failure:
        """Why the question was not answered."""
        if is_html(response.text) and response.status_code < 500:
            return self._web_page()
        failure = api_failure(self._error(response))
        if failure.code == "endpoint_not_found":
            return await self._other_api(failure, model)
        if failure.code == "model_not_found":
            return self._no_model(failure, model)
        return failure

    async def _other_api(self, failure: Failure, model: str) -> Failure:
        api = self._provider.api
        other = "chat" if api == "responses" else "responses"
        answer = await self._ask(other, model)
        if answer.status_code in _NOT_OFFERED:
            missing = api_failure(self._error(answer))
            return self._no_model(missing, model) if missing.code == "model_not_found" else failure
        return Failure(
            failure.code,
            f"{self._where} does not offer the {_API_NAMES[api]} API.",
            f"Choose {_API_NAMES[other]} as the API of this provider.",
        )

    def _no_model(self, failure: Failure, model: str) -> Failure:
        near = get_close_matches(model, self._models, n=3, cutoff=0.4) or self._models[:5]
        hint = f"Near names: {', '.join(near)}." if near else failure.hint
        return Failure(failure.code, f"{self._where} has no model '{model}'.", hint)

    def _read_answer(self, response: httpx.Response) -> None:
        body = self._json(response)
        if isinstance(body, dict) and body.get("error"):
            text, kind, parameter = read_error(body)
            raise _FoundError(api_failure(ApiError(self._where, None, text, kind, parameter)))
        if not isinstance(body, dict) or _FIELDS[self._provider.api] not in body:
            raise _FoundError(self._no_api("sent JSON that is no answer of a model"))

    # -- what came back ---------------------------------------------------------------------------

    async def _get(self, path: str) -> httpx.Response:
        limits = self._client.timeout
        read = min(limits.read or _LIST_SECONDS, _LIST_SECONDS)
        return await self._client.get(
            f"{self._base_url}{path}", timeout=httpx.Timeout(read, connect=limits.connect)
        )

    async def _send(self, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        try:
            return await send()
        except httpx.TransportError as error:
            raise _FoundError(transport_failure(error, where=self._address)) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise _FoundError(
                Failure("endpoint_unreachable", f"The base URL cannot be used: {error}", "Correct it.")
            ) from error

    def _json(self, response: httpx.Response) -> Any:
        if is_html(response.text):
            raise _FoundError(self._web_page())
        try:
            return response.json()
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise _FoundError(self._no_api("sent something that is no JSON")) from error

    def _error(self, response: httpx.Response) -> ApiError:
        try:
            body = response.json()
        except (json.JSONDecodeError, UnicodeDecodeError):
            body = response.text
        text, kind, parameter = read_error(body)
        return ApiError(
            where=self._where,
            status=response.status_code,
            text=text,
            kind=kind,
            parameter=parameter,
            retry_after=response.headers.get("retry-after", ""),
            key_sent="authorization" in self._client.headers,
        )

    def _web_page(self) -> Failure:
        hint = "Use the address of the API, not of the web page."
        if not self._base_url.endswith("/v1"):
            hint = f"Try {self._base_url}/v1 as base URL."
        return Failure("endpoint_not_found", f"What answers at {self._base_url} looks like a web page.", hint)

    def _no_api(self, what: str) -> Failure:
        return Failure(
            "malformed_response",
            f"{self._where} {what}.",
            "Check the base URL: is this an OpenAI-compatible API?",
        )

    @property
    def _where(self) -> str:
        """Host, and the port where it is not the usual one."""
        return self._address.removesuffix(":443").removesuffix(":80")

    @property
    def _address(self) -> str:
        url = httpx.URL(self._base_url)
        return f"{url.host}:{url.port or (443 if url.scheme == 'https' else 80)}"


def _request_body(api: str, model: str, *, official: bool | None) -> dict[str, Any]:
    """A short question; `official` says how OpenAI itself calls the token limit, None leaves it out."""
    if api == "responses":
        limit = {} if official is None else {"max_output_tokens": 16}
        return {"model": model, "input": _QUESTION, **limit}
    limit = {} if official is None else {"max_completion_tokens" if official else "max_tokens": 16}
    return {"model": model, "messages": [{"role": "user", "content": _QUESTION}], **limit}


def _model_names(body: Any) -> list[str]:
    """Names in a list of models, in the shapes that endpoints use."""
    rows = body.get("data") or body.get("models") if isinstance(body, dict) else body
    if not isinstance(rows, list):
        return []
    names = [row if isinstance(row, str) else _name(row) for row in rows]
    return sorted({name for name in names if name})


def _name(row: Any) -> str:
    return str(row.get("id") or row.get("name") or "") if isinstance(row, dict) else ""
