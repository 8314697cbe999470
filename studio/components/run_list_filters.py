"""What a list of runs shows is kept in the address, so that it can be shared and come back to."""

import streamlit as st

from core.records import RunFilter
from studio.components.address import put_into_address, set_field
from studio.components.list_fields import ALL, organization_field, search_field, word_field
from studio.context import core
from studio.view_models.distinct import organization_names
from studio.view_models.run_rows import offered_statuses
from studio.view_models.status import status_look


def choose_filter() -> RunFilter:
    """Fields for status, organization, text and runs of batches; returns what they say."""
    batches = st.query_params.get("batches") == "1"
    organizations = organization_names(core().organizations.all())
    asked = st.query_params.get("organization", "")
    if asked and asked not in organizations:
        organizations[asked] = "Deleted organization"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = search_field("runs_text", placeholder="Words of the input or the answer")
        organization = organization_field("runs_organization", organizations)
        set_field("runs_batches", batches)
        st.toggle(
            "Runs of batches",
            key="runs_batches",
            help="Rows of batches are runs, too. They are listed with their batch unless this is on.",
            on_change=_write_batches,
        )
    status = _choose_status(core().runs.counts(batches=batches))
    return RunFilter(
        status=None if status == ALL else status,
        organization_id=organization or None,
        text=text or None,
        batches=batches,
    )


def _choose_status(counts: dict[str, int]) -> str:
    words = {ALL: f"All {sum(counts.values()):,}"}
    for name in offered_statuses(counts, st.query_params.get("status", ALL)):
        look = status_look(name)
        words[name] = f"{look.icon} {look.word} {counts.get(name, 0):,}"
    return word_field("status", "Status", words, key="runs_status")


def _write_batches() -> None:
    put_into_address("batches", "1" if st.session_state["runs_batches"] else "", without="page")
