"""Choices that can be told apart."""

from datetime import timedelta

from core.records import OrganizationRecord
from studio.view_models.distinct import distinct, organization_names
from tests.support.sample_trace import START


def organization(id: str, name: str, *, age: int) -> OrganizationRecord:
    made = START - timedelta(days=age)
    return OrganizationRecord(id, name, "", 1, "rev", False, made, made)


def test_equal_words_have_numbers() -> None:
    assert distinct({"a": "X", "b": "X", "c": "Y", "d": "X"}) == {"a": "X", "b": "X (2)", "c": "Y", "d": "X (3)"}


def test_a_number_never_makes_a_name_that_is_there() -> None:
    assert distinct({"a": "X", "b": "X", "c": "X (2)"}) == {"a": "X", "b": "X (3)", "c": "X (2)"}


def test_the_oldest_organization_keeps_its_name() -> None:
    names = organization_names([organization("new", "Desk", age=1), organization("old", "Desk", age=9)])

    assert list(names.items()) == [("new", "Desk (2)"), ("old", "Desk")]
