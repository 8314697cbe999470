"""The conversations of an organization: open, begin, find, export, rename, delete."""

from datetime import UTC, datetime

import streamlit as st

from core.errors import NotFoundError
from core.records import OrganizationRecord, SessionRecord
from studio.components.errors import errors_shown
from studio.components.run_choice import open_session
from studio.context import core
from studio.view_models.distinct import organization_names
from studio.view_models.markdown import plain
from studio.view_models.relative_time import relative

PAGE = 30
SEARCHED_FROM = 8
"""With fewer conversations there is nothing to look for."""


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
    _show_list(organization, session)
    if session is not None:
        _show_actions(organization, session)


def _show_list(organization: OrganizationRecord, session: SessionRecord | None) -> None:
    """The newest conversations, or those that were looked for; more on demand."""
    searched = st.session_state.get(_search_key(organization), "")
    shown = st.session_state.get(_shown_key(organization), PAGE)
    found = core().sessions.page(organization.id, text=searched, size=shown)
    if searched or found.total > SEARCHED_FROM:
        st.text_input(
            "Find a conversation",
            label_visibility="collapsed",
            placeholder="Find a conversation",
            icon=":material/search:",
            key=_search_key(organization),
        )
    with st.container(height=480, border=False, key="conversations"):
        for each in found.rows:
            _show_entry(organization, each, is_open=session is not None and each.id == session.id)
        if searched and not found.rows:
            st.caption("No conversation has this in its name or its messages.")
        if found.total > len(found.rows):
            st.button(
                f"Show more ({found.total - len(found.rows):,})",
                type="tertiary",
                width="stretch",
                key="more_conversations",
                on_click=_show_more,
                args=(organization, shown + PAGE),
            )


def _search_key(organization: OrganizationRecord) -> str:
    return f"find_conversation_{organization.id}"


def _shown_key(organization: OrganizationRecord) -> str:
    return f"shown_conversations_{organization.id}"


def _show_more(organization: OrganizationRecord, number: int) -> None:
    st.session_state[_shown_key(organization)] = number


def _choose_organization(organization: OrganizationRecord) -> None:
    ready = {each.id: each for each in core().organizations.all() if each.latest_revision}
    ready.setdefault(organization.id, organization)
    chosen = st.selectbox(
        "Organization",
        list(ready),
        index=list(ready).index(organization.id),
        format_func=organization_names(ready.values()).__getitem__,
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
        icon=":material/call_split:" if session.parent_id else None,
        type="secondary" if is_open else "tertiary",
        width="stretch",
        help=f"{runs}, last used {relative(session.updated_at, datetime.now(UTC))}",
        on_click=open_session,
        args=(organization.id, session.id),
    )


def _show_actions(organization: OrganizationRecord, session: SessionRecord) -> None:
    _show_parent(organization, session)
    with st.popover("Export", icon=":material/download:", width="stretch", key="export_session"):
        _show_exports(session)
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


def _show_parent(organization: OrganizationRecord, session: SessionRecord) -> None:
    if session.parent_id is None:
        return
    try:
        parent = core().sessions.get(session.parent_id)
    except NotFoundError:
        st.caption(":material/call_split: Forked from a conversation that was deleted.")
        return
    st.button(
        f"Forked from {plain(parent.name)}",
        icon=":material/call_split:",
        type="tertiary",
        key="parent_session",
        on_click=open_session,
        args=(organization.id, parent.id),
    )


def _show_exports(session: SessionRecord) -> None:
    services = core()
    st.download_button(
        "To read, as Markdown",
        lambda: services.sessions.export(session.id).as_markdown(),
        file_name=f"{session.id}.md",
        mime="text/markdown",
        icon=":material/article:",
        on_click="ignore",
    )
    st.download_button(
        "All items as JSON",
        lambda: services.sessions.export(session.id).as_json(),
        file_name=f"{session.id}.json",
        mime="application/json",
        icon=":material/data_object:",
        on_click="ignore",
    )
