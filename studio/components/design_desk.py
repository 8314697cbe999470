"""The desks of this browser tab, one for each organization it works on."""

from pathlib import Path

import streamlit as st

from studio.components.notices import notify
from studio.context import core
from studio.editing import Desk, desk_for

STYLE = Path(__file__).with_name("design.css")


def open_desk(organization_id: str, node: str = "") -> Desk:
    """The desk with what is stored on it; `node` (of the address) is selected once. Raises NotFoundError."""
    key = _key(organization_id)
    desk: Desk | None = st.session_state.get(key)
    if desk is None:
        desk = desk_for(core().organizations, organization_id)
        st.session_state[key] = desk
    elif desk.catch_up():
        notify("Edits from another tab were loaded. Undo brings back what was here.")
    addressed = f"{key}_node"
    if st.session_state.get(addressed) != node:
        st.session_state[addressed] = node
        desk.select(node)
    return desk


def close_desk(organization_id: str) -> None:
    """Forget what this tab holds of an organization."""
    st.session_state.pop(_key(organization_id), None)


def _key(organization_id: str) -> str:
    return f"desk_{organization_id}"
