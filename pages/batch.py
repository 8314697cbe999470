"""Batch: one organization over a table of inputs."""

import streamlit as st

from core.errors import NotFoundError
from core.ids import utc_now
from studio.components.batch_form import show_form
from studio.components.batch_view import show_batch
from studio.components.errors import show_error
from studio.components.paging import choose_page, page_asked_for
from studio.components.run_list import run_list
from studio.context import core
from studio.view_models.batch_rows import LIST_COLUMNS, batch_rows
from studio.view_models.relative_time import zone_named


def open_batch(chosen: str) -> None:
    """Go to a batch."""
    st.query_params.from_dict({"batch": chosen})


batch_id = st.query_params.get("batch", "")
missing = None
if batch_id:
    try:
        core().batches.get(batch_id)
        st.fragment(show_batch)(batch_id)
        st.stop()
    except NotFoundError as error:
        missing = error

st.title("Batch")
if missing is not None:
    show_error(missing)
st.markdown(
    "Run an organization over all rows of a table, a few at the same time. A row that fails stops no other."
)
show_form()
earlier = page_asked_for(lambda number: core().batches.page(number=number))
if earlier.total:
    st.subheader("Batches", anchor=False)
    rows = batch_rows(earlier.rows, now=utc_now(), zone=zone_named(st.context.timezone))
    run_list(rows, LIST_COLUMNS, link="input", key="batches_table", on_open=open_batch)
    choose_page(earlier, key="batches_page")
