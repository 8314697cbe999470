"""Runs: the list with its filters, or one run with its trace."""

import streamlit as st

from core.errors import NotFoundError
from core.ids import utc_now
from studio.components.errors import show_error
from studio.components.fork_dialog import is_forking, show_fork
from studio.components.paging import choose_page, page_asked_for
from studio.components.run_header import show_run_header
from studio.components.run_list import run_list
from studio.components.run_list_filters import choose_filter
from studio.components.trace_view import show_trace
from studio.context import core
from studio.page_files import page_file
from studio.view_models.relative_time import zone_named
from studio.view_models.run_rows import AT_WORK, COLUMNS, run_rows

NO_RUNS = "No runs yet. Design an organization or start from a pattern, then press Run."
NO_FIT = "No run fits. Choose another status or organization, clear the search, or show the runs of batches, too."


def show_list() -> None:
    """The runs that fit the filters; a change of who works starts the page anew."""
    if "run" in st.query_params:
        st.rerun()
    if not core().runs.counts(batches=True):
        st.info(NO_RUNS, icon=":material/play_circle:")
        st.page_link(page_file("patterns"), label="Choose a pattern", icon=":material/category:")
        return
    wanted = choose_filter()
    found = page_asked_for(lambda number: core().runs.page(wanted, number=number))
    if not found.rows:
        st.info(NO_FIT, icon=":material/filter_alt_off:")
        return
    rows = run_rows(found.rows, now=utc_now(), zone=zone_named(st.context.timezone))
    run_list(rows, COLUMNS, link="input", key="runs_table", on_open=open_run)
    choose_page(found, key=f"runs_page_{wanted}")


def show_run() -> None:
    """One run, drawn again until it is over, or somebody fills the dialog."""
    run = core().runs.get(run_id)
    if st.query_params.get("run") != run_id or (run.ended, is_forking()) != (ended, forking):
        st.rerun()
    show_run_header(run, now=utc_now())
    show_trace(run, now=utc_now())
    show_fork(run)


def open_run(chosen: str) -> None:
    """Go to a run; the filters stay in the address for the way back."""
    st.query_params["run"] = chosen


run_id = st.query_params.get("run", "")
if not run_id:
    st.title("Runs")
    working = any(core().runs.counts(batches=True).get(status) for status in AT_WORK)
    st.fragment(show_list, run_every=2 if working else 30)()
    st.stop()
try:
    ended, forking = core().runs.get(run_id).ended, is_forking()
    st.fragment(show_run, run_every=None if ended or forking else 1.5)()
except NotFoundError as error:
    st.title("Runs")
    show_error(error)
    st.page_link(page_file("runs"), label="All runs", icon=":material/arrow_back:")
