"""The timeline of a trace; a click on a bar chooses its span."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from studio.view_models.trace_figure import figure_height, timeline_figure
from studio.view_models.trace_timeline import timeline
from studio.view_models.trace_tree import TraceTree


def show_timeline(
    tree: TraceTree, *, key: str, selected: str | None, now: datetime | None, on_select: Callable[[str], None]
) -> None:
    """Bars in lanes by agent; `on_select` is called with the id of the span that a person chose."""
    shown = timeline(tree, now=now)
    if shown is None:
        st.info("Nothing was called yet.", icon=":material/hourglass_empty:")
        return

    def chosen() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points:
            on_select(str(points[0]["customdata"][0]))

    dark = st.context.theme.type == "dark"
    st.plotly_chart(
        timeline_figure(shown, selected=selected, dark=dark),
        key=key,
        height=figure_height(shown),
        on_select=chosen,
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset"},
        alt="Timeline of model calls, tool calls and waits, by agent",
    )
    if shown.total > len(shown.bars):
        st.caption(
            f"The first {len(shown.bars):,} of {shown.total:,} calls are drawn; the outline has all of them."
        )
    if shown.clock.cuts:
        st.caption("Grey strips are waits that are drawn shorter than they were.")
