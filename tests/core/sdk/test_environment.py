"""Environment variables in a spec."""

import pytest

from core.sdk.environment import MissingVariableError, expand, expand_all, variables_in

ENVIRONMENT = {"TOKEN": "s3cret", "HOST": "shop.test", "EMPTY": ""}


def test_variables_are_filled_in() -> None:
    assert (
        expand("https://${HOST}/a?k=${TOKEN}", where="here", environment=ENVIRONMENT)
        == "https://shop.test/a?k=s3cret"
    )
    assert expand("${EMPTY}", where="here", environment=ENVIRONMENT) == ""
    assert expand_all({"A": "Bearer ${TOKEN}"}, where="here", environment=ENVIRONMENT) == {"A": "Bearer s3cret"}


@pytest.mark.parametrize("text", ["$TOKEN", "${1A}", "${}", "{TOKEN}", "${ TOKEN }"])
def test_other_forms_are_left_alone(text: str) -> None:
    assert expand(text, where="here", environment=ENVIRONMENT) == text
    assert variables_in(text) == []


def test_values_are_not_expanded_again() -> None:
    assert expand("${A}", where="here", environment={"A": "${TOKEN}", **ENVIRONMENT}) == "${TOKEN}"


def test_a_missing_variable_is_named_with_what_needs_it() -> None:
    assert variables_in("${A} ${B} ${A}") == ["A", "B"]
    with pytest.raises(MissingVariableError) as raised:
        expand("${NOWHERE}", where="tool 'orders'", environment=ENVIRONMENT)

    assert raised.value.message == "The environment variable 'NOWHERE' is not set; tool 'orders' needs it."
    assert "Set NOWHERE" in raised.value.hint
