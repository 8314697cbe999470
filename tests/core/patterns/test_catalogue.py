"""Every pattern of the catalogue is sound, tidy, and speaks of things that there are."""

import re
from itertools import combinations

import pytest
import yaml

from core.errors import InvalidSpecError, NotFoundError
from core.organization.check import check
from core.organization.files import from_text, to_yaml, validated
from core.organization.layout import NODE_HEIGHT, NODE_WIDTH
from core.organization.links import reachable_nodes
from core.organization.reading import read_document
from core.organization.spec import AlwaysApprove, ApproveWhen, NeverApprove
from core.patterns.catalogue import FOLDER, Pattern, catalogue, pattern
from core.toolbox import toolbox
from core.toolbox.references import function_problem

every_pattern = pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.id)


def test_the_first_six_in_their_order() -> None:
    assert [(one.number, one.id) for one in catalogue()] == [
        (1, "single"),
        (2, "specialist"),
        (3, "hierarchical"),
        (4, "collaborative"),
        (5, "parallel"),
        (10, "human-in-the-loop"),
    ]
    assert len(list(FOLDER.iterdir())) == len(catalogue())


def test_a_pattern_is_found_by_its_id() -> None:
    assert pattern("parallel").title == "Parallel views"
    with pytest.raises(NotFoundError) as caught:
        pattern("paralel")
    assert "single, specialist, hierarchical, collaborative, parallel, human-in-the-loop" in caught.value.hint


def test_nobody_changes_the_catalogue_by_accident() -> None:
    catalogue().clear()

    assert len(catalogue()) == 6


@every_pattern
def test_it_has_no_problems(one: Pattern) -> None:
    assert check(one.organization, known_function=function_problem) == []


@every_pattern
def test_it_says_what_it_is_good_for(one: Pattern) -> None:
    assert one.summary.endswith(".")
    assert one.summary.count(". ") == 0
    assert len(one.explanation) > 200
    for points in (one.when, one.pros, one.cons, one.look_at):
        assert 3 <= len(points) <= 4
        assert all(point.endswith(".") for point in points)
    assert 3 <= len(one.organization.samples) <= 4


@every_pattern
def test_every_node_has_a_place_of_its_own(one: Pattern) -> None:
    places = one.organization.layout

    assert set(places) == set(one.organization.node_names())
    for (first, a), (second, b) in combinations(places.items(), 2):
        apart = abs(a.x - b.x) >= NODE_WIDTH + 40 or abs(a.y - b.y) >= NODE_HEIGHT + 20
        assert apart, f"{first} and {second} are too close"


@every_pattern
def test_links_lead_to_the_right(one: Pattern) -> None:
    """Only a tool may stand below its agent."""
    places = one.organization.layout
    for link in one.organization.links:
        below = link.kind == "uses" and places[link.target].y > places[link.source].y
        assert places[link.source].x < places[link.target].x or below


@every_pattern
def test_whom_an_agent_hands_over_to_stands_in_its_instructions(one: Pattern) -> None:
    org = one.organization
    for link in org.links:
        agent = org.agent(link.source)
        if agent is not None and link.kind in {"handoff", "as_tool"}:
            assert link.target in agent.instructions
    assert reachable_nodes(org) == {agent.name for agent in org.agents}


@every_pattern
def test_tools_say_what_the_toolbox_says_of_them(one: Pattern) -> None:
    effects = {entry.reference: entry.effect for entry in toolbox()}
    for tool in one.organization.tools:
        assert tool.kind == "function"
        assert tool.effect == effects[tool.function]


@every_pattern
def test_samples_speak_of_orders_that_there_are(one: Pattern) -> None:
    shop = yaml.safe_load((FOLDER.parents[1] / "core/toolbox/seed/shop.yaml").read_text(encoding="utf-8"))
    known = {order["id"] for order in shop["orders"]}

    assert set(re.findall(r"\bA\d{4}\b", " ".join(one.organization.samples))) <= known


@every_pattern
def test_it_can_be_taken_along_as_a_file(one: Pattern) -> None:
    assert from_text(to_yaml(one.organization)) == one.organization


def test_refunds_always_wait_and_goodwill_waits_above_fifty() -> None:
    org = pattern("human-in-the-loop").organization
    rules = {tool.name: tool.approval for tool in org.tools}

    assert rules["issue_refund"] == AlwaysApprove()
    assert rules["grant_goodwill"] == ApproveWhen(argument="amount", operator="gt", value=50)
    assert rules["look_up_payment"] == NeverApprove()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my card is 4111 1111 1111 1111.", True),
        ("4111-1111-1111-1111", True),
        ("378282246310005", True),
        ("order A1002, 249 of 2026-03-05", False),
        ("call 030 1234567", False),
    ],
)
def test_the_guardrail_finds_card_numbers(text: str, found: bool) -> None:
    (guardrail,) = pattern("human-in-the-loop").organization.guardrails

    assert guardrail.kind == "regex"
    assert bool(re.search(guardrail.pattern, text)) is found


def test_a_faulty_pattern_is_named_with_its_line() -> None:
    text = (FOLDER / "01-single.yaml").read_text(encoding="utf-8").replace("effect: reads", "effect: sees")

    with pytest.raises(InvalidSpecError, match=r"01-single\.yaml, line \d+: .*tools #1 .*effect should be"):
        validated(read_document(text, source="01-single.yaml"), Pattern)
