"""Words for replays and tests."""

from dataclasses import replace

import pytest

from core.cassettes.differences import Change, Difference
from core.records import ReplayOrigin
from studio.view_models.replay_words import chat_label, not_savable, origin_words, suggested_name, tag_words
from studio.view_models.revision_test_words import difference_lines, summary_words
from tests.support.sample_spans import run_record

RUN = run_record()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Where is it?", "Where is it?"),
        ("Please refund order A1.\nIt never came.", "Please refund order A1"),
        ("Is it paid? Tell me.", "Is it paid?"),
        ("word " * 30, "word " * 11 + "word"),
        ("x" * 200, "x" * 60),
        ("  ", ""),
    ],
)
def test_a_name_is_the_beginning_of_the_input(text: str, name: str) -> None:
    assert suggested_name(text) == name


def test_replays_are_marked_beside_simulated() -> None:
    replayed = replace(RUN, cassette_id="cas_1", simulated=True)

    assert [tag_words(run) for run in (replayed, replace(replayed, simulated=False))] == [
        "replayed · simulated",
        "replayed",
    ]
    assert chat_label(replayed) == "Replayed: no model was asked, no tool called, nothing to pay."
    assert chat_label(RUN) == ""
    assert "replay itself" in not_savable(replayed)
    assert "stopped" in not_savable(replace(RUN, status="cancelled"))
    assert not_savable(RUN) == ""


def test_origins_say_whether_the_run_is_still_there() -> None:
    assert origin_words(ReplayOrigin("run_1", stored=True, test=None)) == "Replayed from run_1"
    assert origin_words(ReplayOrigin("run_1", stored=False, test=None)) == "Replayed from run_1, which was deleted"
    assert origin_words(ReplayOrigin("", stored=False, test=None)) == "Replayed from a file"


def test_differences_are_lines_under_headings() -> None:
    found = [
        Difference("ending", "Final output", [Change("-", "Paid."), Change(" ", ""), Change("+", "Refused.")])
    ]

    asked = [Difference("question", "clerk: instructions", [Change("+", "Be brief.")])] * 2
    assert difference_lines(asked) == ["  clerk: instructions, in 2 model calls", "    + Be brief."]
    assert difference_lines(found) == ["  Final output", "    - Paid.", "", "    + Refused."]
    assert summary_words(["passed", "differs", "passed"]) == "1 differs, 2 passed"
