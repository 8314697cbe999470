"""The trace of a run: three views of the same spans, and the chosen span beside them."""

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from core.records import RunRecord, SpanRecord
from studio.components.fork_dialog import ADDRESS as FORK
from studio.components.trace_graph import show_graph
from studio.components.trace_outline import trace_outline
from studio.components.trace_span import show_span
from studio.components.trace_timeline import show_timeline
from studio.context import core
from studio.view_models.numbers import counted
from studio.view_models.relative_time import zone_named
from studio.view_models.trace_outline import OutlineRow, outline
from studio.view_models.trace_span import first_choice
from studio.view_models.trace_tree import TraceTree, trace_counts, trace_tree

VIEWS = {
    "outline": ":material/account_tree: Outline",
    "timeline": ":material/view_timeline: Timeline",
    "graph": ":material/hub: Graph",
}
STYLE = """<style>
.st-key-trace_desk { container-type: inline-size; }
@container (max-width: 46rem) {
  .st-key-trace_desk > div > [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-trace_desk > div > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"] { min-width: 100%; }
}
</style>"""
"""In a narrow page the chosen span stands below, not beside."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What the views draw; `total` counts the spans that there are."""

    tree: TraceTree
    total: int
    rows: list[OutlineRow]


def show_trace(run: RunRecord, *, now: datetime) -> None:
    """Everything that was recorded of a run."""
    replayed = run.cassette_id is not None
    trace = (
        _ended_trace(run.id, run.ended_at, replayed=replayed)
        if run.ended
        else _read(run.id, now=now, paused=run.status == "paused", replayed=replayed)
    )
    tree = trace.tree
    if not tree.spans:
        _show_nothing(run)
        return
    going_on = None if run.ended else now
    view = _choose_view(tree)
    if trace.total > len(tree.spans):
        st.warning(
            f"The first {len(tree.spans):,} of {trace.total:,} spans are shown. “Export” has every event.",
            icon=":material/content_cut:",
        )
    if view == "graph":
        show_graph(tree)
        return
    chosen = _chosen_span(tree)
    st.html(STYLE)
    with st.container(key="trace_desk"):
        left, right = st.columns([3, 2], gap="medium")
    with left, st.container(key="trace_picture"):
        selected = chosen.id if chosen else None
        if view == "timeline":
            show_timeline(tree, key=f"timeline_{run.id}", selected=selected, now=going_on, on_select=_choose_span)
        else:
            trace_outline(trace.rows, key=f"outline_{run.id}", selected=selected, on_select=_choose_span)
    if chosen is not None:
        with right:
            show_span(
                chosen, run, begin=tree.spans[0].started_at, now=going_on, zone=zone_named(st.context.timezone)
            )


@st.cache_resource(max_entries=4, show_spinner=False)
def _ended_trace(run_id: str, ended_at: datetime | None, *, replayed: bool) -> Trace:
    # Nothing is added to a run that is over, before it is tried again, which gives it another end; a large trace
    # takes a second to read and arrange.
    return _read(run_id, now=None, replayed=replayed)


def _read(run_id: str, *, now: datetime | None, paused: bool = False, replayed: bool) -> Trace:
    spans, total = core().traces.spans(run_id)
    tree = trace_tree(spans, paused=paused)
    return Trace(tree, total, outline(tree, now=now, replayed=replayed))


def _show_nothing(run: RunRecord) -> None:
    if run.ended:
        st.info("Nothing was recorded of this run: it ended before an agent came to work.")
    else:
        st.info("Nothing to see yet. The trace appears here while the run goes on.", icon=":material/schedule:")


def _choose_view(tree: TraceTree) -> str:
    view = st.query_params.get("view", "outline")
    view = view if view in VIEWS else "outline"
    if st.session_state.get("trace_view") != view:
        st.session_state.trace_view = view
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.segmented_control(
            "View",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            key="trace_view",
            required=True,
            label_visibility="collapsed",
            on_change=_keep_view,
        )
        st.markdown(f":small[{_summary(tree)}]", width="content")
    return view


def _keep_view() -> None:
    # Nothing is chosen while the browser still builds the field.
    if st.session_state.trace_view:
        st.query_params["view"] = st.session_state.trace_view


def _summary(tree: TraceTree) -> str:
    counts = trace_counts(tree)
    parts = [
        counted(counts.agents, "agent"),
        counted(counts.models, "model call"),
        counted(counts.tools, "tool call"),
    ]
    if counts.errors:
        parts.append(f":red[{counted(counts.errors, 'failure')}]")
    return " · ".join(parts)


def _chosen_span(tree: TraceTree) -> SpanRecord | None:
    wanted, call = st.query_params.get("span"), st.query_params.get(FORK)
    by_id = {span.id: span for span in tree.spans}
    forked = next((span for span in tree.spans if call and span.kind == "model" and span.call_id == call), None)
    return forked or by_id.get(wanted or "") or by_id.get(first_choice(tree) or "")


def _choose_span(span_id: str) -> None:
    st.query_params["span"] = span_id
