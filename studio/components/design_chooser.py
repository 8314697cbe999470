"""The Design page without an organization: which one to open, or how to start one."""

import streamlit as st

from core.errors import NotFoundError
from core.ids import utc_now
from core.records import OrganizationRecord
from studio.components.design_desk import STYLE
from studio.components.design_dialogs import DELETED
from studio.components.errors import show_error
from studio.components.file_import import file_import
from studio.components.notices import notify, show_notice
from studio.context import core
from studio.page_files import page_file
from studio.view_models.design_state import organization_caption
from studio.view_models.design_text import markdown_safe

PAGE_SIZE = 20


def design_chooser(missing: NotFoundError | None = None) -> None:
    """All organizations, last changed first; `missing` says which one was asked for in vain."""
    st.html(STYLE)
    st.title("Design")
    if missing is not None:
        show_error(missing)
    _deleted()
    records = core().organizations.all()
    with st.container(horizontal=True, vertical_alignment="center"):
        new = st.button("New organization", icon=":material/add:", type="primary", key="new_organization")
        st.page_link(page_file("patterns"), label="Start from a pattern", icon=":material/grid_view:")
    if new:
        _open(core().organizations.create_empty())
    file_import()
    if not records:
        st.info(
            "No organizations yet. Start with an empty canvas, or from a pattern that runs right away.",
            icon=":material/account_tree:",
        )
    with st.container(key="organization_list", gap="small"):
        for record in _page(records):
            _row(record)
    show_notice()


def _page(records: list[OrganizationRecord]) -> list[OrganizationRecord]:
    pages = -(-len(records) // PAGE_SIZE)
    if pages <= 1:
        return records
    number = st.pagination(pages, key="organization_page")
    return records[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]


def _row(record: OrganizationRecord) -> None:
    with st.container(border=True, key=f"organization_{record.id}", gap="xsmall"):
        if st.button(
            f"**{markdown_safe(record.name)}**",
            icon=":material/account_tree:",
            type="tertiary",
            key=f"open_{record.id}",
        ):
            _open(record.id)
        if record.description:
            st.markdown(markdown_safe(record.description))
        st.caption(organization_caption(record, utc_now()))


def _deleted() -> None:
    """Offer to bring the last deleted organization back."""
    deleted = st.session_state.get(DELETED)
    if deleted is None:
        return
    organization_id, name = deleted
    with st.container(horizontal=True, vertical_alignment="center", key="deleted_notice"):
        st.markdown(f":material/delete: “{markdown_safe(name)}” was deleted.")
        if st.button("Undo", icon=":material/undo:", type="tertiary", key="undo_delete"):
            core().organizations.restore(organization_id)
            del st.session_state[DELETED]
            notify(f"“{name}” is back.")
            _open(organization_id)


def _open(organization_id: str) -> None:
    st.switch_page(page_file("design"), query_params={"organization": organization_id})
