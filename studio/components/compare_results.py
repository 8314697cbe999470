"""What came out of a comparison: the numbers, what differs in the answers, and in the ways there."""

import streamlit as st

from core.ids import utc_now
from core.records import RunRecord
from studio.components.compare_tables import STYLE, inline_diff, measures_table, paths_table, sides_diff
from studio.context import core
from studio.view_models.compare_diff import text_diff
from studio.view_models.compare_paths import Step, first_difference, path_diff, path_text, tool_path
from studio.view_models.compare_table import measure_rows, variant_labels


def show_results(comparison_id: str, *, ended: bool) -> None:
    """Draws everything below the chats, again and again until all runs are over."""
    comparison = core().comparisons.get(comparison_id)
    runs = comparison.runs
    if st.query_params.get("comparison") != comparison_id or all(run.ended for run in runs) != ended:
        st.rerun()
    steps = [tool_path(core().runs.events(run.id)) for run in runs]
    names = variant_labels(runs)
    st.html(STYLE)
    st.subheader("Numbers", anchor=False)
    st.html(measures_table(names, measure_rows(runs, [path_text(path) for path in steps], now=utc_now())))
    if len(runs) > 1:
        _show_differences(runs, names, steps)


def _show_differences(runs: list[RunRecord], names: list[str], steps: list[list[Step]]) -> None:
    st.subheader("Differences", anchor=False)
    left, right = _choose_pair(names)
    if left == right:
        st.caption("Choose two different variants.")
        return
    _show_answers(runs[left], runs[right], names[left], names[right])
    rows = path_diff(steps[left], steps[right])
    st.markdown("**Tool path**")
    if rows:
        st.caption(first_difference(rows) or "Both took the same way.")
        st.html(paths_table(rows, names[left], names[right]))
    else:
        st.caption("Neither has taken a step yet.")


def _choose_pair(names: list[str]) -> tuple[int, int]:
    if len(names) == 2:
        return 0, 1
    numbers = list(range(len(names)))
    with st.container(horizontal=True, gap="small"):
        left = st.selectbox("From", numbers, format_func=names.__getitem__, key="diff_left", width=320)
        right = st.selectbox("To", numbers, index=1, format_func=names.__getitem__, key="diff_right", width=320)
    return left, right


def _show_answers(left: RunRecord, right: RunRecord, left_name: str, right_name: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("**Final output**", width="content")
        view = st.segmented_control(
            "Show the difference",
            ["Inline", "Side by side"],
            default="Inline",
            required=True,
            key="diff_view",
            label_visibility="collapsed",
        )
    if left.output is None or right.output is None:
        missing = left_name if left.output is None else right_name
        st.caption(
            f"{missing.partition(' · ')[0]} has no final output"
            + (" yet." if not _both_over(left, right) else ".")
        )
        return
    diff = text_diff(left.output, right.output)
    if diff.same:
        st.caption("Both answers are the same, letter by letter.")
        return
    how = "line by line" if diff.by_lines else "word by word"
    cut = " Only the first 200,000 characters were compared." if diff.cut else ""
    st.caption(
        f"{diff.alike:.0%} alike, compared {how}: struck out is only in the first, "
        f"underlined only in the second.{cut}"
    )
    st.html(inline_diff(diff) if view == "Inline" else sides_diff(diff, left_name, right_name))


def _both_over(left: RunRecord, right: RunRecord) -> bool:
    return left.ended and right.ended
