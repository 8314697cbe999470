"""Whatever ends a run leaves a status, a sentence that says what to do, and everything that happened before."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import orjson
import pytest
from agents.exceptions import ModelRefusalError
from agents.testing import ModelStep
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.bootstrap import Core
from core.organization.spec import (
    AgentSpec,
    FunctionToolSpec,
    GuardsLink,
    KeywordGuardrailSpec,
    Organization,
    RunSettings,
    UsesLink,
)
from core.records import ProviderLoad, RunRecord, SpanRecord
from tests.support.aimock import Aimock, aimock, needs_aimock
from tests.support.providers import compatible
from tests.support.stalling import endless, script
from tests.support.studio import (
    assistant_message,
    function_call,
    open_studio,
    scripted,
    start,
    story,
    wait_for_run,
)
from tests.support.tool_http_server import serving

Api = Literal["responses", "chat"]
APIS: list[Api] = ["responses", "chat"]
both_apis = pytest.mark.parametrize("api", APIS)

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}
TOOL = FunctionToolSpec(name="look", function="tests.core.engine.test_failures:look", effect="reads")


def look(thing: str) -> str:
    """Look at a thing."""
    match thing:
        case "nothing":
            raise ValueError("there is no such thing")
        case "all":
            return "x" * 5_000_000
        case "half":
            return "half a character: \ud83d"
    return f"{thing} is fine"


def looker(**changes: Any) -> Organization:
    """One agent with one tool."""
    agent = {"name": "looker", "instructions": "Look.", **changes.pop("agent", {})}
    return Organization(
        name="Looking",
        entry="looker",
        agents=[AgentSpec(**agent)],
        tools=[TOOL],
        **{"links": [UsesLink(source="looker", target="look")], **changes},
    )


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Callable[..., Core]]:
    """Opens a core with a model that follows a script; without a script, with the models of its providers."""
    opened: list[Any] = []

    def open_with(*steps: Any) -> Core:
        opened.append(open_studio(tmp_path, script(*steps) if steps else None))
        core: Core = opened[-1].__enter__()
        return core

    yield open_with
    for each in opened:
        each.__exit__(None, None, None)


def failed(core: Core, run_id: str, code: str) -> RunRecord:
    """The run, which has failed for that reason and says so in its record and its last event alike."""
    run = wait_for_run(core, run_id)
    assert (run.status, run.error_code) == ("failed", code), f"{run.status} {run.error_code} {run.error_message}"
    assert run.error_message
    assert run.error_hint
    assert run.ended_at is not None
    last = core.runs.events(run_id)[-1]
    assert (last.kind, last.data["message"], last.data["hint"]) == (
        "run_failed",
        run.error_message,
        run.error_hint,
    )
    assert all(span.status != "open" for span in spans_of(core, run_id))
    return run


def spans_of(core: Core, run_id: str) -> list[SpanRecord]:
    spans, _ = core.traces.spans(run_id)
    return spans


CALL = function_call("look", {"thing": "the bill"}, call_id="c1")
BEFORE = ["run_started", "agent_started", "model_call_started", "model_call_completed", "tool_called"]


# -- from a model's endpoint ----------------------------------------------------------------------

LONG = "This is a rather long sentence that is never finished, however long one waits."
STORIES: list[dict[str, Any]] = [
    {
        "match": {"hasToolResult": False},
        "response": {"toolCalls": [{"name": "look", "arguments": {"thing": "the bill"}}]},
    },
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
        "truncateAfterChunks": 9,
        "chunkSize": 5,
        "latency": 10,
        "response": {"content": LONG},
    },
    {"match": {"userMessage": "no schema"}, "response": {"content": "It is fine."}},
]


@pytest.fixture(scope="module")
def server() -> Iterator[Aimock]:
    with aimock(STORIES, api_keys=["right-key"]) as started:
        yield started


def endpoint(core: Core, base_url: str, api: Api, *, key: str = "right-key") -> None:
    """Make `local/m` a model of that server, which is asked only once."""
    core.providers.save(compatible(base_url=base_url, api=api, load=ProviderLoad(attempts=1)), key=key)


class TestEndpoints:
    pytestmark = needs_aimock

    @both_apis
    def test_failures_after_a_tool_call(self, studio: Callable[..., Core], server: Aimock, api: Api) -> None:
        """The first answer calls a tool; what comes second fails, and the first part is kept."""
        core = studio()
        endpoint(core, server.base_url, api)
        plain, person = (core.organizations.create(looker(agent=a)) for a in ({}, {"output_schema": PERSON}))
        expected = {
            "limited": "rate_limited",
            "too much": "context_too_large",
            "garbled": "malformed_response",
            "gone": "stream_cut",
            "cut": "stream_cut",
            "no schema": "invalid_output",
        }

        runs = {
            text: core.runs.start(person if text == "no schema" else plain, text, model="local/m")
            for text in expected
        }

        for text, code in expected.items():
            failed(core, runs[text], code)
            assert story(core, runs[text])[:6] == [*BEFORE, "tool_completed"]
        streamed = [e for e in core.runs.events(runs["cut"]) if e.kind == "text_delta"]
        assert "".join(event.data["text"] for event in streamed) in LONG
        assert streamed

    @both_apis
    def test_a_wrong_key(self, studio: Callable[..., Core], server: Aimock, api: Api) -> None:
        core = studio()
        endpoint(core, server.base_url, api, key="sk-wrong-key")

        run = failed(core, start(core, looker(), "hello", model="local/m"), "wrong_key")

        assert "Settings" in (run.error_hint or "")
        assert "sk-wrong-key" not in str(core.runs.events(run.id))
        assert "sk-wrong-key" not in str(spans_of(core, run.id))

    def test_a_dead_endpoint(self, studio: Callable[..., Core]) -> None:
        core = studio()
        endpoint(core, "http://127.0.0.1:9/v1", "chat")

        run = failed(core, start(core, looker(), "hello", model="local/m"), "endpoint_unreachable")

        assert run.error_message == "Nothing answers at 127.0.0.1:9."
        call, agent = (span for kind in ("model", "agent") for span in spans_of(core, run.id) if span.kind == kind)
        assert (call.status, call.error) == ("error", "Nothing answers at 127.0.0.1:9.")
        assert (agent.status, agent.error) == ("error", "Error in agent run: Connection error.")


def sse(*events: dict[str, Any]) -> Response:
    lines = [f"event: {event.get('type', '')}\ndata: {orjson.dumps(event).decode()}\n\n" for event in events]
    return PlainTextResponse("".join(lines), media_type="text/event-stream")


def ended(status: str, **fields: Any) -> dict[str, Any]:
    """The last event of a Responses stream that went wrong."""
    response = {
        "id": "r1",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "status": status,
        **fields,
    }
    return {"type": f"response.{status}", "sequence_number": 1, "response": response}


def chunk(text: str, reason: str | None) -> dict[str, Any]:
    delta = {"role": "assistant", "content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


CUT = {"incomplete_details": {"reason": "max_output_tokens"}}
FILTERED = {"incomplete_details": {"reason": "content_filter"}}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ([ended("incomplete", **CUT)], "output_cut"),
        ([ended("incomplete", **FILTERED)], "content_filtered"),
        ([ended("failed", error={"code": "rate_limit_exceeded", "message": "Slow down"})], "rate_limited"),
        ([ended("failed", error={"code": "server_error", "message": "Oh"})], "server_error"),
        (
            [{"type": "error", "code": "context_length_exceeded", "message": "Too long", "sequence_number": 1}],
            "context_too_large",
        ),
        ([chunk("Half an ans", "length")], "output_cut"),
        ([chunk("", "content_filter")], "refusal"),
        ([chunk("Half an ans", None)], "stream_cut"),
        ([{"error": {"message": "Slow down", "code": "rate_limit_exceeded"}}], "rate_limited"),
        ([], "malformed_response"),
    ],
)
def test_streams_that_end_badly(studio: Callable[..., Core], answer: list[dict[str, Any]], code: str) -> None:
    """What an endpoint says at the end of its stream decides what a person is told."""
    core = studio()

    async def reply(_request: Request) -> Response:
        return sse(*answer)

    with serving(Starlette(routes=[Route("/{path:path}", reply, methods=["POST"])])) as root:
        endpoint(core, root, "responses" if answer and "type" in answer[0] else "chat")

        failed(core, start(core, looker(), "hello", model="local/m"), code)


# -- within the organization ----------------------------------------------------------------------


def test_a_tool_that_raises_does_not_end_the_run(studio: Callable[..., Core]) -> None:
    core = studio(function_call("look", {"thing": "nothing"}, call_id="c1"), assistant_message("Not there."))

    run = wait_for_run(core, start(core, looker(), "Look at nothing"))

    assert (run.status, run.output) == ("completed", "Not there.")
    told = next(event.data["error"] for event in core.runs.events(run.id) if event.kind == "tool_failed")
    assert told == "The tool 'look' failed: ValueError: there is no such thing"


def test_arguments_that_do_not_fit_do_not_end_the_run(studio: Callable[..., Core]) -> None:
    core = studio(function_call("look", "{no json", call_id="c1"), assistant_message("Sorry."))

    run = wait_for_run(core, start(core, looker(), "Look"))

    assert (run.status, run.output) == ("completed", "Sorry."), run.error_message
    assert "tool_failed" in story(core, run.id)


def test_an_unknown_tool_is_told_to_the_model(studio: Callable[..., Core]) -> None:
    core = studio(function_call("launch", {}, call_id="c1"), assistant_message("I cannot launch."))

    run = wait_for_run(core, start(core, looker(), "Launch"))

    assert (run.status, run.output) == ("completed", "I cannot launch."), run.error_message


def test_a_result_of_five_megabytes(studio: Callable[..., Core]) -> None:
    """The trace keeps the whole, the event a beginning, and the model is given what it can hold."""
    core = studio(function_call("look", {"thing": "all"}, call_id="c1"), assistant_message("A lot."))

    run = wait_for_run(core, start(core, looker(), "Look at all"))

    assert (run.status, run.output) == ("completed", "A lot."), run.error_message
    event = next(event for event in core.runs.events(run.id) if event.kind == "tool_completed")
    assert (len(event.data["output"]), event.data["output_bytes"]) == (2_000, 5_000_000)


def test_half_characters_of_a_tool_do_not_end_the_run(studio: Callable[..., Core]) -> None:
    core = studio(function_call("look", {"thing": "half"}, call_id="c1"), assistant_message("Half."))

    run = wait_for_run(core, start(core, looker(), "Look"))

    assert (run.status, run.output) == ("completed", "Half."), run.error_message


def test_half_characters_of_a_model_do_not_end_the_run(studio: Callable[..., Core]) -> None:
    core = studio(assistant_message("An emoji cut in half: \ud83d"))

    run = wait_for_run(core, start(core, looker(), "Look"))

    assert run.status == "completed", run.error_message


@pytest.mark.parametrize(("stage", "code"), [("input", "input_guardrail"), ("output", "output_guardrail")])
def test_guardrails(studio: Callable[..., Core], stage: Literal["input", "output"], code: str) -> None:
    core = studio(CALL, assistant_message("The password is swordfish."))
    guardrail = KeywordGuardrailSpec(name="secrets", stage=stage, keywords=["password"], message="No secrets.")
    links = [UsesLink(source="looker", target="look"), GuardsLink(source="secrets", target="looker")]
    text = "What is the password?" if stage == "input" else "Tell me"

    run = failed(core, start(core, looker(guardrails=[guardrail], links=links), text), code)

    assert "No secrets." in (run.error_message or "")
    seen = story(core, run.id)
    assert ("model_call_started" in seen) is (stage == "output")
    assert seen[-2:] == ["guardrail_checked", "run_failed"]
    assert run.output is None


def test_too_many_turns(studio: Callable[..., Core]) -> None:
    core = studio(*[function_call("look", {"thing": "it"}, call_id=f"c{turn}") for turn in range(3)])

    run = failed(core, start(core, looker(run=RunSettings(max_turns=2)), "Look"), "max_turns")

    assert story(core, run.id).count("tool_completed") == 2
    assert "2 turns" in (run.error_message or "")


def test_a_refusal(studio: Callable[..., Core]) -> None:
    core = studio(CALL, ModelStep.raise_error(ModelRefusalError("I will not say.")))

    run = failed(core, start(core, looker(), "Tell me"), "refusal")

    assert "I will not say." in (run.error_message or "")
    assert story(core, run.id)[:6] == [*BEFORE, "tool_completed"]


def test_an_answer_that_breaks_its_schema(studio: Callable[..., Core]) -> None:
    core = studio(CALL, assistant_message('{"age": 36}'))

    run = failed(core, start(core, looker(agent={"output_schema": PERSON}), "Who?"), "invalid_output")

    assert story(core, run.id)[-2:] == ["model_call_completed", "run_failed"]


def test_a_run_that_takes_too_long(studio: Callable[..., Core]) -> None:
    core = studio(CALL, endless("I am"))

    run = failed(core, start(core, looker(run=RunSettings(timeout_seconds=0.5)), "Wait"), "run_timeout")

    assert story(core, run.id)[:6] == [*BEFORE, "tool_completed"]


def test_a_fault_of_ours_is_named(studio: Callable[..., Core]) -> None:
    core = studio(CALL, ModelStep.raise_error(ZeroDivisionError("division by zero")))

    run = failed(core, start(core, looker(), "Divide"), "internal")

    assert "ZeroDivisionError" in (run.error_message or "")


def test_a_run_whose_work_breaks_off_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of our own, where nobody expects one: the run says so, can be tried again, and others go on."""
    spec = Organization(name="Speaker", entry="speaker", agents=[AgentSpec(name="speaker")])
    with open_studio(tmp_path, scripted(assistant_message("Hello.")), lease_seconds=1) as core:
        with monkeypatch.context() as broken:
            broken.setattr("core.engine.segment.stored_prices", lambda _database: 1 / 0)
            run = wait_for_run(core, start(core, spec, "Hi"))

        assert (run.status, run.error_code) == ("failed", "internal")
        assert "ZeroDivisionError" in (run.error_message or "")
        assert story(core, run.id)[-1] == "run_failed"
        core.control.retry(run.id)
        assert wait_for_run(core, run.id, "completed").output == "Hello."
