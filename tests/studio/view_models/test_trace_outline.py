"""The outline: agents, turns and calls in human units, with everything that went wrong in sight."""

from datetime import timedelta

from core.records import SpanRecord
from studio.view_models.trace_outline import OutlineRow, outline
from studio.view_models.trace_span import first_choice, span_facts, span_title, status_note
from studio.view_models.trace_tree import trace_counts, trace_tree
from tests.support.sample_spans import span, spans_of
from tests.support.sample_stories import tell_refund, tell_team
from tests.support.sample_trace import START, SampleRun


def drawn(rows: list[OutlineRow]) -> str:
    """The lines as text: indented, with duration, tokens, and what is said about them."""
    return "\n".join(
        "  " * (row.level - 1)
        + " | ".join(part for part in (row.title, row.note, row.duration, row.tokens, row.word) if part)
        for row in rows
    )


def refund_spans() -> list[SpanRecord]:
    run = SampleRun(None)
    tell_refund(run)
    return spans_of(run)


def test_a_run_reads_as_agents_turns_and_calls() -> None:
    rows = outline(trace_tree(refund_spans()))

    assert drawn(rows) == (
        "triage | 900 ms | 134\n"
        "  Turn 1 | rehearsal · simulated | 900 ms | 134\n"
        "    Hands off to billing | 50 ms\n"
        "billing | 5.0 s | 1,020\n"
        "  Turn 1 | rehearsal · simulated | 1.6 s | 242\n"
        "    look_up_order | 600 ms\n"
        "    search_articles | 950 ms\n"
        "  Turn 2 | rehearsal · simulated | 2.8 s | 348\n"
        "    Approval of refund | 2.0 s | Approved\n"
        "    refund | 400 ms\n"
        "  Turn 3 | rehearsal · simulated | 600 ms | 430"
    )


def test_a_turn_selects_its_model_call() -> None:
    spans = refund_spans()
    models = [one.id for one in spans if one.kind == "model"]

    assert [row.id for row in outline(trace_tree(spans)) if row.title.startswith("Turn")] == models


def test_a_turn_with_two_model_calls_shows_both() -> None:
    spans = [
        span(1, "agent", "triage", None, 0, 4),
        span(2, "turn", "Turn 1", 1, 0, 4),
        span(3, "model", "first", 2, 0, 1, status="error", error="429"),
        span(4, "model", "second", 2, 1, 4),
    ]

    assert drawn(outline(trace_tree(spans))) == (
        "triage | 4.0 s\n  Turn 1 | 4.0 s\n    first | first | 1.0 s | Error\n    second | second | 3.0 s"
    )


def test_agents_used_as_tools_stand_inside_of_the_call() -> None:
    spans = [
        span(1, "task", "Agent workflow", None, 0, 9),
        span(2, "agent", "manager", 1, 0, 9),
        span(3, "tool", "ask_worker", 2, 1, 8),
        span(4, "task", "Agent workflow", 3, 1, 8),
        span(5, "agent", "worker", 4, 1, 8),
    ]

    assert drawn(outline(trace_tree(spans))) == "manager | 9.0 s\n  ask_worker | 7.0 s\n    worker | 7.0 s"


def test_errors_are_counted_once_and_told_on_what_is_above_them() -> None:
    spans = [
        span(1, "agent", "manager", None, 0, 9),
        span(2, "tool", "ask_worker", 1, 1, 8, status="error", error="below"),
        span(3, "agent", "worker", 2, 1, 8, status="error", error="below"),
        span(4, "tool", "search", 3, 1, 8, status="error", error="timed out"),
    ]
    rows = outline(trace_tree(spans))

    assert [(row.errors, row.word) for row in rows] == [(1, ""), (0, "Error"), (0, "Error"), (0, "Error")]
    assert trace_counts(trace_tree(spans)).errors == 1
    assert first_choice(trace_tree(spans)) == "4"


def test_a_task_that_failed_by_itself_is_not_folded_away() -> None:
    spans = [span(1, "task", "Agent workflow", None, 0, 1, status="error", error="Boom")]

    assert drawn(outline(trace_tree(spans))) == "Run | 1.0 s | Error"


def test_open_spans_of_a_run_at_work_take_time_so_far() -> None:
    spans = [span(1, "agent", "triage", None, 0, None), span(2, "approval", "pay", 1, 2, None, status="waiting")]

    rows = outline(trace_tree(spans), now=START + timedelta(seconds=5))

    assert drawn(rows) == "triage | 5.0 s | At work\n  Approval of pay | 3.0 s | Waiting"


