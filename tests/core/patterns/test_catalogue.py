"""Every pattern of the catalogue is sound, tidy, and speaks of things that there are."""

import re
from itertools import combinations

import pytest
import yaml

from core.errors import InvalidSpecError, NotFoundError
from core.organization.check import check
from core.organization.files import from_text, to_yaml, validated
from core.organization.links import reachable_nodes
from core.organization.lint import lint
from core.organization.reading import read_document
from core.organization.spec import AlwaysApprove, ApproveWhen, NeverApprove, Organization
from core.organization.steps import ERROR, AgentJoin, JoinStep, ports
from core.patterns.catalogue import FOLDER, Pattern, catalogue, pattern
from core.toolbox import toolbox
from core.toolbox.references import function_problem

ORGANIZATIONS = {
    f"{one.id}:{variant}" if variant else one.id: one.variant(variant)
    for one in catalogue()
    for variant in ("", *(each.id for each in one.variants))
}
WIDTH, HEIGHT, HEAD, WAY = 212, 60, 46, 22
"""Sizes on the canvas in pixels: of a node; of the head of a step and of each way that leaves it."""
every_pattern = pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.id)
every_organization = pytest.mark.parametrize("org", ORGANIZATIONS.values(), ids=ORGANIZATIONS.keys())
NUMBERS_OF = {
    "organization": {1, 2, 3, 4, 5},
    "workflow": {6, 7, 8, 9, 10},
    "data flow": {11, 12, 13, 14, 15},
    "integration": {16, 17, 18, 19, 20},
    "deployment": {21, 22, 23, 24, 25},
    "combination": {26, 27},
}


def test_all_twenty_five_and_two_combinations_in_their_groups() -> None:
    assert [one.number for one in catalogue()] == list(range(1, 28))
    assert {group: {one.number for one in catalogue() if one.group == group} for group in NUMBERS_OF} == NUMBERS_OF
    assert sorted(FOLDER.glob("[0-9]*.yaml")) == [FOLDER / f"{one.number:02}-{one.id}.yaml" for one in catalogue()]


def test_a_pattern_is_found_by_its_id() -> None:
    assert pattern("parallel").title == "Parallel views"
    with pytest.raises(NotFoundError) as caught:
        pattern("paralel")
    assert "single, specialist, hierarchical, collaborative, parallel, linear" in caught.value.hint


def test_a_variant_is_found_by_its_id() -> None:
    one = pattern("human-in-the-loop")

    assert one.variant("approval-step").name == "Refund line"
    assert one.variant("") == one.organization
    with pytest.raises(NotFoundError) as caught:
        one.variant("nothing")
    assert "approval-step" in caught.value.hint


def test_nobody_changes_the_catalogue_by_accident() -> None:
    catalogue().clear()

    assert len(catalogue()) == 27


@every_organization
def test_it_has_no_problems(org: Organization) -> None:
    assert [*check(org, known_function=function_problem), *lint(org)] == []


def test_no_two_organizations_are_the_same_one_renamed() -> None:
    """Two differ in their agents' instructions, and in what these agents can reach or how they are linked."""
    assert len({org.name for org in ORGANIZATIONS.values()}) == len(ORGANIZATIONS)
    told = [frozenset(agent.instructions for agent in org.agents) for org in ORGANIZATIONS.values()]
    for one, other in combinations(told, 2):
        assert not one & other
    drawn = [
        (
            len(org.agents),
            sorted(step.kind for step in org.steps),
            sorted(link.kind for link in org.links),
            sorted(tool.name for tool in org.tools),
        )
        for org in ORGANIZATIONS.values()
    ]
    assert all(one != other for one, other in combinations(drawn, 2) if one[3])


@every_organization
def test_money_and_goods_move_only_after_a_person_or_below_a_limit(org: Organization) -> None:
    asked = {link.target for link in org.flows() if link.port == "approved"}
    for tool in org.tools:
        if tool.name in {"issue_refund", "send_replacement", "place_stock_order", "cancel_booking"}:
            users = {link.source for link in org.links if link.target == tool.name}
            assert tool.approval.kind != "never" or users <= asked


