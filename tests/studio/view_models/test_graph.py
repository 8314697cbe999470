"""The picture of an organization, as the canvas is given it."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.organization.problems import Problem
from core.organization.spec import AgentSpec, HandoffLink, HttpToolSpec, Organization
from core.organization.steps import AgentJoin, JoinStep
from studio.view_models.graph import organization_graph

FIXTURE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "canvas" / "graph_fixture.json").read_text(encoding="utf-8")
)


def test_the_shared_fixture_is_what_python_makes() -> None:
    """The browser's tests read the same file: both sides mean the same shape."""
    org = Organization.model_validate(FIXTURE["organization"])
    problems = [Problem(**problem) for problem in FIXTURE["problems"]]

    assert organization_graph(org, problems).data() == FIXTURE["graph"]


def test_a_doubled_name_or_link_is_drawn_once() -> None:
    agents = [AgentSpec(name="a", model="x/first"), AgentSpec(name="b"), AgentSpec(name="a", model="x/second")]
    link = HandoffLink(source="a", target="b")
    org = Organization(name="Twice", agents=agents, links=[link, link])

    graph = organization_graph(org)

    assert [(node.id, node.subtitle) for node in graph.nodes] == [("a", "x/first"), ("b", "Default model")]
    assert [edge.id for edge in graph.edges] == ["handoff:a→b"]


def test_a_link_to_something_that_is_not_there_is_not_drawn_but_its_problem_is_kept() -> None:
    org = Organization(name="Gap", agents=[AgentSpec(name="a")], links=[HandoffLink(source="a", target="gone")])
    problem = Problem("unknown_target", "error", "gone", "links", "'gone' is missing.", "Add it.")

    graph = organization_graph(org, [problem])

    assert graph.edges == []
    assert [note.message for note in graph.problems] == ["'gone' is missing."]


def test_a_join_shows_which_agent_it_asks() -> None:
    """Also when nothing else leads to that agent; one that is not there is not drawn."""
    joins = [
        JoinStep(name="All", by=AgentJoin(agent="Editor")),
        JoinStep(name="Odd", by=AgentJoin(agent="gone")),
    ]
    org = Organization(name="Desk", agents=[AgentSpec(name="Editor")], steps=joins)

    graph = organization_graph(org)

    assert [(edge.kind, edge.source, edge.target) for edge in graph.edges] == [("asks", "All", "Editor")]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://host.example/a/b?key=1", "GET host.example/a/b"),
        ("https://host.example/", "GET host.example"),
        ("http://[half", "GET [half"),
        ("nonsense", "GET nonsense"),
        ("", "GET "),
    ],
)
def test_addresses_are_short_and_never_break_the_picture(url: str, shown: str) -> None:
    org = Organization(name="Web", tools=[HttpToolSpec(name="call", url=url)])

    assert organization_graph(org).nodes[0].subtitle == shown
