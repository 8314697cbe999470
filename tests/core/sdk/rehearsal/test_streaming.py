"""The stream: the SDK's own event order, word by word, with the same content as the whole reply."""

import asyncio
import time
from typing import Any

import pytest
from agents import Agent, ModelSettings, ModelTracing, RunConfig, Runner
from agents.items import TResponseStreamEvent
from agents.testing import ScriptedModel, assistant_message, function_call
from agents.tracing import GenerationSpanData, Span, Trace, TracingProcessor, set_trace_processors

from core.sdk.rehearsal import Pace, RehearsalModel
from core.sdk.rehearsal.stream import pieces
from tests.core.sdk.rehearsal.organizations import MODEL, billing, editors, lookup_order, play, texts


async def raw_events(agent: Agent[Any], given: str, model: Any) -> list[TResponseStreamEvent]:
    result = Runner.run_streamed(agent, given, run_config=RunConfig(model=model, tracing_disabled=True))
    return [event.data async for event in result.stream_events() if event.type == "raw_response_event"]


def kinds(events: list[TResponseStreamEvent]) -> list[str]:
    """The event types, with runs of deltas as one."""
    names = [event.type for event in events]
    return [
        name
        for index, name in enumerate(names)
        if not (index and name.endswith("delta") and names[index - 1] == name)
    ]


async def test_same_event_order_as_the_scripted_model() -> None:
    agent = Agent[Any](name="Orders", tools=[lookup_order])
    events = await raw_events(agent, "look up order A-1", MODEL)
    scripted = ScriptedModel(
        [[function_call("lookup_order", {"order_id": "A-1"}, call_id="c")], [assistant_message("x")]]
    )

    assert kinds(events) == kinds(await raw_events(agent, "look up order A-1", scripted))


async def test_deltas_are_words_and_make_the_text() -> None:
    events = await raw_events(Agent(name="Plain"), "Tell me about  the\nsea 🌊", MODEL)

    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    [done] = [event.text for event in events if event.type == "response.output_text.done"]
    assert "".join(deltas) == done
    assert len(deltas) > 5
    assert all(len(delta.split()) <= 1 for delta in deltas)


async def test_sequence_numbers_rise_by_one_in_each_response() -> None:
    events = await raw_events(Agent(name="Plain"), "hello", MODEL)

    assert [event.sequence_number for event in events] == list(range(len(events)))


async def test_streamed_and_whole_replies_are_equal() -> None:
    whole = await play(editors(), "Write about the sea")

    result = Runner.run_streamed(
        editors(), "Write about the sea", run_config=RunConfig(model=MODEL, tracing_disabled=True)
    )
    async for _ in result.stream_events():
        pass

    assert result.final_output == whole.final_output
    assert len(texts(whole)) == 3
    assert result.context_wrapper.usage == whole.context_wrapper.usage


async def test_call_ids_are_unique() -> None:
    runs = [await play(billing(), "refund 5 EUR of order A-1") for _ in range(3)]

    ids = [
        getattr(item.raw_item, "call_id", "")
        for run in runs
        for item in run.new_items
        if item.type == "tool_call_item"
    ]
    assert len(ids) == 6
    assert len(set(ids)) == 6


async def test_usage_is_estimated_from_the_length() -> None:
    usage = (await play(Agent(name="Plain", instructions="x" * 4000), "y" * 400)).context_wrapper.usage

    assert 1100 < usage.input_tokens < 1200
    assert usage.output_tokens > 5


async def test_pace_is_kept() -> None:
    model = RehearsalModel(pace=Pace(first_word_seconds=0.05, words_per_second=200))
    started, at = time.monotonic(), []

    result = Runner.run_streamed(
        Agent(name="Plain"), "Tell me about the sea", run_config=RunConfig(model=model, tracing_disabled=True)
    )
    async for event in result.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            at.append(time.monotonic() - started)

    assert at[0] >= 0.05
    assert at[-1] >= 0.05 + (len(at) - 1) / 200


async def test_instant_pace_never_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    ask: dict[str, Any] = {"previous_response_id": None, "conversation_id": None, "prompt": None}

    await MODEL.get_response("", "hello", ModelSettings(), [], None, [], ModelTracing.DISABLED, **ask)
    async for _ in MODEL.stream_response("", "hello", ModelSettings(), [], None, [], ModelTracing.DISABLED, **ask):
        pass

    assert slept == []


@pytest.mark.parametrize("text", ["", " ", "one", " two  words\n", "a" * 1000, "🌊 sea"])
def test_pieces_make_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


class Spans(TracingProcessor):
    """Keeps the generation spans that ended."""

    def __init__(self) -> None:
        self.found: list[GenerationSpanData] = []

    def on_span_end(self, span: Span[Any]) -> None:
        if isinstance(span.span_data, GenerationSpanData):
            self.found.append(span.span_data)

    def on_span_start(self, span: Span[Any]) -> None: ...
    def on_trace_start(self, trace: Trace) -> None: ...
    def on_trace_end(self, trace: Trace) -> None: ...
    def shutdown(self) -> None: ...
    def force_flush(self) -> None: ...


@pytest.mark.parametrize("sensitive", [True, False])
async def test_span_says_simulated_and_which_rule(sensitive: bool) -> None:
    spans = Spans()
    set_trace_processors([spans])
    config = RunConfig(model=MODEL, trace_include_sensitive_data=sensitive)

    await Runner.run(Agent[Any](name="Orders", tools=[lookup_order]), "look up order A-1", run_config=config)

    set_trace_processors([])
    assert [span.model_config["simulated"] for span in spans.found if span.model_config] == [True, True]
    assert [span.model_config["rule"] for span in spans.found if span.model_config] == [
        "tool",
        "answer_from_results",
    ]
    assert [span.model for span in spans.found] == ["rehearsal", "rehearsal"]
    assert all(span.usage and span.usage["input_tokens"] for span in spans.found)
    assert all(bool(span.input) is sensitive and bool(span.output) is sensitive for span in spans.found)
