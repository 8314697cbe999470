"""The desks of this browser tab, one for each organization it works on."""

from pathlib import Path

import streamlit as st

from studio.components.notices import notify
from studio.context import core
from studio.editing import Desk, desk_for

STYLE = Path(__file__).with_name("design.css")


def open_desk(organization_id: str, node: str = "") -> Desk:
    """The desk with what is stored on it; `node` (of the address) is selected, and shown in the middle. Raises
    NotFoundError."""
    key = _key(organization_id)
    desk: Desk | None = st.session_state.get(key)
    if desk is None:
        desk = desk_for(core().organizations, organization_id)
        st.session_state[key] = desk
    elif desk.catch_up():
        notify("Edits from another tab were loaded. Undo brings back what was here.")
    if st.session_state.get(_addressed(desk), "") != node:
        st.session_state[_addressed(desk)] = node
        if node:
            _show(desk, node)
    return desk


def leave_address(desk: Desk) -> None:
    """Take the node out of the address when something else was selected: a link to it leads there again then."""
    if st.query_params.get("node", desk.selected) != desk.selected:
        st.session_state[_addressed(desk)] = ""
        del st.query_params["node"]


def _show(desk: Desk, node: str) -> None:
    desk.select(node)
    if desk.selected:
        desk.tell("show", desk.selected)
    else:
        notify(f"There is no “{node}” here any more.")


def close_desk(organization_id: str) -> None:
    """Forget what this tab holds of an organization."""
    st.session_state.pop(_key(organization_id), None)


def _addressed(desk: Desk) -> str:
    return f"{_key(desk.organization_id)}_node"


def _key(organization_id: str) -> str:
    return f"desk_{organization_id}"
