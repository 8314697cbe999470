"""Comparisons: numbers, differences of texts, differences of ways."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.events import (
    AgentStarted,
    ApprovalRequested,
    Event,
    GuardrailChecked,
    RunResumed,
    ToolCalled,
    ToolFailed,
)
from core.records import ComparisonRecord, EventRecord
from studio.view_models.compare_diff import text_diff
from studio.view_models.compare_form import Choice, all_equal, choice_of, labels, variant_of
from studio.view_models.compare_paths import first_difference, path_diff, path_text, tool_path
from studio.view_models.compare_rows import comparison_rows
from studio.view_models.compare_table import measure_rows, variant_labels
from tests.support.sample_spans import run_record
from tests.support.sample_trace import START


def called(agent: str, tool: str, call_id: str, path: str = "") -> ToolCalled:
    return ToolCalled(call_id, agent, tool, "function", tool, {}, path)


def stored(*events: Event) -> list[EventRecord]:
    return [EventRecord("run", number, event.kind, START, event.data()) for number, event in enumerate(events, 1)]


def shown(left: str, right: str) -> str:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in text_diff(left, right).pieces)


# -- texts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        ("the red car", "the blue car", "the [-red-][+blue+] car"),
        ("one two", "one two three", "one two[+ three+]"),
        ("a b c d", "a x y d", "a [-b c-][+x y+] d"),
        ("Total: 5.", "Total: 6.", "Total: [-5-][+6+]."),
        ("", "new", "[+new+]"),
        ("same", "same", "same"),
    ],
)
def test_words_that_differ_are_marked(left: str, right: str, result: str) -> None:
    assert shown(left, right) == result


@given(st.text(alphabet="ab .\n", max_size=40), st.text(alphabet="ab .\n", max_size=40))
def test_both_sides_can_be_read_from_the_pieces(left: str, right: str) -> None:
    diff = text_diff(left, right)

    assert "".join(piece.text for piece in diff.side("added")) == left
    assert "".join(piece.text for piece in diff.side("removed")) == right


def test_equal_texts_are_all_alike() -> None:
    assert text_diff("x", "x").same
    assert text_diff("x", "x").alike == text_diff("", "").alike == 1
    assert text_diff("x", "y").alike == 0


def test_long_texts_are_compared_line_by_line() -> None:
    text = "word " * 5_000

    diff = text_diff(f"{text}\nfirst\n", f"{text}\nsecond\n")

    assert diff.by_lines
    assert [piece.text for piece in diff.pieces if piece.kind != "same"] == ["first\n", "second\n"]


# -- ways -----------------------------------------------------------------------------------------


def test_a_way_names_agents_tools_and_approvals() -> None:
    steps = tool_path(
        stored(
            AgentStarted("triage"),
            AgentStarted("billing"),
            called("billing", "look_up", "c1"),
            ApprovalRequested("apr", "tool", "c2", "billing", "refund", "refund", {}),
            RunResumed("decision", 1),
            AgentStarted("billing"),
            called("billing", "refund", "c2"),
        )
    )

    assert path_text(steps) == "triage → billing → look_up → approval of refund → refund"


def test_what_agents_as_tools_did_stands_in_brackets() -> None:
    steps = tool_path(
        stored(
            AgentStarted("manager"),
            called("manager", "ask_worker", "c1"),
            AgentStarted("worker", "c1"),
            called("worker", "search", "c2", "c1"),
            called("manager", "write", "c3"),
        )
    )

    assert path_text(steps) == "manager → ask_worker [worker → search] → write"


def test_a_call_that_is_told_twice_is_one_step_and_failures_are_marked() -> None:
    steps = tool_path(
        stored(
            AgentStarted("a"),
            called("a", "pay", "c1"),
            called("a", "pay", "c1"),
            ToolFailed("c1", "a", "pay", "pay", "No.", 0.1),
            GuardrailChecked("Polite", "a", "output", True, "Rude"),
            GuardrailChecked("Short", "a", "output", False, ""),
        )
    )

    assert path_text(steps) == "a → pay (failed) → Polite tripped"


def test_where_two_ways_part() -> None:
    left = tool_path(stored(AgentStarted("a"), called("a", "x", "1"), called("a", "y", "2")))
    right = tool_path(stored(AgentStarted("a"), called("a", "z", "1"), called("a", "y", "2")))

    rows = path_diff(left, right)

    assert [(row.kind, row.left and row.left.name, row.right and row.right.name) for row in rows] == [
        ("same", "a", "a"),
        ("removed", "x", None),
        ("added", None, "z"),
        ("same", "y", "y"),
    ]
    assert first_difference(rows) == "They part after a."
    assert first_difference(path_diff(left, left)) == ""
    assert first_difference(path_diff(left, right[1:])) == "They differ from the first step on."


# -- numbers --------------------------------------------------------------------------------------


def test_the_best_is_said_in_words() -> None:
    runs = [
        run_record(input_tokens=300),
        run_record(ended_at=START + timedelta(seconds=2)),
        run_record(status="failed", ended_at=START + timedelta(seconds=1), input_tokens=1),
    ]

    rows = {row.name: row for row in measure_rows(runs, ["a", "b", ""], now=START)}

    assert [(cell.text, cell.note) for cell in rows["Time"].cells] == [
        ("4.0 s", "2.0×"),
        ("2.0 s", "fastest"),
        ("1.0 s", ""),
    ]
    assert [(cell.text, cell.note) for cell in rows["Tokens in"].cells] == [
        ("300", "3.0×"),
        ("100", "fewest"),
        ("1", ""),
    ]
    assert [cell.note for cell in rows["Tokens out"].cells] == ["", "", ""]
    assert [cell.text for cell in rows["Tool path"].cells] == ["a", "b", "–"]


def test_runs_at_work_do_not_compete() -> None:
    runs = [run_record(), run_record(status="running", ended_at=None)]

    rows = {row.name: row for row in measure_rows(runs, ["", ""], now=START + timedelta(seconds=1))}

    assert [(cell.text, cell.note) for cell in rows["Time"].cells] == [("4.0 s", ""), ("1.0 s", "so far")]


def test_what_a_run_at_work_has_not_counted_yet_is_not_called_nothing() -> None:
    begun = run_record(status="running", ended_at=None, requests=0, input_tokens=0, output_tokens=0)
    failed = replace(begun, status="failed")

    rows = {row.name: row for row in measure_rows([begun, failed], ["", ""], now=START + timedelta(seconds=1))}

    for name in ("Tokens in", "Tokens out", "Model requests"):
        assert [(cell.text, cell.note) for cell in rows[name].cells] == [("–", ""), ("0", "")]


def test_labels_tell_variants_apart() -> None:
    choices = [Choice("o1", "r1"), Choice("o1", "r2", "openai/gpt", 0.2, 500)]

    assert labels(choices, {"o1": "Support"}, {"r1": 1, "r2": 2}) == [
        "Support · r1",
        "Support · r2 · openai/gpt · temperature 0.2 · at most 500 tokens",
    ]
    assert not all_equal(choices)
    assert all_equal([choices[0], choices[0]])


def test_variants_survive_a_run() -> None:
    run = run_record(model="openai/gpt", overrides={"temperature": 0.2, "top_p": 0.9}, variant="A")

    again = variant_of(run)

    assert (again.model, again.revision_id, again.label) == ("openai/gpt", "rev_1", "A")
    assert again.settings is not None
    assert again.settings.model_dump(exclude_none=True) == {"temperature": 0.2, "top_p": 0.9}
    assert choice_of(run) == Choice("org_1", "rev_1", "openai/gpt", 0.2, None)
    assert variant_of(run_record()).settings is None


def test_a_variant_without_settings_leaves_them_as_designed() -> None:
    assert Choice("o1").variant("A").settings is None
    settings = Choice("o1", temperature=0.0).variant("A").settings
    assert settings is not None
    assert settings.temperature == 0


def test_comparisons_are_listed_with_their_variants() -> None:
    runs = [run_record(variant="Support · r1"), run_record(variant="Support · r2"), run_record(status="failed")]

    row = comparison_rows([ComparisonRecord("cmp_1", "Hi", "Hi", START, runs)], now=START)[0]

    assert {name: cell["text"] for name, cell in row["cells"].items()} == {
        "input": "Hi",
        "variants": "A Support · r1  ·  B Support · r2  ·  C Support",
        "outcome": "2 completed, 1 failed",
        "started": "just now",
    }
    assert variant_labels(runs)[0] == "A · Support · r1"
