"""Forks: what a person changed, where one can begin, and what is said of it."""

import pytest

from core.records import AnsweredCall, EventRecord, ForkChanges, ForkOrigin, ForkPoint
from studio.view_models.fork_calls import ForkCall, fork_calls
from studio.view_models.fork_form import Difference, ForkEdits, differences, fork_changes, preview
from studio.view_models.fork_words import (
    NO_RECORD,
    NOT_MADE,
    came_words,
    changed_words,
    not_forkable,
    origin_words,
)
from tests.support.sample_spans import run_record, span
from tests.support.sample_trace import START

POINT = ForkPoint(
    number=2,
    agent="billing",
    instructions="Help with money.",
    model="rehearsal",
    input="Refund A1",
    outputs=[AnsweredCall("c1", "billing", "look_up", "Paid 20."), AnsweredCall("c2", "billing", "note", "")],
)
AS_IT_WAS = ForkEdits(
    input=POINT.input, instructions=POINT.instructions, outputs={"c1": "Paid 20.", "c2": ""}, message=" \n"
)


def edited(**edits: object) -> ForkEdits:
    values = {name: getattr(AS_IT_WAS, name) for name in ForkEdits.__slots__}
    return ForkEdits(**{**values, **edits})


def test_fields_that_were_left_alone_change_nothing() -> None:
    assert fork_changes(POINT, AS_IT_WAS) == ForkChanges()
    assert differences(POINT, ForkChanges()) == []


@pytest.mark.parametrize(
    ("edits", "changes", "difference"),
    [
        (
            {"instructions": "Be kind."},
            ForkChanges(instructions={"billing": "Be kind."}),
            Difference("Instructions of billing", "Help with money.", "Be kind."),
        ),
        (
            {"instructions": ""},
            ForkChanges(instructions={"billing": ""}),
            Difference("Instructions of billing", "Help with money.", ""),
        ),
        (
            {"model": "openai/x"},
            ForkChanges(models={"billing": "openai/x"}),
            Difference("Model of billing", "rehearsal", "openai/x"),
        ),
        (
            {"model": "openai/x", "for_all": True},
            ForkChanges(model="openai/x"),
            Difference("Model of all agents", "rehearsal", "openai/x"),
        ),
        ({"input": "Refund A2"}, ForkChanges(input="Refund A2"), Difference("Input", "Refund A1", "Refund A2")),
        (
            {"outputs": {"c1": "Paid 30."}},
            ForkChanges(tool_outputs={"c1": "Paid 30."}),
            Difference("Output of look_up", "Paid 20.", "Paid 30."),
        ),
        ({"message": " Now "}, ForkChanges(message="Now"), Difference("Added message", "", "Now")),
    ],
)
def test_what_was_edited_is_changed_and_shown(
    edits: dict[str, object], changes: ForkChanges, difference: Difference
) -> None:
    assert fork_changes(POINT, edited(**edits)) == changes
    assert differences(POINT, changes) == [difference]


def test_a_model_for_all_without_a_choice_changes_nothing() -> None:
    assert fork_changes(POINT, edited(for_all=True)) == ForkChanges()


def test_a_judge_has_no_instructions_to_change() -> None:
    assert fork_changes(POINT, edited(instructions=None)) == ForkChanges()


def test_a_call_without_its_key_or_that_is_still_to_come_cannot_be_forked() -> None:
    made = span(1, "model", "m", None, 0, 1, call_id="0:/model:0")
    held = span(2, "model", "m", None, 1, None, call_id="0:/model:1", status="paused")
    asked = span(3, "model", "m", None, 1, None, call_id="0:/model:1")

    assert not_forkable(made, run_record()) == ""
    assert not_forkable(asked, run_record(status="running")) == ""
    assert not_forkable(held, run_record(status="paused")) == NOT_MADE
    assert not_forkable(span(4, "model", "m", None, 0, 1), run_record()) == NO_RECORD


def test_a_fork_says_where_it_comes_from() -> None:
    origin = ForkOrigin("run_1", "billing", 2, "span_2", ["input", "message"])

    assert origin_words(origin) == "Forked before model call 2, of billing"
    assert changed_words(origin) == "Changed: input, message"
    assert came_words(run_record(), origin) == "fork before model call 2, of billing (input, message)"
    assert came_words(run_record(input="Once more"), None) == "Once more"
    gone = ForkOrigin("run_1", "", 0, None, [])
    assert (origin_words(gone), changed_words(gone)) == ("Forked before a model call", "Nothing was changed")


def test_the_heading_of_an_output_is_one_short_line() -> None:
    assert preview("a\nb") == "a b"
    assert len(preview("word " * 100)) == 70
    assert preview("") == "nothing"


def test_calls_to_fork_before_say_what_came_of_them() -> None:
    def told(seq: int, kind: str, **data: object) -> EventRecord:
        return EventRecord("run", seq, kind, START, {"path": "", "agent": "a", **data})

    spans = [
        span(number, "model", "m", None, number, None, agent="a", model="m", call_id=key)
        for number, key in enumerate(("k1", None, "k2", "k3"), 1)
    ]
    events = [
        told(1, "model_call_started", call="k1"),
        told(2, "model_call_completed", call="k1", text="Let me see."),
        told(3, "tool_called", tool="look", call_id="c1"),
        told(4, "tool_called", tool="inner", call_id="c9", path="/x", agent="b"),
        told(5, "model_call_started", call="k2"),
    ]

    assert fork_calls(spans, events) == [
        ForkCall(1, "k1", "a", "m", "Let me see. → look (c1)"),
        ForkCall(3, "k2", "a", "m", ""),
    ]
