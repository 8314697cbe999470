"""The graph of a run: who worked with whom, and how often."""

from studio.view_models.trace_graph import RunGraph, run_graph
from studio.view_models.trace_network import DARK, LIGHT, run_network
from studio.view_models.trace_tree import trace_tree
from tests.support.sample_spans import span, spans_of
from tests.support.sample_stories import tell_refund, tell_team
from tests.support.sample_trace import SampleRun


def refund() -> RunGraph:
    run = SampleRun(None)
    tell_refund(run)
    return run_graph(trace_tree(spans_of(run)))


def team() -> RunGraph:
    run = SampleRun(None)
    tell_team(run, workers=2, calls=3)
    return run_graph(trace_tree(spans_of(run)))


def edges(graph: RunGraph) -> list[tuple[str, str, str, int]]:
    return [(edge.source, edge.target, edge.kind, edge.times) for edge in graph.edges.values()]


def test_handoffs_and_tools_of_a_refund() -> None:
    assert edges(refund()) == [
        ("agent:triage", "agent:billing", "handoff", 1),
        ("agent:billing", "tool:look_up_order", "tool", 1),
        ("agent:billing", "tool:search_articles", "tool", 1),
        ("agent:billing", "tool:refund", "tool", 1),
    ]


def test_agents_used_as_tools_are_drawn_as_agents() -> None:
    graph = team()

    assert edges(graph) == [
        ("agent:manager", "agent:worker_1", "agent_tool", 1),
        ("agent:worker_1", "tool:search_articles", "tool", 3),
        ("agent:manager", "agent:worker_2", "agent_tool", 1),
        ("agent:worker_2", "tool:search_articles", "tool", 3),
    ]
    assert graph.nodes["tool:search_articles"].facts == ["6 calls", "1 failed"]
    assert graph.nodes["agent:worker_1"].facts == ["3 model calls", "at work 1 time", "216 tokens"]


def test_a_call_that_waits_is_told_on_its_tool() -> None:
    spans = [
        span(1, "agent", "billing", None, 0, 1),
        span(2, "approval", "refund", 1, 1, None, agent="billing", status="waiting"),
    ]
    graph = run_graph(trace_tree(spans))

    assert graph.nodes["tool:refund"].state == "waiting"
    assert edges(graph) == [("agent:billing", "tool:refund", "tool", 1)]


def test_a_guardrail_points_at_what_it_checked() -> None:
    spans = [
        span(1, "agent", "triage", None, 0, 1),
        span(2, "guardrail", "No cards", 1, 0, 1, agent="triage", status="error", error="Tripped"),
    ]
    graph = run_graph(trace_tree(spans))

    assert edges(graph) == [("guardrail:No cards", "agent:triage", "guards", 1)]
    assert graph.nodes["guardrail:No cards"].state == "failed"


def test_an_agent_and_a_tool_of_one_name_are_two() -> None:
    spans = [span(1, "agent", "search", None, 0, 1), span(2, "tool", "search", 1, 0, 1, agent="search")]

    assert list(run_graph(trace_tree(spans)).nodes) == ["agent:search", "tool:search"]


def test_places_are_fixed_and_do_not_overlap() -> None:
    network = run_network(refund(), LIGHT)

    places = [(node["x"], node["y"]) for node in network.nodes]
    assert len(set(places)) == len(places) == 5
    columns = {node["id"]: node["x"] for node in network.nodes}
    assert columns["agent:triage"] < columns["agent:billing"] < columns["tool:refund"]


def test_states_are_written_besides_being_coloured() -> None:
    failed = next(node for node in run_network(team(), DARK).nodes if node["id"] == "tool:search_articles")

    assert failed["label"] == "search_articles\n6 calls\n1 failed"
    assert failed["color"]["border"] == DARK.states["failed"]


def test_counts_stand_on_the_edges() -> None:
    labels = [edge["label"] for edge in run_network(team(), LIGHT).edges]

    assert labels == ["as tool", "×3", "as tool", "×3"]


def test_edges_to_and_fro_are_bent_apart() -> None:
    spans = [
        span(1, "agent", "a", None, 0, 1),
        span(2, "handoff", "a → b", 1, 0, 1, agent="a"),
        span(3, "agent", "b", None, 1, 2),
        span(4, "handoff", "b → a", 3, 1, 2, agent="b"),
    ]
    network = run_network(run_graph(trace_tree(spans)), LIGHT)

    assert [bool(edge["smooth"]) for edge in network.edges] == [True, True]


def test_a_click_tells_what_a_node_did() -> None:
    assert run_network(refund(), LIGHT).facts["agent:triage"] == [
        "1 model call",
        "at work 1 time",
        "134 tokens",
        "handed off to billing",
    ]
