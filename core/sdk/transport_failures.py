"""Why an endpoint could not be reached, or stopped talking, in words; for httpx and httpx2 alike."""

import socket
import ssl
from collections.abc import Iterator

from core.sdk.api_failures import Failure
from core.sdk.redaction import redact

_NETWORK_HINT = "Check the base URL on the Settings page and your network, proxy and VPN."


def transport_failure(error: BaseException, *, where: str) -> Failure:
    """What an exception of the HTTP client means; `where` is host and port."""
    causes = list(causes_of(error))
    return _connection_failure(causes, where) or _talk_failure(causes, where)


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The exception, what it was raised from or made of, and the members of groups; each once."""
    waiting, seen = [error], set()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        # The HTTP libraries keep the system's error as the argument of their own.
        waiting.extend(argument for argument in current.args if isinstance(argument, BaseException))
        # An explicit cause tells what happened; the context is often only what was being handled.
        following = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if following is not None:
            waiting.append(following)


def _connection_failure(causes: list[BaseException], where: str) -> Failure | None:
    """The failure when no connection came about, else None."""
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            host = where.rpartition(":")[0]
            return Failure(
                "endpoint_unreachable",
                f"The name '{host}' is not known on the network.",
                f"Check its spelling. {_NETWORK_HINT}",
            )
        if isinstance(cause, ConnectionRefusedError):
            return Failure(
                "endpoint_unreachable",
                f"Nothing answers at {where}.",
                "Is the server running, and on that port? Start it, or correct the base URL on the Settings page.",
            )
        if isinstance(cause, ssl.SSLError):
            return _tls(cause, where)
    if _any_named(causes, "ConnectTimeout", "ConnectError", "ProxyError"):
        return Failure("endpoint_unreachable", f"No connection to {where} came about.", _NETWORK_HINT)
    return None


def _tls(error: ssl.SSLError, where: str) -> Failure:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(
            "tls",
            f"The certificate of {where} is not trusted: {error.verify_message}.",
            "Check the host name. For a private certificate authority, set SSL_CERT_FILE to its certificate.",
        )
    return Failure(
        "tls",
        f"{where} does not speak TLS as expected ({_reason(error)}).",
        "If the server speaks plain HTTP, start the base URL with http:// instead of https://.",
    )


def _reason(error: ssl.SSLError) -> str:
    # Only errors that the TLS library itself makes have one.
    return getattr(error, "reason", None) or str(error)


def _talk_failure(causes: list[BaseException], where: str) -> Failure:
    texts = " ".join(str(cause) for cause in causes)
    if "incomplete chunked read" in texts or "complete message body" in texts:
        return Failure(
            "stream_cut",
            f"The connection to {where} broke off in the middle of the answer.",
            "Run again. If it happens often, look into the provider's log, or try another model.",
        )
    if _any_named(causes, "Timeout", "TimeoutError"):
        return Failure(
            "endpoint_timeout",
            f"{where} did not answer in time.",
            "Run again, or choose a faster model or a shorter input. Local servers are slow at first.",
        )
    if "without sending a response" in texts or _any_named(causes, "ReadError", "ConnectionResetError"):
        return Failure(
            "stream_cut",
            f"{where} closed the connection without a complete answer.",
            "Run again. If it stays so, look into the server's log, and whether the base URL must start with https://.",
        )
    if _any_named(causes, "RemoteProtocolError"):
        return Failure(
            "malformed_response",
            f"What listens at {where} does not speak HTTP as expected.",
            "Check host and port; if the server speaks TLS, start the base URL with https://.",
        )
    return Failure(
        "endpoint_unreachable", f"The connection to {where} failed: {redact(texts)[:200]}", _NETWORK_HINT
    )


def _any_named(causes: list[BaseException], *names: str) -> bool:
    """By the end of the class's name: the HTTP libraries each have classes of their own."""
    return any(type(cause).__name__.endswith(names) for cause in causes)
