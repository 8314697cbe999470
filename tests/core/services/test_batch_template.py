"""Inputs are made of a row's values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInputError
from core.services.batch_template import check_template, default_template, filled


@pytest.mark.parametrize(
    ("columns", "template"),
    [
        (["id", "Question", "text"], "{Question}"),
        (["id", "text", "input"], "{input}"),
        (["anything"], "{anything}"),
        (["id", "city"], "id: {id}\ncity: {city}"),
    ],
)
def test_a_usual_column_is_the_input(columns: list[str], template: str) -> None:
    assert default_template(columns) == template
    check_template(template, columns)


def test_values_stand_in_their_places() -> None:
    row = {"name": "Zoë 🚲", "order": {"id": 7}, "none": None, "trick": "{name}"}

    text = filled("Dear { name }: {order}{none}{trick}{gone}, {{name}} }} {", row)

    assert text == 'Dear Zoë 🚲: {"id":7}{name}, {name} } {'


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=9), min_size=2))
def test_values_are_never_read_as_places(row: dict[str, str]) -> None:
    assert filled("{a}-{b}", row) == f"{row['a']}-{row['b']}"


def test_unknown_names_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="no column 'questoin'") as caught:
        check_template("{questoin}", ["id", "question"])
    assert "Columns: id, question" in caught.value.hint
    with pytest.raises(InvalidInputError, match="same for every row"):
        check_template("Hello {{id}}", ["id"])
