"""Places for nodes: none on another, edges to the right, the same every time."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.organization.layering import NODE_HEIGHT, NODE_WIDTH, layered
from core.organization.layout import auto_layout
from core.organization.spec import AgentSpec, Organization, Position
from tests.core.organization.samples import desk
from tests.core.organization.strategies import organizations

few_names = st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=10)
some_edges = st.lists(st.tuples(st.sampled_from("abcdefghijk"), st.sampled_from("abcdefghijk")), max_size=25)


def test_guardrails_left_agents_in_order_tools_right() -> None:
    places = auto_layout(desk())

    columns = {name: place.x for name, place in places.items()}
    assert columns["No secrets"] < columns["Desk"] < columns["Billing"] == columns["Writer"]
    assert columns["Desk"] < columns["weather"]
    assert columns["Billing"] < columns["look_up"]


def test_circles_are_cut_behind_the_entry() -> None:
    places = layered(["a", "b", "c"], [("c", "a"), ("a", "b"), ("b", "c")])

    assert places["a"].x < places["b"].x < places["c"].x


def test_a_parent_stands_beside_the_middle_of_its_children() -> None:
    places = layered(["top", "x", "y", "z"], [("top", "x"), ("top", "y"), ("top", "z")])

    assert places["top"].y == places["y"].y
    assert [places[name].y for name in "xyz"] == [0, 108, 216]


def test_branches_do_not_cross() -> None:
    edges = [("t", "a"), ("t", "b"), ("b", "b1"), ("a", "a1"), ("b", "b2"), ("a", "a2")]

    places = layered(["t", "b1", "a1", "b2", "a2", "a", "b"], edges)

    assert (places["a"].y < places["b"].y) == (places["a1"].y < places["b1"].y)
    assert (places["a1"].y < places["b1"].y) == (places["a2"].y < places["b2"].y)


@settings(deadline=None)
@given(few_names, some_edges)
def test_no_node_stands_on_another(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    places = layered(nodes, edges)

    assert list(places) == nodes
    assert places == layered(nodes, edges)
    assert overlaps(places) == []
    assert all(place.x >= 0 and place.y >= 0 for place in places.values())


@settings(deadline=None, max_examples=40)
@given(organizations)
def test_every_organization_finds_places(org: Organization) -> None:
    everything = auto_layout(org)
    completed = auto_layout(org, only_missing=True)

    assert set(everything) == set(completed) == set(org.node_names())
    assert overlaps(everything) == []


def test_nodes_that_have_a_place_keep_it() -> None:
    org = desk()

    places = auto_layout(org, only_missing=True)

    assert {name: places[name] for name in org.layout} == org.layout
    assert set(places) == set(org.node_names())
    assert overlaps(places) == []


def test_a_free_place_is_found_below() -> None:
    crowded = desk().with_layout(
        {name: Position(x=320, y=100 * number) for number, name in enumerate(["Desk", "Billing", "Writer"])}
    )

    assert overlaps(auto_layout(crowded, only_missing=True)) == []


def test_a_free_place_is_found_below_a_long_row() -> None:
    names = [f"n{number}" for number in range(12)]
    org = Organization(name="Row", entry="n0", agents=[AgentSpec(name=name) for name in names])
    row = {name: Position(x=0, y=100 * number) for number, name in enumerate([*names[:5], *names[7:]])}

    places = auto_layout(org.with_layout(row), only_missing=True)

    assert overlaps(places) == []


def test_hundreds_of_nodes_are_placed_at_once() -> None:
    names = [f"n{number}" for number in range(600)]
    edges = [(names[number // 3], name) for number, name in enumerate(names) if number]

    assert len({(place.x, place.y) for place in layered(names, edges).values()}) == 600


def test_nothing_has_no_places() -> None:
    assert auto_layout(Organization(name="Empty")) == {}
    assert layered([], [("a", "b")]) == {}


def overlaps(places: dict[str, Position]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for (one, a), (other, b) in combinations(places.items(), 2)
        if abs(a.x - b.x) < NODE_WIDTH and abs(a.y - b.y) < NODE_HEIGHT
    ]
