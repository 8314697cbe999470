"""The small drawing of an organization."""

import re
from typing import get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from core.organization.edits import add_node
from core.organization.spec import AgentSpec, Organization, Position
from core.organization.steps import StepKind
from core.patterns.catalogue import Pattern, catalogue, pattern
from studio.view_models.sketch import sketch_svg
from studio.view_models.sketch_shapes import shape
from tests.core.organization.strategies import organizations

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.id)
def test_agents_and_steps_of_a_pattern_are_drawn_once_and_inside(one: Pattern) -> None:
    org = one.organization

    root = ElementTree.fromstring(sketch_svg(org))

    flow = sorted(node.name for node in (*org.agents, *org.steps))
    assert sorted(names(root)) in (sorted(org.node_names()), flow), "tools are left out where it is crowded"
    assert "scale(0.3" not in sketch_svg(org)
    for x, y in places(root):
        assert 0 < x < 240
        assert 0 < y < 120


def test_tools_are_drawn_where_there_is_room_and_left_out_where_there_is_none() -> None:
    assert "search_corpus" in sketch_svg(pattern("loop").organization)
    crowded = sketch_svg(pattern("customer-support").organization)
    assert "issue_refund" not in crowded
    assert "10 tools" in crowded


def test_each_kind_of_step_has_a_shape_of_its_own() -> None:
    flow = [pattern(name).organization for name in ("loop", "fan-out", "batch", "e-commerce")]
    steps = {step.kind: step for org in flow for step in org.steps}

    assert set(steps) == set(get_args(StepKind))
    assert len({shape(step, starts=False) for step in steps.values()}) == len(steps)
    assert 'fill-opacity=".16"' in shape(steps["branch"], starts=True)


def test_the_body_of_a_loop_leads_back_in_an_arc_inside_the_drawing() -> None:
    arcs = re.findall(
        r'd="M[\d.]+ ([\d.]+)Q[\d.]+ (-?[\d.]+) [\d.]+ ([\d.]+)"', sketch_svg(pattern("loop").organization)
    )

    assert len(arcs) == 2
    for start, top, end in arcs:
        assert (float(start) + 2 * float(top) + float(end)) / 4 > 0
        assert float(top) < min(float(start), float(end))


def test_what_is_drawn_is_counted_in_words() -> None:
    org = Organization(name="Desk", agents=[AgentSpec(name="a")])
    org, _ = add_node(org, "http", Position(x=9, y=9))
    org, _ = add_node(org, "mcp_stdio", Position(x=99, y=9))

    label = ElementTree.fromstring(sketch_svg(org)).get("aria-label")

    assert label == "Drawing of Desk: 1 agent, 2 tools"
    assert 'aria-label="Drawing of New: empty"' in sketch_svg(Organization(name="New"))


def test_names_cannot_break_out() -> None:
    name = '"><script>alert(1)</script>'
    org = Organization(name=name, agents=[AgentSpec(name=name)])

    drawing = sketch_svg(org)

    assert "<script" not in drawing
    assert names(ElementTree.fromstring(drawing)) == [name]


def test_it_takes_the_colour_of_the_text_around_it() -> None:
    drawing = "".join(sketch_svg(one.organization) for one in catalogue())

    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawing)) == {"none", "currentColor"}


def test_each_kind_of_link_has_its_own_line() -> None:
    def lines(pattern_id: str) -> set[str | None]:
        org = next(one.organization for one in catalogue() if one.id == pattern_id)
        return {
            path.get("stroke-dasharray") for path in ElementTree.fromstring(sketch_svg(org)).iter(f"{SVG}path")
        }

    assert "4 3" in lines("parallel")
    assert "1 3" in lines("human-in-the-loop")
    assert lines("specialist") == {None}


def test_the_size_is_what_was_asked_for() -> None:
    root = ElementTree.fromstring(sketch_svg(catalogue()[2].organization, width=400, height=90))

    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("400", "90", "0 0 400 90")
    assert max(x for x, _ in places(root)) > 300
    assert max(y for _, y in places(root)) < 90


def test_shapes_shrink_where_it_is_crowded() -> None:
    org = Organization(name="Crowd")
    for _ in range(20):
        org, _name = add_node(org, "agent", Position(x=0, y=0))

    assert "scale(0.3" in sketch_svg(org.with_layout({}))
    assert "scale(" not in sketch_svg(catalogue()[0].organization)


@settings(max_examples=30, deadline=None)
@given(organizations)
def test_anything_can_be_drawn(org: Organization) -> None:
    drawing = sketch_svg(org)

    assert drawing.startswith("<svg")
    assert "nan" not in re.sub(r"<title>.*?</title>|aria-label=\"[^\"]*\"", "", drawing, flags=re.DOTALL)


def names(root: ElementTree.Element) -> list[str]:
    return [title.text or "" for title in root.iter(f"{SVG}title")]


def places(root: ElementTree.Element) -> list[tuple[float, float]]:
    found = []
    for group in root.iter(f"{SVG}g"):
        numbers = re.findall(r"-?[\d.]+", group.get("transform", ""))
        found.append((float(numbers[0]), float(numbers[1])))
    return found
