"""Which patterns are shown, and what the guide says about a recommendation."""

import pytest

from core.patterns.catalogue import catalogue, pattern
from core.patterns.guide import recommend
from studio.view_models.guide_words import headline, not_yet, progress, trade_offs
from studio.view_models.pattern_gallery import FEATURES, GROUPS, featured, features_of, shown


def found(words: str = "", group: str = "", *features: str) -> list[str]:
    return [each.id for each in shown(catalogue(), words=words, group=group, features=features)]


def test_nothing_chosen_shows_all_in_their_order() -> None:
    assert found() == [each.id for each in catalogue()]


def test_words_are_looked_for_at_the_beginning_of_words_and_titles_come_first() -> None:
    assert found("loop")[:2] == ["loop", "human-in-the-loop"]
    assert found("REVIEW draft") == found("draft review")
    assert "linear" in found("diagnos")
    assert found("ineaR") == []
    assert found("refund zeppelin") == []


def test_tools_and_variants_are_found() -> None:
    assert "proxy" in found("cancel booking")
    assert found("majority") == ["fan-out"]


def test_words_group_and_features_are_met_together() -> None:
    assert found("", "workflow", "approval") == ["branching", "human-in-the-loop"]
    assert found("refund", "combination", "guardrails", "handoffs") == ["customer-support"]
    assert found("", "organization", "workflow") == ["collaborative"]


@pytest.mark.parametrize("feature", FEATURES)
def test_some_patterns_have_a_feature_and_some_have_not(feature: str) -> None:
    assert 0 < len(found("", "", feature)) < len(catalogue())


def test_features_of_a_pattern() -> None:
    assert features_of(pattern("single")) == set()
    assert features_of(pattern("e-commerce")) == {"agents", "workflow", "approval", "guardrails", "typed"}


def test_each_group_has_a_name_and_the_first_page_shows_the_range() -> None:
    assert {each.group for each in catalogue()} == set(GROUPS)
    assert len({each.group for each in featured()}) >= 3


def test_progress_is_told_in_words() -> None:
    every = {
        "task": "steps",
        "domains": "one",
        "approval": "agent",
        "existing": "nothing",
        "latency": "seconds",
        "volume": "little",
        "place": "undecided",
    }

    assert progress({}).startswith("Answer what you know.")
    assert progress({"task": "steps", "domains": "nonsense"}).startswith("1 of 7 answered")
    assert progress(every) == "All 7 questions are answered."


def test_many_parts_say_less_each() -> None:
    one, many = (
        recommend({"task": "steps"}),
        recommend({"task": "cases", "approval": "person", "place": "cluster"}),
    )

    assert headline(many) == "Branching workflow + Human in the loop + Kubernetes"
    assert [len(lines) for lines in trade_offs(one)] == [2, 2]
    assert [len(lines) for lines in trade_offs(many)] == [3, 3]
    assert not_yet(one) == []
    assert not_yet(many) == [pattern("kubernetes").not_yet]
