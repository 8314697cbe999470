"""The organization's canvas beside a chat, lit by the run that is going on."""

import streamlit as st

from core.organization.files import parse
from core.organization.layout import auto_layout
from core.records import OrganizationRecord, RunRecord
from studio.canvas.canvas import canvas
from studio.components.live_chat import when_over
from studio.context import core
from studio.page_files import page_file
from studio.view_models.graph import organization_graph


def show_live_canvas(organization: OrganizationRecord, run: RunRecord | None) -> None:
    """The revision of the run; before the first one, the newest."""
    revision_id = run.revision_id if run else organization.latest_revision_id
    if revision_id is None:
        st.info("This organization was never saved. Open it in Design and save it.")
        return
    revision = core().organizations.revision(revision_id)
    drawn = parse(revision.spec)
    with st.container(key="live_canvas"):
        canvas(
            organization_graph(drawn.with_layout(auto_layout(drawn, only_missing=True))),
            key=f"live_{revision_id}",
            revision=revision.number,
            read_only=True,
            live_run=run.id if run else None,
            live_over=when_over(run) if run else "",
            height=560,
        )
    st.page_link(
        page_file("design"),
        label=f"Revision {revision.number} in Design",
        icon=":material/account_tree:",
        query_params={"organization": organization.id},
    )
    if run is not None:
        st.page_link(
            page_file("runs"),
            label="Trace of the last run",
            icon=":material/receipt_long:",
            query_params={"run": run.id},
        )
