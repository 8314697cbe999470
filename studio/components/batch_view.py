"""One batch: how far it is, what can be done with it, and what came out of its rows."""

import streamlit as st

from core.errors import NotFoundError
from core.ids import utc_now
from core.records import BatchRecord
from studio.components.address import put_into_address
from studio.components.batch_actions import show_actions
from studio.components.batch_progress import progress_bar
from studio.components.list_fields import ALL, word_field
from studio.components.paging import choose_page, page_asked_for
from studio.components.run_header import STYLE, fact_list
from studio.components.run_list import run_list
from studio.context import core
from studio.page_files import page_file
from studio.view_models.batch_progress import batch_progress
from studio.view_models.batch_rows import ROW_COLUMNS, line_rows, offered
from studio.view_models.markdown import plain
from studio.view_models.numbers import count
from studio.view_models.relative_time import exact, relative, zone_named
from studio.view_models.run_rows import Fact, one_line

SIZE = 50


def show_batch(batch_id: str) -> None:
    """Everything about a batch; drawn again when the bar notices that rows have changed."""
    if st.query_params.get("batch") != batch_id:
        st.rerun()
    try:
        batch = core().batches.get(batch_id)
    except NotFoundError:
        # It was deleted, here or in another tab.
        st.rerun()
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.button("All batches", icon=":material/arrow_back:", type="tertiary", key="all_batches", on_click=_back)
        with st.container(horizontal=True, horizontal_alignment="right", gap="small", width="content"):
            show_actions(batch)
    st.title(plain(batch.name), anchor=False)
    _show_state(batch)
    progress = batch_progress(batch, core().batches.pace(batch))
    progress_bar(f"batches/{batch.id}", progress, key=f"batch_progress_{batch.id}")
    _show_rows(batch)


def _show_state(batch: BatchRecord) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if batch.counts.simulated:
            st.badge(
                "simulated",
                icon=":material/science:",
                color="gray",
                help="Some answers came from the rehearsal model, which follows rules and understands nothing.",
            )
        st.page_link(
            page_file("design"),
            label=plain(f"{batch.organization_name} · r{batch.revision_number}"),
            icon=":material/account_tree:",
            query_params={"organization": batch.organization_id},
        )
        if batch.counts.waiting:
            st.page_link(page_file("approvals"), label="Decide what waits", icon=":material/pan_tool:")
    if batch.stop_reason:
        st.warning(f"It was stopped: {plain(batch.stop_reason)}", icon=":material/pause_circle:")
    st.html(STYLE + fact_list(_facts(batch)))


def _facts(batch: BatchRecord) -> list[Fact]:
    counts = batch.counts
    zone = zone_named(st.context.timezone)
    return [
        Fact("Started", relative(batch.created_at, utc_now()), exact(batch.created_at, zone)),
        Fact("At the same time", count(batch.concurrency)),
        Fact("Model", batch.model or "as designed"),
        Fact("Tokens", f"{counts.input_tokens:,} in · {counts.output_tokens:,} out"),
        Fact("Input", one_line(batch.template, 60), batch.template),
    ]


def _show_rows(batch: BatchRecord) -> None:
    status = _choose_status(batch)
    wanted = None if status == ALL else status
    found = page_asked_for(lambda number: core().batches.lines(batch, status=wanted, number=number, size=SIZE))
    if not found.rows:
        st.caption("No row is like that at the moment.")
        return
    rows = line_rows(found.rows, now=utc_now())
    run_list(rows, ROW_COLUMNS, link="input", key="batch_rows", on_open=_open_run)
    choose_page(found, key=f"batch_page_{batch.id}_{status}")
    run_id = st.session_state.pop("batch_open_run", None)
    if run_id:
        st.switch_page(page_file("runs"), query_params={"run": run_id})


def _choose_status(batch: BatchRecord) -> str:
    words = offered(batch.counts, st.query_params.get("status", ALL))
    return word_field("status", "Status", words, key="batch_status")


def _open_run(run_id: str) -> None:
    st.session_state["batch_open_run"] = run_id


def _back() -> None:
    put_into_address("batch", "")
    for name in ("status", "page"):
        st.query_params.pop(name, None)
