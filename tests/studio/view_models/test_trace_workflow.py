"""Steps of a workflow in the outline, the timeline and the graph of a run."""

from typing import get_args

from core.organization.steps import StepKind
from core.records import SpanRecord
from studio.view_models.trace_graph import run_graph
from studio.view_models.trace_kinds import STEPS, kind_look
from studio.view_models.trace_network import DARK, run_network
from studio.view_models.trace_outline import outline
from studio.view_models.trace_timeline import timeline
from studio.view_models.trace_tree import trace_tree
from tests.support.sample_spans import span


def step(number: int, kind: str, name: str, path: str, parent: int | None, begin: float, end: float) -> SpanRecord:
    return span(number, f"step_{kind}", name, parent, begin, end, call_id=path)


def worked(number: int, name: str, parent: int, begin: float, end: float) -> list[SpanRecord]:
    """What the SDK tells of one agent: task, agent, turn and model call, numbered from `number`."""
    return [
        span(number, "task", "Flow", parent, begin, end),
        span(number + 1, "agent", name, number, begin, end, agent=name),
        span(number + 2, "turn", "Turn 1", number + 1, begin, end, agent=name),
        span(number + 3, "model", "m", number + 2, begin, end, agent=name, model="m", input_tokens=10),
    ]


def review() -> list[SpanRecord]:
    """Two branches meet in a join that an agent makes; then a loop of two rounds, and a question."""
    return [
        step(1, "parallel", "fan", "fan", None, 0, 4),
        step(2, "agent", "a", "fan/1/a", 1, 0, 3),
        *worked(3, "a", 2, 0, 3),
        step(7, "agent", "b", "fan/2/b", 1, 0, 4),
        *worked(8, "b", 7, 0, 4),
        step(12, "join", "meet", "meet", None, 4, 5),
        *worked(13, "chair", 12, 4, 5),
        step(20, "loop", "again", "again", None, 5, 7),
        step(21, "round", "Round 1", "again#1", 20, 5, 6),
        step(22, "agent", "check", "again#1/check", 21, 5, 6),
        *worked(23, "check", 22, 5, 6),
        step(30, "round", "Round 2", "again#2", 20, 6, 7),
        step(31, "agent", "check", "again#2/check", 30, 6, 7),
        *worked(32, "check", 31, 6, 7),
        span(40, "step_approval", "ask", None, 7, None, call_id="ask", status="waiting"),
        span(41, "approval", "ask", 40, 7, None, call_id="ask", status="waiting"),
    ]


def test_the_outline_shows_steps_with_their_agents() -> None:
    """An agent that is a step by itself has one line; rounds have lines of their own."""
    rows = outline(trace_tree(review()))

    assert [f"{'  ' * (row.level - 1)}{row.kind} {row.title}" for row in rows] == [
        "step_parallel fan",
        "  step_agent a",
        "    model Turn 1",
        "  step_agent b",
        "    model Turn 1",
        "step_join meet",
        "  agent chair",
        "    model Turn 1",
        "step_loop again",
        "  step_round Round 1",
        "    step_agent check",
        "      model Turn 1",
        "  step_round Round 2",
        "    step_agent check",
        "      model Turn 1",
        "step_approval ask",
        "  approval Approval of ask",
    ]
    assert rows[0].tokens == "20"


def test_an_agent_that_failed_before_its_first_turn_is_not_hidden() -> None:
    failed = [
        step(1, "agent", "a", "a", None, 0, 1),
        span(2, "task", "Flow", 1, 0, 1),
        span(3, "agent", "a", 2, 0, 1, status="error", error="No model"),
    ]

    assert [row.kind for row in outline(trace_tree(failed))] == ["step_agent", "agent"]


def test_the_timeline_has_a_lane_of_steps() -> None:
    """Branches that overlap lie in rows of their own."""
    found = timeline(trace_tree(review()))
    assert found is not None

    assert [lane.agent for lane in found.lanes] == ["Steps", "a", "b", "chair", "check", "Run"]
    bars = {bar.title: bar for bar in found.bars if bar.look == "step"}
    assert len({bars[name].row for name in ("fan", "a", "b")}) == 3
    assert bars["fan"].lines[0] == "Parallel · OK"


def test_the_graph_shows_the_way_that_was_taken() -> None:
    """Into the branches and out of them, into each round and back; the step that asks waits."""
    graph = run_graph(trace_tree(review()))

    flow = [(edge.source, edge.target, edge.times) for edge in graph.edges.values() if edge.kind == "flow"]
    assert flow == [
        ("step:meet", "agent:chair", 1),
        ("agent:a", "step:meet", 1),
        ("agent:b", "step:meet", 1),
        ("step:meet", "step:again", 1),
        ("step:again", "step:ask", 1),
        ("step:fan", "agent:a", 1),
        ("step:fan", "agent:b", 1),
        ("step:again", "agent:check", 2),
        ("agent:check", "step:again", 2),
    ]
    assert (graph.nodes["step:ask"].state, graph.nodes["step:ask"].work) == ("waiting", "1 time")
    assert graph.nodes["agent:check"].model_calls == 2
    assert "tool:ask" not in graph.nodes
    assert len(run_network(graph, DARK).edges) == len(flow)


def test_every_kind_of_step_has_a_look_of_its_own() -> None:
    assert {f"step_{kind}" for kind in (*get_args(StepKind), "agent", "round", "item")} == STEPS
    assert len({kind_look(kind).word for kind in STEPS}) == len(STEPS)
