"""The outline of a trace as a tree in which one line is selected."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from studio.view_models.trace_kinds import KINDS
from studio.view_models.trace_outline import OutlineRow


def trace_outline(
    rows: Sequence[OutlineRow], *, key: str, selected: str | None, on_select: Callable[[str], None]
) -> None:
    """Draws the lines; `on_select` is called with the id of the span that a person chose."""

    def chosen() -> None:
        span_id = st.session_state[key].get("chosen")
        if span_id:
            on_select(str(span_id))

    _component()(
        key=key,
        data={
            "fields": OutlineRow.__slots__,
            "rows": [row.data() for row in rows],
            "icons": {kind: look.icon for kind, look in KINDS.items()},
            "selected": selected,
        },
        on_chosen_change=chosen,
    )


@cache
def _component() -> ComponentRenderer:
    here = Path(__file__)
    return st.components.v2.component(
        "trace_outline", js=here.with_suffix(".js").read_text(), css=here.with_suffix(".css").read_text()
    )
