"""Trying expressions on samples."""

import pytest

from core.organization.expression_scope import ScopeField
from studio.view_models.try_expression import TrialKind, field_lines, tried, with_samples

VARIABLES = {"input": "Hi", "output": {"score": 7, "text": "Fine"}, "steps": {}, "state": {}}


@pytest.mark.parametrize(
    ("kind", "text", "words", "value"),
    [
        ("condition", "output.score > 5", "It holds.", "true"),
        ("condition", "output.score > 9", "It does not hold.", "false"),
        ("value", "output.score + 1", "It gives:", "8"),
        ("value", "output.text", "It gives:", "Fine"),
        ("template", "Say {{ output.text }} to {{ input }}", "It reads:", "Say Fine to Hi"),
    ],
)
def test_what_it_gives_is_said(kind: TrialKind, text: str, words: str, value: str) -> None:
    trial = tried(kind, text, VARIABLES)

    assert (trial.worked, trial.words, trial.value) == (True, words, value)


@pytest.mark.parametrize(
    ("kind", "text", "part"),
    [
        ("condition", "output.score", "neither true nor false"),
        ("value", "output.grade", "no value here"),
        ("value", "output.", "cannot be read"),
        ("template", "{{ nothing }}", "no value here"),
    ],
)
def test_what_is_wrong_is_said_in_words(kind: TrialKind, text: str, part: str) -> None:
    trial = tried(kind, text, VARIABLES)

    assert not trial.worked
    assert part in trial.words


def test_samples_are_json_or_text() -> None:
    assert with_samples(VARIABLES, '{"score": 1}', '{"input": "Ho"}') == {"input": "Ho", "output": {"score": 1}}
    assert with_samples(VARIABLES, "just text", "not JSON") == {**VARIABLES, "output": "just text"}


def test_fields_are_listed_with_short_samples() -> None:
    lines = field_lines([ScopeField("output.score", 7), ScopeField("input", "a " * 80)])

    assert lines[0] == "`output.score` 7"
    assert lines[1].endswith("…")
    assert len(lines[1]) < 80
