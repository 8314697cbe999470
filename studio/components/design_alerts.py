"""What stands above the canvas when something needs a person: a conflict, or a change that was refused."""

import streamlit as st

from studio.components.design_desk import notify
from studio.components.errors import show_error
from studio.editing import Desk
from studio.page_files import page_file


def design_alerts(desk: Desk) -> None:
    """Always one keyed container, so that the canvas below it stays where it is."""
    with st.container(key="design_alerts", gap="small"):
        if desk.conflict is not None:
            _conflict(desk)
        if desk.refused is not None:
            show_error(desk.refused)


def _conflict(desk: Desk) -> None:
    st.warning(
        "**This organization was edited in another tab.** Nothing was overwritten: the other edits are stored, "
        "yours since then are on this canvas only.",
        icon=":material/sync_problem:",
    )
    with st.container(horizontal=True):
        st.button(
            "Load the other edits",
            icon=":material/sync:",
            key="conflict_load",
            help="Undo brings yours back.",
            on_click=desk.load_theirs,
        )
        if st.button("Keep mine as a copy", icon=":material/content_copy:", key="conflict_copy"):
            copy_id = desk.keep_as_copy()
            notify("Your edits are in this copy now.")
            st.switch_page(page_file("design"), query_params={"organization": copy_id})
