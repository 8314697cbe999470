"""What a span carried, as blocks to read."""

import json

from studio.view_models.trace_export import events_json, trace_json
from studio.view_models.trace_payload import SHOWN_CHARACTERS, Block, payload_sections
from tests.support.sample_spans import run_record, span
from tests.support.sample_stories import call, message, result


def blocks(field: str, value: object) -> list[tuple[str, str, str]]:
    return [(one.kind, one.title, one.text) for one in payload_sections({field: value})[0].blocks]


def test_a_conversation_reads_like_a_chat() -> None:
    items = [
        message("user", "Refund A1"),
        call("refund", '{"order": "A1"}', "c1"),
        result("c1", "Done"),
        message("assistant", "It is **done**."),
    ]

    assert blocks("input", items) == [
        ("person", "User", "Refund A1"),
        ("call", "Calls refund", '{\n  "order": "A1"\n}'),
        ("result", "Result of refund", "Done"),
        ("agent", "Assistant", "It is **done**."),
    ]


def test_thoughts_refusals_and_other_parts_are_told() -> None:
    items = [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
        {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
        {"role": "user", "content": [{"type": "input_text", "text": "Look:"}, {"type": "input_image"}]},
        {"role": "system", "content": "Be kind."},
        {"type": "web_search_call", "id": "w1"},
    ]

    assert blocks("input", items) == [
        ("thought", "Thinks", "Hm."),
        ("agent", "Assistant", "No."),
        ("person", "User", "Look:\n[input image]"),
        ("system", "System", "Be kind."),
        ("data", "Web search call", json.dumps(items[4], indent=2)),
    ]


def test_what_is_asked_for_first_stands_first() -> None:
    payload: dict[str, object] = {
        "settings": {"a": 1},
        "instructions": "Help.",
        "input": "Hi",
        "output": "Yes",
        "mcp": None,
        "tools": [],
    }

    sections = payload_sections(payload)

    assert [(section.title, section.folded) for section in sections] == [
        ("Output", False),
        ("Input", False),
        ("Instructions", True),
        ("Settings", True),
    ]


def test_text_that_holds_json_is_laid_out() -> None:
    section = payload_sections({"output": '{"a": [1, 2]}'})[0]

    assert section.blocks[0].code
    assert json.loads(section.blocks[0].text) == {"a": [1, 2]}
    assert not payload_sections({"output": "{not json"})[0].blocks[0].code


def test_names_of_tools_are_a_list() -> None:
    assert blocks("tools", ["a", "b"]) == [("data", "", "a\nb")]


def test_long_texts_are_cut_and_long_conversations_show_their_end() -> None:
    block = Block("data", "", "x" * (SHOWN_CHARACTERS + 1))
    section = payload_sections({"input": [message("user", str(number)) for number in range(10)]})[0]

    assert block.is_cut
    assert len(block.shown) == SHOWN_CHARACTERS
    assert [one.text for one in section.latest] == ["4", "5", "6", "7", "8", "9"]
    assert len(section.earlier) == 4


def test_the_exports_are_json_with_payloads() -> None:
    spans = [span(1, "tool", "a", None, 0, 1)]

    trace = json.loads(trace_json(run_record(), spans, lambda span_id: {"output": span_id}))

    assert trace["spans"][0]["payload"] == {"output": "1"}
    assert trace["spans"][0]["started_at"] == "2026-11-20T09:00:00+00:00"
    assert json.loads(events_json(run_record(), []))["run"]["id"] == "run_1"
