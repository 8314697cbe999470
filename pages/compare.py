"""Compare: one input, two to four variants, side by side."""

import streamlit as st

from core.errors import NotFoundError
from core.ids import utc_now
from studio.components.compare_form import show_form
from studio.components.compare_view import show_comparison
from studio.components.errors import show_error
from studio.components.run_list import run_list
from studio.context import core
from studio.view_models.compare_rows import COLUMNS, comparison_rows
from studio.view_models.relative_time import zone_named


def open_comparison(chosen: str) -> None:
    """Go to a comparison."""
    st.query_params["comparison"] = chosen


comparison_id = st.query_params.get("comparison", "")
missing = None
if comparison_id:
    try:
        show_comparison(core().comparisons.get(comparison_id))
        st.stop()
    except NotFoundError as error:
        missing = error

st.title("Compare")
if missing is not None:
    show_error(missing)
st.markdown("Give one input to several variants at the same time and see what differs.")
show_form()
earlier = core().comparisons.recent()
if earlier:
    st.subheader("Earlier comparisons", anchor=False)
    rows = comparison_rows(earlier, now=utc_now(), zone=zone_named(st.context.timezone))
    run_list(rows, COLUMNS, link="input", key="comparisons_table", on_open=open_comparison)