@every_pattern
def test_what_is_not_part_of_it_yet_is_said_in_one_sentence(one: Pattern) -> None:
    assert bool(one.not_yet) == (one.number in range(16, 28))
    if one.not_yet:
        assert one.not_yet.endswith(".")
        assert "not part of Troupe yet" in one.not_yet


@every_pattern
def test_a_combination_names_patterns_that_there_are(one: Pattern) -> None:
    assert bool(one.combines) == (one.group == "combination")
    assert all(pattern(part).group != "combination" for part in one.combines)


@every_pattern
def test_it_says_what_it_is_good_for(one: Pattern) -> None:
    assert one.summary.endswith(".")
    assert one.summary.count(". ") == 0
    assert len(one.explanation) > 200
    for points in (one.when, one.pros, one.cons, one.look_at):
        assert 3 <= len(points) <= 4
        assert all(point.endswith(".") for point in points)
    assert 2 <= len(one.organization.samples) <= 4
    for variant in one.variants:
        assert variant.summary.endswith(".")
        assert 2 <= len(variant.organization.samples) <= 4


@every_organization
def test_every_node_has_a_place_of_its_own(org: Organization) -> None:
    places = org.layout

    assert set(places) == set(org.node_names())
    for one, other in combinations(places, 2):
        upper, lower = sorted((one, other), key=lambda name: places[name].y)
        apart = abs(places[one].x - places[other].x) >= WIDTH + 40
        assert apart or places[lower].y - places[upper].y >= height(org, upper) + 8, f"{one} is too near {other}"


@every_organization
def test_links_lead_to_the_right(org: Organization) -> None:
    """What an agent uses may stand below it, as may what guards it; only the body of a loop leads back."""
    places = org.layout
    for link in org.links:
        below = link.kind in {"uses", "guards"} and places[link.target].y != places[link.source].y
        step = org.step(link.target)
        back = link.kind == "flow" and step is not None and step.kind == "loop"
        assert places[link.source].x < places[link.target].x or below or back


@every_organization
def test_whom_an_agent_hands_over_to_stands_in_its_instructions(org: Organization) -> None:
    for link in org.links:
        agent = org.agent(link.source)
        if agent is not None and link.kind in {"handoff", "as_tool"}:
            assert link.target in agent.instructions
    assert reachable_nodes(org) == {node.name for node in (*org.agents, *org.steps)}


@every_organization
def test_tools_say_what_the_toolbox_says_of_them(org: Organization) -> None:
    effects = {entry.reference: entry.effect for entry in toolbox()}
    for tool in org.tools:
        assert tool.kind in {"function", "http"}
        if tool.kind == "function":
            assert tool.effect == effects[tool.function]


@every_organization
def test_samples_speak_of_orders_and_products_that_there_are(org: Organization) -> None:
    shop = yaml.safe_load((FOLDER.parents[1] / "core/toolbox/seed/shop.yaml").read_text(encoding="utf-8"))
    known = {order["id"] for order in shop["orders"]} | {product["sku"] for product in shop["products"]}

    assert set(re.findall(r"\bA\d{4}\b|\bSKU-\d+\b", " ".join(org.samples))) <= known


@every_organization
def test_agents_that_only_join_are_no_steps_themselves(org: Organization) -> None:
    joining = {
        step.by.agent for step in org.steps if isinstance(step, JoinStep) and isinstance(step.by, AgentJoin)
    }

    assert not joining & {name for link in org.flows() for name in (link.source, link.target)}


@every_organization
def test_it_can_be_taken_along_as_a_file(org: Organization) -> None:
    assert from_text(to_yaml(org)) == org


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


def height(org: Organization, name: str) -> int:
    """How high a node is drawn."""
    step = org.step(name)
    if step is None:
        return HEIGHT
    ways = len([port for port in ports(step) if port != ERROR])
    return HEAD + WAY * ways if ways > 1 else HEAD
