"""From a resolved model reference to the SDK's model object, over shared HTTP clients."""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from agents import Model, OpenAIChatCompletionsModel, OpenAIResponsesModel
from agents.models.openai_client_utils import is_official_openai_base_url
from openai import AsyncOpenAI, Timeout
from openai.types.chat import ChatCompletion
from openai.types.responses import Response

from core.sdk.checked_stream import CheckedStream, not_an_answer
from core.sdk.provider_registry import NO_KEY, ResolvedModel
from core.sdk.rehearsal import Pace, RehearsalModel

# How long an attempt may take, and how many there are, the engine decides (`core.sdk.traffic`).
_TIMEOUT = Timeout(None, connect=10)
_RETRIES = 0
_RESPONSES_ENDS = frozenset(
    {"response.completed", "response.failed", "response.incomplete", "error", "response.error"}
)

_Key = tuple[str, str, str]
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Key, AsyncOpenAI]] = WeakKeyDictionary()


def build_model(resolved: ResolvedModel, *, pace: Pace) -> Model:
    """The model to give to an agent. Call it on the event loop that the run uses; `pace` is the rehearsal's."""
    if resolved.provider.kind == "rehearsal":
        return RehearsalModel(pace=pace)
    client = _client(resolved)
    if resolved.provider.api == "chat":
        return _ChatModel(resolved.model, client)
    return _ResponsesModel(resolved.model, client)


def needs_include_usage(resolved: ResolvedModel) -> bool:
    """Whether `ModelSettings.include_usage` must be set, without which the endpoint streams no token counts."""
    return resolved.provider.api == "chat" and not is_official_openai_base_url(resolved.base_url or "")


async def close_clients() -> None:
    """Close the HTTP clients of the running event loop."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.close()


def _client(resolved: ResolvedModel) -> AsyncOpenAI:
    base_url = resolved.base_url or ""
    key: _Key = (resolved.provider.kind, base_url, resolved.api_key or NO_KEY)
    known = _clients.setdefault(asyncio.get_running_loop(), {})
    if key not in known:
        make = AsyncOpenAI if resolved.provider.kind == "openai" else _ForeignClient
        known[key] = make(api_key=key[2], base_url=base_url, timeout=_TIMEOUT, max_retries=_RETRIES)
    return known[key]


class _ForeignClient(AsyncOpenAI):
    """A client for other people's endpoints: what the environment holds for OpenAI is never sent there."""

    def __init__(self, *, api_key: str, base_url: str, timeout: Timeout, max_retries: int) -> None:
        super().__init__(
            api_key=api_key, admin_api_key="", base_url=base_url, timeout=timeout, max_retries=max_retries
        )
        self.organization = None
        self.project = None
        self._custom_headers = {}


class _ChatModel(OpenAIChatCompletionsModel):
    """Fails when the answer is cut short or is none. The SDK takes any end of a stream for a complete answer when
    the endpoint is not OpenAI's own."""

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        fetched = await super()._fetch_response(*args, **kwargs)
        if kwargs.get("stream"):
            response, stream = fetched
            return response, CheckedStream(stream, is_end=_has_finish_reason, is_cut=_is_out_of_tokens)
        if not isinstance(fetched, ChatCompletion):
            # The SDK wraps whatever else it got as if it were a stream.
            raise not_an_answer(fetched[-1])
        return fetched


class _ResponsesModel(OpenAIResponsesModel):
    """Fails when the answer is cut short or is none, and says so in words."""

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        fetched = await super()._fetch_response(*args, **kwargs)
        if kwargs.get("stream"):
            return CheckedStream(fetched, is_end=_is_terminal_event)
        if not isinstance(fetched, Response):
            raise not_an_answer(fetched)
        return fetched


def _has_finish_reason(chunk: Any) -> bool:
    return any(choice.finish_reason is not None for choice in chunk.choices or [])


def _is_out_of_tokens(chunk: Any) -> bool:
    return any(choice.finish_reason == "length" for choice in chunk.choices or [])


def _is_terminal_event(event: Any) -> bool:
    return getattr(event, "type", None) in _RESPONSES_ENDS
