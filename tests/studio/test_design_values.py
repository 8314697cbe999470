"""What stands in a field, and what is read from it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInputError
from studio.view_models.design_values import (
    ARGUMENTS,
    CHOICE,
    JSON_OBJECT,
    LINES,
    OPTIONAL_CHOSEN,
    OPTIONAL_JSON_OBJECT,
    OPTIONAL_TEXT,
    PAIRS,
    SCALAR,
    read_pairs,
)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"))) | st.integers() | st.booleans())
def test_a_compared_value_is_read_as_it_was_shown(value: Any) -> None:
    read = SCALAR.read(SCALAR.show(value))

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("typed", "value"),
    [("50", 50), ("2.5", 2.5), ("true", True), ("EUR", "EUR"), ('"50"', "50"), ("[1]", "[1]"), ("NaN", "NaN")],
)
def test_numbers_and_truths_are_told_from_text(typed: str, value: Any) -> None:
    assert SCALAR.read(typed) == value


def test_pairs_are_read_with_either_sign() -> None:
    typed = "Authorization: Bearer a=b\n\nBASE_URL=https://example.com"

    assert PAIRS.read(typed) == {"Authorization": "Bearer a=b", "BASE_URL": "https://example.com"}
    assert PAIRS.read(PAIRS.show({"A": "x: y", "B": ""})) == {"A": "x: y", "B": ""}


@pytest.mark.parametrize(
    ("typed", "words"), [("nonsense", "Line 1"), ("A: 1\nA: 2", "twice"), ("A: 1\n: 2", "Line 2")]
)
def test_a_line_that_is_no_pair_is_named(typed: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        read_pairs(typed)


@pytest.mark.parametrize(
    ("typed", "words"), [('{"a": ', "line 1, column 7"), ("[1]", "no object"), ("", "line 1")]
)
def test_what_is_no_json_object_is_refused_with_the_place(typed: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        JSON_OBJECT.read(typed)


def test_json_objects_go_both_ways() -> None:
    schema = {"type": "object", "properties": {"ä": {"type": "string"}}}

    assert JSON_OBJECT.read(JSON_OBJECT.show(schema)) == schema
    assert OPTIONAL_JSON_OBJECT.read("  ") is None
    assert OPTIONAL_JSON_OBJECT.show(None) == ""


def test_words_are_taken_once_and_arguments_as_often_as_they_stand() -> None:
    assert LINES.read(" a \n\na\nb") == ["a", "b"]
    assert ARGUMENTS.read("-v\n-v\n") == ["-v", "-v"]


def test_nothing_stands_for_none() -> None:
    assert OPTIONAL_TEXT.read("  ") is None
    assert CHOICE.read(CHOICE.show(None)) is None
    assert CHOICE.read(CHOICE.show(False)) is False
    assert OPTIONAL_CHOSEN.read([]) is None
    assert OPTIONAL_CHOSEN.show(None) == []
