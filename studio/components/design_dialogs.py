"""The dialogs of the Design page."""

import streamlit as st

from studio.components.design_desk import close_desk
from studio.components.errors import errors_shown
from studio.components.notices import notify
from studio.context import core
from studio.editing import Desk
from studio.page_files import page_file

DELETED = "design_deleted"
"""In the tab's memory: id and name of the organization that was deleted last."""


@st.dialog("Save with a note", icon=":material/edit_note:")
def save_with_note(desk: Desk) -> None:
    """Save a revision, name it, and say what it is about."""
    name = st.text_input("Name", max_chars=80, key="save_name", placeholder="Launch")
    note = st.text_input("What is new in this revision?", key="save_note", placeholder="Refunds need approval")
    if st.button("Save revision", type="primary", key="save_note_go"):
        with errors_shown():
            unchanged = not desk.changed
            revision = desk.save(note, name=name)
            notify(
                f"Nothing has changed since revision {revision.number}."
                if unchanged
                else f"Saved as revision {revision.number}."
            )
            st.rerun()


@st.dialog("Discard unsaved changes?", icon=":material/undo:")
def confirm_discard(desk: Desk) -> None:
    """Back to the newest revision."""
    if desk.saved is None:
        st.markdown("Nothing was saved yet, so there is nothing to go back to. Delete the organization instead.")
        return
    st.markdown(f"The canvas goes back to revision {desk.saved.number}. Undo brings your changes back.")
    if st.button("Discard", type="primary", key="discard_go"):
        with errors_shown():
            desk.discard()
            notify(f"Back at revision {desk.saved.number}.")
            st.rerun()


@st.dialog("Delete this organization?", icon=":material/delete:")
def confirm_delete(desk: Desk) -> None:
    """Hide it; the page after it offers to bring it back."""
    name = desk.organization.name
    st.markdown("It goes from all lists. Its runs and their traces stay.")
    if st.button("Delete", type="primary", key="delete_go"):
        with errors_shown():
            core().organizations.delete(desk.organization_id)
            close_desk(desk.organization_id)
            st.session_state[DELETED] = (desk.organization_id, name)
            st.switch_page(page_file("design"), query_params={})
