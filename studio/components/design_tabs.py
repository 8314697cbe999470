"""The views of the Design page. The address says which is shown: `?view=revisions`."""

import streamlit as st

from studio.components.address import put_into_address

VIEWS = {
    "canvas": ":material/account_tree: Canvas",
    "code": ":material/code: Code",
    "revisions": ":material/history: Revisions",
}
_CHOSEN = "design_view"
_ADDRESSED = "design_view_addressed"


def design_tabs() -> str:
    """The view that a person chose, the canvas at first."""
    asked = st.query_params.get("view", "canvas")
    # Streamlit forgets the choice while it is not on the page.
    if st.session_state.get(_ADDRESSED) != asked or _CHOSEN not in st.session_state:
        st.session_state[_ADDRESSED] = asked
        st.session_state[_CHOSEN] = asked if asked in VIEWS else "canvas"
    chosen = st.segmented_control(
        "View",
        list(VIEWS),
        format_func=lambda view: VIEWS[view],
        required=True,
        label_visibility="collapsed",
        key=_CHOSEN,
        on_change=_address,
    )
    return chosen or "canvas"


def show_canvas() -> None:
    """Before the views are drawn: show the canvas."""
    st.session_state[_CHOSEN] = "canvas"
    _address()


def _address() -> None:
    # Not by `bind`: it would write the words of the label into the address.
    chosen = st.session_state[_CHOSEN]
    st.session_state[_ADDRESSED] = chosen
    put_into_address("view", "" if chosen == "canvas" else chosen)
