"""A list of runs or comparisons as a table of links; a click opens one without loading the page anew."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


def run_list(
    rows: list[dict[str, Any]], columns: Mapping[str, str], *, link: str, key: str, on_open: Callable[[str], None]
) -> None:
    """Draws rows of `run_rows` or `comparison_rows` with `columns` (names to titles). The column `link` holds
    links; `on_open` is called with the id of the row to show."""

    def opened() -> None:
        run_id = st.session_state[key].get("opened")
        if run_id:
            on_open(str(run_id))

    _component()(key=key, data={"rows": rows, "columns": dict(columns), "link": link}, on_opened_change=opened)


@cache
def _component() -> ComponentRenderer:
    here = Path(__file__)
    return st.components.v2.component(
        "run_list", js=here.with_suffix(".js").read_text(), css=here.with_suffix(".css").read_text()
    )
