"""What stands above the canvas when something needs a person: a conflict, or a change that was refused."""

import streamlit as st

from core.errors import TroupeError
from core.organization.diff import difference, statements
from core.organization.spec import Organization
from studio.components.errors import show_error
from studio.components.file_import import import_notes
from studio.components.notices import notify
from studio.editing import Desk
from studio.page_files import page_file
from studio.view_models.design_text import markdown_safe
from studio.view_models.revision_words import short_list


def design_alerts(desk: Desk) -> None:
    """Always one keyed container, so that the canvas below it stays where it is."""
    with st.container(key="design_alerts", gap="small"):
        if desk.conflict is not None:
            _conflict(desk)
        if desk.refused is not None:
            show_error(desk.refused)
        import_notes(desk.organization_id)


def _conflict(desk: Desk) -> None:
    st.warning(
        "**This organization was edited in another tab.** Nothing was overwritten: the other edits are stored, "
        "yours since then are on this canvas only.",
        icon=":material/sync_problem:",
    )
    theirs, mine = st.columns(2, gap="medium")
    with theirs:
        _edits("The other tab", desk.base, desk.theirs())
    with mine:
        _edits("This tab", desk.base, desk.organization)
    _choice(desk)


def _edits(whose: str, base: Organization, edited: Organization) -> None:
    st.markdown(f"**{whose}**")
    lines = short_list(statements(difference(base, edited))) or [
        "Only moved nodes or put lists into another order."
    ]
    st.markdown("\n".join(f"- {markdown_safe(line)}" for line in lines))


def _choice(desk: Desk) -> None:
    with st.container(horizontal=True):
        if st.button(
            "Keep both",
            icon=":material/history:",
            type="primary",
            key="conflict_both",
            help="The other edits become a revision; yours stay on the canvas as the draft.",
        ):
            _keep_both(desk)
        st.button(
            "Keep mine",
            icon=":material/edit:",
            key="conflict_mine",
            help="Yours take the place of the other edits, which Undo brings back.",
            on_click=desk.keep_mine,
        )
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


def _keep_both(desk: Desk) -> None:
    try:
        kept = desk.keep_both()
    except TroupeError as error:
        st.error(
            f"The other edits cannot become a revision: {error.message} Keep yours as a copy instead.",
            icon=":material/error:",
        )
        return
    notify(f"The other edits are revision {kept.number}; yours are on the canvas.")
    st.rerun()