def test_nobody_knows_how_long_lost_spans_took() -> None:
    spans = [span(1, "agent", "billing", None, 0, None, status="lost"), span(2, "tool", "pay", 1, 1, 2)]
    rows = outline(trace_tree(spans))

    assert drawn(rows) == "billing | – | Lost\n  pay | 1.0 s"
    assert "died" in status_note(spans[0], at_work=False)


def test_an_open_span_of_a_run_that_is_over_is_told_so() -> None:
    left_open = span(1, "agent", "billing", None, 0, None)

    assert outline(trace_tree([left_open]))[0].word == "Not ended"
    assert status_note(left_open, at_work=False)
    assert not status_note(left_open, at_work=True)


def test_an_approval_that_nobody_decided_does_not_wait_for_ever() -> None:
    approval = span(1, "approval", "pay", None, 0, None, status="waiting")

    assert outline(trace_tree([approval]))[0].word == "Not decided"
    assert outline(trace_tree([approval]), now=START)[0].word == "Waiting"


def test_a_tripped_guardrail_and_a_continued_agent_are_named() -> None:
    spans = [
        span(3, "task", "Agent workflow", None, 0, 1, segment=1),
        span(4, "agent", "triage", 3, 0, 1, segment=1),
        span(5, "guardrail", "No cards", 4, 0, 1, status="error", error="Tripped"),
    ]

    assert (
        drawn(outline(trace_tree(spans))) == "triage | goes on after a pause | 1.0 s\n  No cards | 1.0 s | Tripped"
    )


def test_spans_whose_parent_is_missing_are_roots() -> None:
    spans = [span(2, "tool", "b", 99, 1, 2), span(1, "tool", "a", None, 0, 1)]

    assert [row.title for row in outline(trace_tree(spans))] == ["a", "b"]


def test_a_thousand_levels_are_no_problem() -> None:
    spans = [span(number, "agent", f"a{number}", number - 1, 0, 1) for number in range(1, 1500)]

    rows = outline(trace_tree(spans))

    assert (len(rows), rows[-1].level) == (1499, 1499)


def test_tokens_that_no_call_told_are_not_zero() -> None:
    spans = [
        span(1, "agent", "a", None, 0, 1),
        span(2, "model", "m", 1, 0, 1, input_tokens=None, output_tokens=7),
        span(3, "agent", "b", None, 0, 1),
        span(4, "model", "m", 3, 0, 1),
    ]

    assert [row.tokens for row in outline(trace_tree(spans))] == ["7", "7", "", ""]


def test_bars_lie_where_the_spans_lie_in_time() -> None:
    spans = [span(1, "agent", "a", None, 0, 4), span(2, "tool", "t", 1, 1, 2)]

    assert [row.bar for row in outline(trace_tree(spans))] == [(0, 100), (25, 25)]


def test_counts_of_a_team() -> None:
    run = SampleRun(None)
    tell_team(run, workers=4, calls=3)
    counts = trace_counts(trace_tree(spans_of(run)))

    assert (counts.agents, counts.models, counts.tools, counts.errors) == (5, 14, 16, 1)


def test_facts_of_a_model_call() -> None:
    call = span(2, "model", "gpt", None, 1, 3, agent="triage", model="openai/gpt", input_tokens=5)

    facts = {fact.name: fact.value for fact in span_facts(call, begin=START, now=None)}

    assert facts == {
        "Agent": "triage",
        "Began": "after 1.0 s",
        "Duration": "2.0 s",
        "Model": "openai/gpt",
        "Tokens": "5 in · – out",
    }
    assert span_title(call) == "Model call gpt"
    assert span_title(span(1, "turn", "Turn 2", None, 0, 1)) == "Turn 2"


def test_nothing_is_at_work_while_the_run_is_paused() -> None:
    spans = [
        span(1, "agent", "triage", None, 0, None),
        span(2, "model", "m", 1, 0, 1),
        span(3, "model", "m", 1, 1, None),
    ]

    rows = outline(trace_tree(spans, paused=True), now=START + timedelta(seconds=60))

    assert [(row.word, row.status, row.duration) for row in rows] == [
        ("Paused", "paused", "–"),
        ("", "ok", "1.0 s"),
        ("Paused", "paused", "–"),
    ]
    at_work = outline(trace_tree(spans), now=START + timedelta(seconds=60))
    assert [row.word for row in at_work] == ["At work", "", "At work"]
