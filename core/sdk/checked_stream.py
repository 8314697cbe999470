"""Streams of model endpoints, watched for an end that comes too early."""

import inspect
from collections.abc import Callable
from typing import Any

from agents.exceptions import ModelBehaviorError

from core.errors import ProviderError


class StreamCutError(ProviderError):
    """The connection ended in the middle of an answer."""

    code = "stream_cut"


class MalformedAnswerError(ProviderError):
    """The endpoint sent something that is no answer of a model."""

    code = "malformed_response"


class CheckedStream:
    """Passes the chunks of `stream` on. Raises when it ends without a chunk for which `is_end` holds:
    StreamCutError, or MalformedAnswerError when it held nothing at all; and ModelBehaviorError when `is_cut` holds
    for one, once all were passed on."""

    def __init__(
        self, stream: Any, *, is_end: Callable[[Any], bool], is_cut: Callable[[Any], bool] = lambda chunk: False
    ) -> None:
        self._stream = stream
        self._iterator = aiter(stream)
        self._is_end = is_end
        self._is_cut = is_cut
        self._chunks = 0
        self._ended = False
        self._cut = False

    @property
    def response(self) -> Any:
        """The HTTP response behind it, if there is one."""
        return getattr(self._stream, "response", None)

    def __aiter__(self) -> "CheckedStream":
        return self

    async def __anext__(self) -> Any:
        async for chunk in self._iterator:
            self._chunks += 1
            self._ended = self._ended or self._is_end(chunk)
            self._cut = self._cut or self._is_cut(chunk)
            return chunk
        if self._cut:
            raise ModelBehaviorError("The stream ended with finish_reason='length' but was to go on.")
        if not self._ended:
            raise self._fault()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Let go of the connection."""
        close = getattr(self._stream, "aclose", None) or getattr(self._stream, "close", None)
        closing = close() if close else None
        if inspect.isawaitable(closing):
            await closing

    def _fault(self) -> ProviderError:
        if self._chunks == 0:
            kind = self.response.headers.get("content-type", "") if self.response is not None else ""
            return _malformed(f"of the kind '{kind}', which" if kind else "that")
        return StreamCutError(
            "The provider ended the stream before the answer was complete.",
            hint="Run again. If it happens often, look into the provider's log, or try another model.",
        )


def not_an_answer(body: object) -> MalformedAnswerError:
    """The error for a body that could not be read as a model's answer."""
    return _malformed(f"that begins with {str(body).strip()[:60]!r} and")


def _malformed(what: str) -> MalformedAnswerError:
    return MalformedAnswerError(
        f"The provider sent a response {what} is no answer of a model.",
        hint="Check the base URL and the chosen API on the Settings page with 'Test connection'.",
    )
