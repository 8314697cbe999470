"""What a list of runs shows is kept in the address, so that it can be shared and come back to."""

import streamlit as st

from core.records import RunFilter
from studio.components.address import follow_address, follow_text, put_into_address, set_field, write_address
from studio.context import core
from studio.view_models.distinct import organization_names
from studio.view_models.run_rows import offered_statuses
from studio.view_models.status import status_look

ALL = "all"


def choose_filter() -> RunFilter:
    """Fields for status, organization, text and runs of batches; returns what they say."""
    batches = st.query_params.get("batches") == "1"
    counts = core().runs.counts(batches=batches)
    status = st.query_params.get("status", ALL)
    organizations = organization_names(core().organizations.all())
    organization = st.query_params.get("organization", "")
    if organization and organization not in organizations:
        organizations[organization] = "Deleted organization"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        follow_text("text", "runs_text")
        st.text_input(
            "Search",
            key="runs_text",
            type="search",
            placeholder="Words of the input or the answer",
            width=280,
            on_change=_write,
            args=("text", "runs_text"),
        )
        follow_address("organization", "runs_organization", ["", *organizations], otherwise="")
        st.selectbox(
            "Organization",
            ["", *organizations],
            format_func=lambda key: organizations.get(key, "All organizations"),
            key="runs_organization",
            width=260,
            on_change=_write,
            args=("organization", "runs_organization"),
        )
        set_field("runs_batches", batches)
        st.toggle(
            "Runs of batches",
            key="runs_batches",
            help="Rows of batches are runs, too. They are listed with their batch unless this is on.",
            on_change=_write_batches,
        )
    _choose_status(status, counts)
    return RunFilter(
        status=None if status == ALL else status,
        organization_id=organization or None,
        text=st.query_params.get("text") or None,
        batches=batches,
    )


def page_number() -> int:
    """The page of the list that the address asks for."""
    text = st.query_params.get("page", "1")
    return max(1, int(text)) if text.isdigit() else 1


def choose_page(number: int, pages: int, wanted: RunFilter) -> None:
    """Numbers of pages, when there are several."""
    if pages == 1:
        return
    # Each filter has a field of its own, which starts at the first page.
    key = f"runs_page_{wanted.status}_{wanted.organization_id}_{wanted.text}_{wanted.batches}"
    if key in st.session_state:
        set_field(key, number)
    st.pagination(
        pages, default=number, key=key, on_change=write_address, args=("page", key), kwargs={"usual": "1"}
    )


def _choose_status(status: str, counts: dict[str, int]) -> None:
    words = {ALL: f"All {sum(counts.values()):,}"}
    for name in offered_statuses(counts, status):
        look = status_look(name)
        words[name] = f"{look.icon} {look.word} {counts.get(name, 0):,}"
    follow_address("status", "runs_status", list(words), otherwise=ALL)
    st.segmented_control(
        "Status",
        list(words),
        format_func=lambda name: words[name],
        key="runs_status",
        required=True,
        label_visibility="collapsed",
        on_change=_write,
        args=("status", "runs_status"),
    )


def _write_batches() -> None:
    put_into_address("batches", "1" if st.session_state["runs_batches"] else "", without="page")


def _write(name: str, key: str) -> None:
    # Another filter has pages of its own.
    write_address(name, key, usual=ALL, without="page")
