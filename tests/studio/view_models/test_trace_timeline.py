"""The timeline: lanes by agent, parallel calls below each other, long waits cut."""

from datetime import timedelta

import pytest

from studio.view_models.trace_clock import TraceClock, ticks, trace_clock
from studio.view_models.trace_figure import LOOKS, figure_height, timeline_figure
from studio.view_models.trace_timeline import Timeline, timeline
from studio.view_models.trace_tree import trace_tree
from tests.support.sample_spans import span, spans_of
from tests.support.sample_stories import tell_refund, tell_team
from tests.support.sample_trace import START, SampleRun


def team(workers: int = 2, calls: int = 2) -> Timeline:
    run = SampleRun(None)
    tell_team(run, workers=workers, calls=calls)
    found = timeline(trace_tree(spans_of(run)))
    assert found is not None
    return found


def slow_refund(days: float) -> Timeline:
    run = SampleRun(None)
    tell_refund(run, decided_after=days * 86_400)
    found = timeline(trace_tree(spans_of(run)))
    assert found is not None
    return found


def clock_of(*spans: object, now: float | None = None) -> TraceClock:
    found = trace_clock(list(spans), now=None if now is None else START + timedelta(seconds=now))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_lanes_are_agents_and_parallel_calls_have_rows_of_their_own() -> None:
    found = team(workers=2, calls=2)

    assert [(lane.agent, lane.first, lane.rows) for lane in found.lanes] == [
        ("manager", 0, 2),
        ("worker_1", 2, 1),
        ("worker_2", 3, 1),
    ]
    assert [(bar.title, bar.row, round(bar.start), round(bar.width)) for bar in found.bars if bar.row < 2] == [
        ("rehearsal", 0, 0, 1),
        ("ask_worker_1", 0, 1, 16),
        ("ask_worker_2", 1, 1, 16),
        ("rehearsal", 0, 18, 2),
    ]


def test_failures_look_different_and_say_why() -> None:
    failed = [bar for bar in team().bars if bar.look == "error"]

    assert [bar.lines for bar in failed] == [
        ["Tool call · Error", "4.8 s, from 12.20 s", "The search timed out after 5 s."]
    ]


def test_a_long_wait_for_a_person_is_cut_and_told() -> None:
    found = slow_refund(days=2)

    assert len(found.clock.cuts) == 1
    assert found.clock.cuts[0].seconds == pytest.approx(2 * 86_400)
    assert found.clock.width < 6
    approval = next(bar for bar in found.bars if bar.look == "waiting")
    assert approval.start == pytest.approx(found.clock.cuts[0].start)


def test_a_short_wait_is_drawn_as_it_was() -> None:
    found = slow_refund(days=1 / 86_400)

    assert not found.clock.cuts
    assert found.clock.width == pytest.approx(4.9)


def test_places_after_a_cut_go_on_at_true_length() -> None:
    clock = clock_of(span(1, "tool", "a", None, 0, 2), span(2, "tool", "b", None, 102, 104))

    assert clock.place_of(1) == 1
    assert clock.place_of(2) == 2
    assert clock.place_of(104) - clock.place_of(103) == pytest.approx(1)
    assert 2 < clock.place_of(50) < clock.place_of(102) < 3


def test_ticks_are_round_and_start_again_after_a_cut() -> None:
    clock = clock_of(span(1, "tool", "a", None, 0, 2), span(2, "tool", "b", None, 102, 104))

    assert [(seconds, after) for _, seconds, after in ticks(clock, wanted=4)] == [
        (0, False),
        (2, False),
        (2, True),
    ]


def test_what_goes_on_reaches_up_to_now() -> None:
    clock = clock_of(span(1, "model", "m", None, 0, None), now=6)

    assert clock.width == 6
    assert not clock.cuts


def test_an_empty_trace_has_no_axis() -> None:
    assert trace_clock([]) is None
    assert timeline(trace_tree([span(1, "agent", "a", None, 0, 1)])) is None


def test_a_moment_without_length_can_be_drawn() -> None:
    found = timeline(trace_tree([span(1, "handoff", "a → b", None, 0, 0)]))

    assert found is not None
    assert found.bars[0].width > 0


def test_every_bar_can_be_clicked_and_the_chosen_one_is_framed() -> None:
    found = team()
    chosen = found.bars[3]

    figure = timeline_figure(found, selected=chosen.id)

    ids = {values[0] for trace in figure["data"] for values in trace["customdata"]}
    assert ids == {bar.id for bar in found.bars}
    frames = [shape for shape in figure["layout"]["shapes"] if shape["line"]["width"] == 2.5]
    assert [frame["x0"] for frame in frames] == [chosen.start]
    assert figure["layout"]["height"] == figure_height(found)


def test_states_differ_by_pattern_and_words_not_by_colour_alone() -> None:
    states = [LOOKS[name] for name in ("waiting", "open", "error", "cancelled", "lost")]

    assert len({look.pattern for look in states}) == len(states)
    assert all(look.pattern for look in states)
    assert len({look.word for look in LOOKS.values()}) == len(LOOKS)


def test_names_are_cut_to_their_bars_and_are_no_markup() -> None:
    spans = [span(1, "tool", "<b>x</b>", None, 0, 9), span(2, "tool", "a_long_name", None, 9, 10)]
    found = timeline(trace_tree(spans))
    assert found is not None

    texts = timeline_figure(found)["data"][0]["text"]

    assert texts == ["&lt;b&gt;x&lt;/b&gt;", "a_lon…"]


def test_a_thousand_spans_take_no_time() -> None:
    found = team(workers=25, calls=13)

    assert len(found.bars) > 650
    assert figure_height(found) <= 1400
