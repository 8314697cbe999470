"""The lists of the first page: what needs a person, organizations, recent runs."""

from datetime import UTC, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.records import OrganizationRecord, RunFilter, RunRecord
from studio.context import core
from studio.page_files import page_file
from studio.view_models.markdown import plain
from studio.view_models.relative_time import relative
from studio.view_models.replay_words import tag_words
from studio.view_models.run_rows import one_line
from studio.view_models.status import status_look

SHOWN = 6
LONGEST = 120


def show_attention() -> None:
    """Waiting approvals and failed runs, when there are any."""
    waiting = core().approvals.pending_count()
    if waiting:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="attention"):
            noun = "call waits" if waiting == 1 else "calls wait"
            st.markdown(f":orange[:material/pan_tool:] **{waiting} {noun} for your approval.**")
            st.page_link(page_file("approvals"), label="Decide", icon=":material/arrow_forward:")


def show_organizations(organizations: list[OrganizationRecord]) -> None:
    """The last changed organizations."""
    st.subheader("Organizations")
    for each in organizations[:SHOWN]:
        with _line(f"organization_{each.id}"):
            st.page_link(
                page_file("design"),
                label=plain(each.name),
                icon=":material/account_tree:",
                query_params={"organization": each.id},
            )
            state = f"r{each.latest_revision}" if each.latest_revision else "never saved"
            st.caption(f"{state} · {relative(each.updated_at, datetime.now(UTC))}", width="content")
    if len(organizations) > SHOWN:
        st.page_link(page_file("design"), label=f"All {len(organizations)}", icon=":material/list:")
    if st.button("New organization", icon=":material/add:", key="new_organization"):
        created = core().organizations.create_empty()
        st.switch_page(page_file("design"), query_params={"organization": created})


def show_recent_runs() -> None:
    """The newest runs."""
    st.subheader("Recent runs")
    page = core().runs.page(RunFilter(), size=SHOWN)
    if not page.rows:
        st.caption("None yet: open an organization and press Run.")
    for run in page.rows:
        _show_run(run)
    if page.total > SHOWN:
        st.page_link(page_file("runs"), label=f"All {page.total} runs", icon=":material/list:")


def _show_run(run: RunRecord) -> None:
    with _line(f"recent_{run.id}"):
        st.markdown(f":small[{status_look(run.status).markdown}]", width="content")
        st.page_link(page_file("runs"), label=plain(one_line(run.input, LONGEST)), query_params={"run": run.id})
        words = [tag_words(run), relative(run.created_at, datetime.now(UTC))]
        st.caption(" · ".join(filter(None, words)), width="content")


def _line(key: str) -> DeltaGenerator:
    """A line of a list: what it is on the left, cut where it is too long, and when on the right."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"line_{key}")
