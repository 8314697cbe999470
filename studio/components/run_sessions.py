"""The conversations of an organization: open, begin, rename, delete."""

from datetime import UTC, datetime

import streamlit as st

from core.records import OrganizationRecord, SessionRecord
from studio.components.errors import errors_shown
from studio.components.run_choice import open_session
from studio.context import core
from studio.view_models.relative_time import relative


def show_sessions(organization: OrganizationRecord, session: SessionRecord | None) -> None:
    """The organization's chooser and its conversations."""
    _choose_organization(organization)
    st.button(
        "New conversation",
        icon=":material/add:",
        width="stretch",
        disabled=session is None,
        on_click=open_session,
        args=(organization.id, None),
    )
    conversations = core().sessions.of(organization.id)
    with st.container(height=480, border=False, key="conversations"):
        for each in conversations:
            _show_entry(organization, each, is_open=session is not None and each.id == session.id)
    if session is not None:
        _show_actions(organization, session)


def _choose_organization(organization: OrganizationRecord) -> None:
    ready = {each.id: each for each in core().organizations.all() if each.latest_revision}
    ready.setdefault(organization.id, organization)
    chosen = st.selectbox(
        "Organization",
        list(ready),
        index=list(ready).index(organization.id),
        format_func=lambda key: ready[key].name,
        key=f"run_organization_{organization.id}",
    )
    if chosen != organization.id:
        open_session(chosen, None)
        st.rerun()


def _show_entry(organization: OrganizationRecord, session: SessionRecord, *, is_open: bool) -> None:
    runs = "1 run" if session.runs == 1 else f"{session.runs} runs"
    st.button(
        session.name,
        key=f"session_{session.id}",
        type="secondary" if is_open else "tertiary",
        width="stretch",
        help=f"{runs}, last used {relative(session.updated_at, datetime.now(UTC))}",
        on_click=open_session,
        args=(organization.id, session.id),
    )


def _show_actions(organization: OrganizationRecord, session: SessionRecord) -> None:
    with st.popover("Rename, delete", icon=":material/more_horiz:", width="stretch"):
        with st.form("rename_session", border=False):
            name = st.text_input("Name", value=session.name, max_chars=80)
            if st.form_submit_button("Rename", icon=":material/edit:"):
                with errors_shown():
                    core().sessions.rename(session.id, name)
                    st.rerun()
        sure = st.checkbox("Delete its history too; runs and traces stay", key=f"sure_{session.id}")
        if st.button("Delete conversation", icon=":material/delete:", disabled=not sure):
            with errors_shown():
                core().sessions.delete(session.id)
                open_session(organization.id, None)
                st.rerun()
