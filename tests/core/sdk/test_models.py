"""Both APIs, through the SDK's runner, against a real server that speaks them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from agents import Agent, Model, ModelSettings, Runner, function_tool
from agents.items import TResponseInputItem
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.sdk.api_failures import Failure
from core.sdk.failures import explain
from core.sdk.models import build_model, close_clients, needs_include_usage
from core.sdk.provider_registry import BUILT_IN, ResolvedModel
from core.sdk.rehearsal import Pace, RehearsalModel
from tests.support.aimock import Aimock, aimock, needs_aimock
from tests.support.providers import compatible
from tests.support.tool_http_server import serving

Api = Literal["responses", "chat"]
APIS: list[Api] = ["responses", "chat"]
both_apis = pytest.mark.parametrize("api", APIS)
streamed_or_not = pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])

USAGE = {"prompt_tokens": 8, "completion_tokens": 6, "total_tokens": 14, "input_tokens": 8, "output_tokens": 6}
LONG = "This is a rather long sentence that is never finished."
STORIES: list[dict[str, Any]] = [
    {"match": {"userMessage": "hello"}, "response": {"content": "Hello to you, whoever you are.", "usage": USAGE}},
    {
        "match": {"userMessage": "weather", "hasToolResult": False},
        "response": {"toolCalls": [{"name": "get_weather", "arguments": {"city": "Tokyo"}}]},
    },
    {"match": {"userMessage": "weather", "hasToolResult": True}, "response": {"content": "Sunny it is."}},
    {
        "match": {"userMessage": "refund", "hasToolResult": False},
        "response": {"toolCalls": [{"name": "transfer_to_billing", "arguments": {}}]},
    },
    {"match": {"userMessage": "refund", "hasToolResult": True}, "response": {"content": "Refunded."}},
    {"match": {"userMessage": "extract"}, "response": {"content": '{"name": "Ada", "age": 36}'}},
    {"match": {"userMessage": "no schema"}, "response": {"content": "Ada is 36."}},
    {"match": {"userMessage": "limited"}, "response": {"error": {"message": "Slow down"}, "status": 429}},
    {
        "match": {"userMessage": "too much"},
        "response": {
            "error": {"message": "maximum context length is 8192 tokens", "code": "context_length_exceeded"},
            "status": 400,
        },
    },
    {"match": {"userMessage": "garbled"}, "chaos": {"malformedRate": 1}, "response": {"content": "x"}},
    {"match": {"userMessage": "gone"}, "chaos": {"disconnectRate": 1}, "response": {"content": "x"}},
    {
        "match": {"userMessage": "cut"},
        "truncateAfterChunks": 5,
        "chunkSize": 5,
        "latency": 10,
        "response": {"content": LONG},
    },
    {
        "match": {"userMessage": "stranger"},
        "response": {"toolCalls": [{"name": "launch_rocket", "arguments": {}}]},
    },
]


class Person(BaseModel):
    name: str
    age: int


@function_tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"sunny in {city}"


@pytest.fixture(scope="module")
def server() -> Iterator[Aimock]:
    with aimock(STORIES) as started:
        yield started


@pytest_asyncio.fixture(autouse=True)
async def _closed_clients() -> AsyncIterator[None]:
    yield
    await close_clients()


def resolved(base_url: str, api: Api, **changes: Any) -> ResolvedModel:
    provider = compatible(base_url=base_url, api=api)
    fields: dict[str, Any] = {"model": "gpt-4", "api_key": None, "reference": "local/gpt-4", "base_url": base_url}
    return ResolvedModel(**{"provider": provider, **fields, **changes})


def model_at(base_url: str, api: Api, **changes: Any) -> Model:
    return build_model(resolved(base_url, api, **changes), pace=Pace.instant())


async def run(agent: Agent[Any], text: str | list[TResponseInputItem], *, streamed: bool = True) -> Any:
    """The result of a run that was followed to its end."""
    if not streamed:
        return await Runner.run(agent, text, max_turns=3)
    result = Runner.run_streamed(agent, text, max_turns=3)
    async for _ in result.stream_events():
        pass
    return result


async def failure(model: Model, text: str, *, streamed: bool = True, **settings: Any) -> Failure:
    """Why a run with that input failed."""
    agent = Agent("Answerer", model=model, **settings)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        await run(agent, text, streamed=streamed)
    return explain(caught.value)


class TestAgainstAimock:
    pytestmark = needs_aimock

    @both_apis
    @streamed_or_not
    async def test_text(self, server: Aimock, api: Api, streamed: bool) -> None:
        agent = Agent("Answerer", model=model_at(server.base_url, api))

        result = await run(agent, "hello", streamed=streamed)

        assert result.final_output == "Hello to you, whoever you are."

    @both_apis
    async def test_usage_is_counted_in_streams(self, server: Aimock, api: Api) -> None:
        target = resolved(server.base_url, api)
        settings = ModelSettings(include_usage=True if needs_include_usage(target) else None)
        agent = Agent("Answerer", model=build_model(target, pace=Pace.instant()), model_settings=settings)

        result = await run(agent, "hello")

        usage = result.context_wrapper.usage
        assert (usage.input_tokens, usage.output_tokens) == (8, 6)

    @both_apis
    @streamed_or_not
    async def test_tool(self, server: Aimock, api: Api, streamed: bool) -> None:
        model = model_at(server.base_url, api)
        agent = Agent("Forecaster", model=model, tools=[get_weather])

        result = await run(agent, "weather in Tokyo?", streamed=streamed)

        assert [item.type for item in result.new_items] == [
            "tool_call_item",
            "tool_call_output_item",
            "message_output_item",
        ]
        assert result.new_items[1].output == "sunny in Tokyo"
        assert result.final_output == "Sunny it is."

    @both_apis
    async def test_handoff(self, server: Aimock, api: Api) -> None:
        model = model_at(server.base_url, api)
        billing = Agent("billing", model=model)

        result = await run(Agent("triage", model=model, handoffs=[billing]), "refund please")

        assert (result.last_agent.name, result.final_output) == ("billing", "Refunded.")

    @both_apis
    async def test_structured_output(self, server: Aimock, api: Api) -> None:
        model = model_at(server.base_url, api)

        result = await run(Agent("Extractor", model=model, output_type=Person), "extract Ada")

        assert result.final_output == Person(name="Ada", age=36)

    @both_apis
    @pytest.mark.parametrize(
        ("text", "code", "part"),
        [
            ("limited", "rate_limited", "Wait 1 second and run again"),
            ("too much", "context_too_large", "larger context"),
            ("garbled", "malformed_response", "Test connection"),
            ("gone", "stream_cut", "server's log"),
            ("cut", "stream_cut", "Run again"),
            ("stranger", "unknown_tool", "add the tool"),
            ("nobody knows this", "endpoint_not_found", "Check the base URL"),
        ],
    )
    async def test_failures(self, server: Aimock, api: Api, text: str, code: str, part: str) -> None:
        found = await failure(model_at(server.base_url, api), text)

        assert found.code == code
        assert part in found.hint

    @both_apis
    async def test_garbled_whole_answers(self, server: Aimock, api: Api) -> None:
        model = model_at(server.base_url, api)

        assert (await failure(model, "garbled", streamed=False)).code == "malformed_response"

    @both_apis
    async def test_an_answer_that_breaks_its_schema(self, server: Aimock, api: Api) -> None:
        model = model_at(server.base_url, api)

        assert (await failure(model, "no schema", output_type=Person)).code == "invalid_output"

    @both_apis
    async def test_a_wrong_key(self, api: Api) -> None:
        with aimock(STORIES, api_keys=["right-key"]) as strict:
            wrong = model_at(strict.base_url, api, api_key="sk-wrong-key")
            none = model_at(strict.base_url, api)
            right = model_at(strict.base_url, api, api_key="right-key")

            answers = [await failure(wrong, "hello"), await failure(none, "hello")]
            result = await run(Agent("Answerer", model=right), "hello")

        assert [answer.code for answer in answers] == ["wrong_key", "no_key"]
        assert result.final_output.startswith("Hello")


@both_apis
@streamed_or_not
async def test_a_web_page_is_no_answer(api: Api, streamed: bool) -> None:
    async def page(_request: Request) -> Response:
        return HTMLResponse("<!doctype html><title>Hi</title>")

    with serving(Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])) as root:
        model = model_at(root, api)
        found = await failure(model, "hello", streamed=streamed)

    assert found.code == "malformed_response"


async def test_a_chat_stream_without_its_end_is_no_answer() -> None:
    """The server closes properly in the middle of an answer: the SDK alone would take it for the whole one."""
    chunk = '{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[%s]}'
    delta = '{"index":0,"delta":{"role":"assistant","content":"The answer is"},"finish_reason":null}'

    async def half(_request: Request) -> Response:
        return PlainTextResponse(f"data: {chunk % delta}\n\n", media_type="text/event-stream")

    with serving(Starlette(routes=[Route("/chat/completions", half, methods=["POST"])])) as root:
        found = await failure(model_at(root, "chat"), "hello")

    assert found.code == "stream_cut"


@both_apis
async def test_a_dead_endpoint(api: Api) -> None:
    found = await failure(model_at("http://127.0.0.1:9/v1", api), "hello")

    assert found.code == "endpoint_unreachable"
    assert found.message == "Nothing answers at 127.0.0.1:9."


@both_apis
async def test_nothing_meant_for_openai_reaches_other_endpoints(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "mine-alone")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Mine: mine-alone\nAuthorization: Bearer mine-alone")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/mine-alone")
    seen: list[dict[str, str]] = []

    async def record(request: Request) -> Response:
        seen.append(dict(request.headers))
        return PlainTextResponse("no", status_code=400)

    with serving(Starlette(routes=[Route("/{path:path}", record, methods=["POST"])])) as root:
        await failure(model_at(root, api), "hello")

    assert seen[0]["authorization"] == "Bearer not-needed"
    assert "mine-alone" not in str(seen)


async def test_clients_are_shared_within_a_loop_and_closed() -> None:
    one, same, other = (model_at(f"http://127.0.0.1:9/{path}", "chat") for path in ("a", "a", "b"))

    await close_clients()

    assert one._client is same._client  # type: ignore[attr-defined]
    assert one._client is not other._client  # type: ignore[attr-defined]
    assert one._client.is_closed()  # type: ignore[attr-defined]


async def test_the_rehearsal_model_needs_no_client() -> None:
    target = ResolvedModel(BUILT_IN["rehearsal"], "rehearsal", None, "rehearsal")

    assert isinstance(build_model(target, pace=Pace.instant()), RehearsalModel)


@pytest.mark.parametrize(
    ("base_url", "api", "needed"),
    [
        ("https://api.openai.com/v1", "chat", False),
        ("http://localhost:1234/v1", "chat", True),
        ("http://localhost:1234/v1", "responses", False),
    ],
)
def test_where_usage_must_be_asked_for(base_url: str, api: Api, needed: bool) -> None:
    assert needs_include_usage(resolved(base_url, api)) is needed
