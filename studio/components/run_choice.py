"""Which organization and which conversation the Run page is about, kept in the address."""

import streamlit as st

from core.errors import NotFoundError
from core.records import OrganizationRecord, SessionRecord
from studio.context import core


def chosen_organization() -> OrganizationRecord | None:
    """The organization of the address, else the last changed one that can run; None when there is none."""
    wanted = st.query_params.get("organization")
    if wanted is not None:
        return core().organizations.get(wanted)
    session_id = st.query_params.get("session")
    if session_id is not None:
        return core().organizations.get(core().sessions.get(session_id).organization_id)
    ready = [organization for organization in core().organizations.all() if organization.latest_revision]
    if not ready:
        return None
    st.query_params["organization"] = ready[0].id
    return ready[0]


def chosen_session(organization_id: str) -> SessionRecord | None:
    """The conversation of the address; None for one that is about to begin."""
    wanted = st.query_params.get("session")
    if wanted is None:
        return None
    try:
        session = core().sessions.get(wanted)
    except NotFoundError:
        # A deleted conversation in an old link: begin a new one instead of failing.
        del st.query_params["session"]
        return None
    return session if session.organization_id == organization_id else None


def open_session(organization_id: str, session_id: str | None) -> None:
    """Go to another conversation (None for a new one)."""
    st.query_params.from_dict({"organization": organization_id} | ({"session": session_id} if session_id else {}))
