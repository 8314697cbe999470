"""The connection test says in words what is wrong, against real servers on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from core.sdk.connection import ConnectionReport, check_connection
from core.sdk.provider_registry import BUILT_IN
from tests.support.aimock import aimock, needs_aimock
from tests.support.providers import compatible
from tests.support.tool_http_server import serving

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
MODELS = {"data": [{"id": "llama-3.1-8b"}, {"id": "qwen-2.5"}]}
ANSWER = {"choices": [{"message": {"role": "assistant", "content": "OK"}}]}


async def check(
    base_url: str, *, key: str | None = None, model: str | None = None, **changes: Any
) -> ConnectionReport:
    patience = changes.pop("patience", 10)
    return await check_connection(
        compatible(base_url=base_url, **changes), base_url=base_url, api_key=key, model=model, patience=patience
    )


@contextmanager
def endpoint(answers: dict[str, Any], asked: list[tuple[str, Any]] | None = None) -> Iterator[str]:
    """A server with one answer for each path: a body, or (status, body), or (status, body, headers); what is a
    text is sent as a web page. Other paths are 404."""

    async def reply(request: Request) -> Response:
        if asked is not None:
            asked.append((request.url.path, await request.json() if request.method == "POST" else None))
        if request.url.path not in answers:
            return JSONResponse({"detail": "Not Found"}, status_code=404)
        answer = answers[request.url.path]
        status, body, headers = (*answer, {})[:3] if isinstance(answer, tuple) else (200, answer, {})
        kind = HTMLResponse if isinstance(body, str) else JSONResponse
        return kind(body, status_code=status, headers=headers)

    with serving(Starlette(routes=[Route("/{path:path}", reply, methods=["GET", "POST"])])) as root:
        yield root


class TestAgainstAimock:
    pytestmark = needs_aimock

    @pytest.mark.parametrize("api", ["chat", "responses"])
    async def test_it_works(self, api: str) -> None:
        with aimock([{"match": {}, "response": {"content": "OK"}}]) as server:
            report = await check(server.base_url, model="gpt-4", api=api)
            posted = server.requests()[-1]

        assert report.ok
        assert "answered as 'gpt-4'" in report.message
        assert "gpt-4o" in report.models
        assert posted["body"]["model"] == "gpt-4"

    async def test_a_wrong_key_is_not_shown(self) -> None:
        with aimock([{"match": {}, "response": {"content": "OK"}}], api_keys=["right"]) as server:
            wrong = await check(server.base_url, key="sk-wrong-1234567", model="gpt-4")
            none = await check(server.base_url, model="gpt-4")
            right = await check(server.base_url, key="right", model="gpt-4")

        assert [wrong.ok, none.ok, right.ok] == [False, False, True]
        assert "does not accept the key (HTTP 401)" in wrong.message
        assert "wrong-1234567" not in f"{wrong}"
        assert "asks for a key, and none is set" in none.message


async def test_rehearsal() -> None:
    report = await check_connection(BUILT_IN["rehearsal"], base_url=None, api_key=None)

    assert report.ok
    assert "simulated" in report.message


async def test_no_key() -> None:
    report = await check_connection(BUILT_IN["openai"], base_url="http://127.0.0.1:9", api_key=None)

    assert report.message == "There is no key for provider 'openai'."
    assert "OPENAI_API_KEY" in report.hint


async def test_without_a_model_only_the_list_is_read() -> None:
    asked: list[tuple[str, Any]] = []
    with endpoint({"/v1/models": MODELS}, asked) as root:
        report = await check(f"{root}/v1/")

    assert report.ok
    assert "lists 2 models. None was tried." in report.message
    assert report.models == ["llama-3.1-8b", "qwen-2.5"]
    assert asked == [("/v1/models", None)]


async def test_an_endpoint_without_a_list_can_still_work() -> None:
    with endpoint({CHAT: ANSWER}) as root:
        works = await check(f"{root}/v1", model="llama")
        unclear = await check(f"{root}/v1")

    assert works.ok
    assert not unclear.ok
    assert "test again with a model's name" in unclear.hint


PROBLEMS: dict[str, tuple[dict[str, Any], str, str]] = {
    "permission": (
        {"/v1/models": MODELS, CHAT: (403, {"error": {"message": "Country not supported"}})},
        "does not permit this (HTTP 403). It says: “Country not supported”",
        "offered in your region",
    ),
    "quota": (
        {"/v1/models": MODELS, CHAT: (429, {"error": {"code": "insufficient_quota", "message": "Pay first"}})},
        "quota or credit is used up",
        "billing",
    ),
    "rate": (
        {"/v1/models": MODELS, CHAT: (429, {"error": {"message": "Slow down"}}, {"Retry-After": "20"})},
        "more requests than it allows",
        "Wait 20 seconds",
    ),
    "fault": ({"/v1/models": (503, {"error": "Loading"})}, "a fault of its own (HTTP 503)", "server's log"),
    "model": (
        {"/v1/models": MODELS, CHAT: (404, {"error": {"message": "model 'lama-3.1' not found, try pulling it"}})},
        "has no model 'lama-3.1'",
        "Near names: llama-3.1-8b",
    ),
    "page": ({"/v1/models": "<!doctype html><html>Hi</html>"}, "looks like a web page", "not of the web page"),
    "json": ({"/v1/models": MODELS, CHAT: {"hello": "world"}}, "no answer of a model", "OpenAI-compatible"),
    "error in a success": (
        {"/v1/models": MODELS, CHAT: {"error": {"message": "does not support tools"}}},
        "cannot let this model call tools",
        "tool calling",
    ),
    "nothing": ({}, "has nothing at this address", "usually it ends with /v1"),
}


@pytest.mark.parametrize("name", PROBLEMS)
async def test_problems(name: str) -> None:
    answers, message, hint = PROBLEMS[name]
    with endpoint(answers) as root:
        report = await check(f"{root}/v1", model="lama-3.1")

    assert not report.ok
    assert message in report.message
    assert hint in report.hint


@pytest.mark.parametrize("page", [True, False])
async def test_a_base_url_without_v1(page: bool) -> None:
    below = {"/v1/models": MODELS}
    with endpoint({**below, "/models": "<!doctype html>"} if page else below) as root:
        report = await check(root, model="llama")

    assert not report.ok
    assert report.hint == f"Use {root}/v1 as base URL."


async def test_a_web_page_suggests_v1() -> None:
    with endpoint({"/models": "<html></html>", "/v1/models": "<html></html>"}) as root:
        report = await check(root, model="llama")

    assert (report.message, report.hint) == (
        f"What answers at {root} looks like a web page.",
        f"Try {root}/v1 as base URL.",
    )


@pytest.mark.parametrize(
    ("api", "offered", "answer", "hint"),
    [
        ("responses", CHAT, ANSWER, "Choose chat completions as the API of this provider."),
        ("chat", RESPONSES, {"output": []}, "Choose Responses as the API of this provider."),
    ],
)
async def test_an_api_that_is_not_offered(api: str, offered: str, answer: Any, hint: str) -> None:
    with endpoint({"/v1/models": MODELS, offered: answer}) as root:
        report = await check(f"{root}/v1", model="llama", api=api)

    assert "does not offer the" in report.message
    assert report.hint == hint


async def test_a_model_that_takes_no_limit_is_asked_without() -> None:
    asked: list[Any] = []

    async def picky(request: Request) -> Response:
        asked.append(await request.json())
        if "max_tokens" in asked[-1]:
            return JSONResponse({"error": {"message": "Unsupported parameter: 'max_tokens'"}}, status_code=400)
        return JSONResponse(ANSWER)

    with serving(Starlette(routes=[Route(CHAT, picky, methods=["POST"])])) as root:
        report = await check(f"{root}/v1", model="o9")

    assert report.ok
    assert len(asked) == 2


async def test_a_redirect_names_the_address() -> None:
    async def elsewhere(_request: Request) -> Response:
        return RedirectResponse("https://elsewhere.example/v1/models")

    with serving(Starlette(routes=[Route("/v1/models", elsewhere)])) as root:
        report = await check(f"{root}/v1")

    assert "https://elsewhere.example/v1/models" in report.message


async def test_nobody_listens() -> None:
    report = await check("http://127.0.0.1:9/v1")

    assert report.message == "Nothing answers at 127.0.0.1:9."
    assert "Is the server running" in report.hint


async def test_an_unknown_host() -> None:
    report = await check("https://no-such-host.invalid/v1")

    assert report.message == "The name 'no-such-host.invalid' is not known on the network."


async def test_silence() -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port:
        report = await check(f"http://127.0.0.1:{port}/v1", patience=0.3)

    assert report.message == f"127.0.0.1:{port} did not answer in time."


async def test_something_that_speaks_no_http() -> None:
    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    async with listening(mail) as port:
        report = await check(f"http://127.0.0.1:{port}/v1")

    assert "does not speak HTTP" in report.message


async def test_https_where_http_is_spoken() -> None:
    with endpoint({}) as root:
        report = await check(f"{root.replace('http:', 'https:')}/v1")

    assert "does not speak TLS" in report.message
    assert "http://" in report.hint


async def test_an_untrusted_certificate(tmp_path: Path) -> None:
    async def idle(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        return

    async with listening(idle, tls=_self_signed(tmp_path)) as port:
        report = await check(f"https://127.0.0.1:{port}/v1")

    assert "is not trusted" in report.message
    assert "SSL_CERT_FILE" in report.hint


async def test_the_key_in_an_echo_is_hidden() -> None:
    async def echo(request: Request) -> Response:
        return PlainTextResponse(f"bad: {request.headers['authorization']}", status_code=400)

    with serving(Starlette(routes=[Route("/v1/models", echo)])) as root:
        report = await check(f"{root}/v1", key="plain-looking-secret")

    assert "bad: " in report.message
    assert "plain-looking-secret" not in f"{report}"


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handle: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that treats each connection so."""
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def _self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that nobody has vouched for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
