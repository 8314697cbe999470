"""A comparison: the variants side by side, live, and below them what differs."""

import streamlit as st

from core.records import ComparisonRecord, RunRecord
from studio.components.compare_form import fill_form
from studio.components.compare_results import show_results
from studio.components.decisions import decide, show_decision_errors
from studio.components.errors import errors_shown
from studio.components.live_chat import LiveRun, OpenTrace, live_chat
from studio.context import core
from studio.page_files import page_file
from studio.view_models.compare_form import choice_of, variant_of
from studio.view_models.compare_table import variant_labels
from studio.view_models.markdown import plain
from studio.view_models.run_rows import model_words, one_line

CHAT_HEIGHT = 420
SECONDS_BETWEEN_LOOKS = 5
"""The chats above are live and tell when a run is over; reading all events more often would slow them."""
NARROWEST = 240
"""Pixels; more variants than fit beside each other stand below."""
TITLE_LENGTH = 110


def show_comparison(comparison: ComparisonRecord) -> None:
    """Everything about a comparison."""
    _show_bar(comparison)
    st.title(plain(one_line(comparison.input, TITLE_LENGTH)), anchor=False)
    if len(comparison.input) > TITLE_LENGTH or "\n" in comparison.input.strip():
        with st.expander("Input", icon=":material/chat:"):
            st.text(comparison.input)
    show_decision_errors()
    grid = st.grid(len(comparison.runs), min_column_width=NARROWEST)
    for label, run in zip(variant_labels(comparison.runs), comparison.runs, strict=True):
        with grid.cell():
            _show_variant(run, label)
    ended = all(run.ended for run in comparison.runs)
    st.fragment(show_results, run_every=None if ended else SECONDS_BETWEEN_LOOKS)(comparison.id, ended=ended)


def _show_variant(run: RunRecord, label: str) -> None:
    simulated = " · :material/science: simulated" if run.simulated else ""
    st.markdown(f"**{plain(label)}**  \n:small[Model {plain(model_words(run))}{simulated}]")
    with st.container(key=f"compare_column_{run.id}"):
        shown = LiveRun.of(run)
        change = live_chat(
            [shown], key=f"compare_chat_{run.id}", compact=True, height=CHAT_HEIGHT, on_decision=decide
        )
    if isinstance(change, OpenTrace):
        st.switch_page(page_file("runs"), query_params={"run": change.run_id})


def _show_bar(comparison: ComparisonRecord) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.button(
            "All comparisons", icon=":material/arrow_back:", type="tertiary", key="all_comparisons", on_click=_back
        )
        with st.container(horizontal=True, horizontal_alignment="right", gap="small", width="content"):
            _show_actions(comparison)


def _show_actions(comparison: ComparisonRecord) -> None:
    going = [run for run in comparison.runs if not run.ended]
    if going and st.button("Stop all", icon=":material/stop_circle:", key="compare_stop"):
        with errors_shown():
            for run in going:
                core().runs.stop(run.id, by="studio")
            st.rerun()
    st.button(
        "Change",
        icon=":material/edit:",
        key="compare_change",
        help="Opens the form with this input and these variants.",
        on_click=_change,
        args=(comparison,),
    )
    if st.button(
        "Run again", icon=":material/replay:", key="compare_again", help="The same input and the same variants."
    ):
        with errors_shown():
            variants = [variant_of(run) for run in comparison.runs]
            st.query_params["comparison"] = core().comparisons.start(comparison.input, variants)
            st.rerun()


def _change(comparison: ComparisonRecord) -> None:
    fill_form(comparison.input, [choice_of(run) for run in comparison.runs])
    _back()


def _back() -> None:
    st.query_params.pop("comparison", None)
