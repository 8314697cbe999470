"""The events of a trigger: filtered, in pages, each a link."""

import streamlit as st

from core.ids import utc_now
from core.services.triggers import Trigger
from core.triggers.records import EventStatus
from studio.components.address import follow_address, set_field, write_address
from studio.components.run_list import run_list
from studio.components.run_list_filters import page_number
from studio.components.trigger_list import names_of_organizations, open_event
from studio.context import core
from studio.view_models.relative_time import zone_named
from studio.view_models.trigger_rows import EVENT_COLUMNS, event_rows
from studio.view_models.trigger_words import STATUSES

ALL = "all"


def show_events(trigger: Trigger) -> None:
    """The list, looked up every few seconds."""
    st.fragment(_show, run_every=2)(trigger)


def _show(trigger: Trigger) -> None:
    if "event" in st.query_params or st.query_params.get("trigger") != trigger.id:
        st.rerun()
    summary = core().triggers.summaries().get(trigger.id)
    if summary is None:
        st.info("Nothing has come yet. Send a test event to see what happens.", icon=":material/bolt:")
        return
    status = _choose_status(summary.counts)
    statuses: list[EventStatus] = [each for each in STATUSES if each == status]
    found = core().trigger_inbox.page(trigger.id, statuses=statuses, number=page_number())
    if found.number > found.pages:
        found = core().trigger_inbox.page(trigger.id, statuses=statuses, number=found.pages)
    rows = event_rows(found.rows, names_of_organizations(), now=utc_now(), zone=zone_named(st.context.timezone))
    run_list(rows, EVENT_COLUMNS, link="event", key="events_table", on_open=open_event)
    if found.pages > 1:
        key = f"events_page_{status}"
        if key in st.session_state:
            set_field(key, found.number)
        st.pagination(
            found.pages,
            default=found.number,
            key=key,
            on_change=write_address,
            args=("page", key),
            kwargs={"usual": "1"},
        )


def _choose_status(counts: dict[str, int]) -> str | None:
    chosen = st.query_params.get("status", ALL)
    words = {ALL: f"All {sum(counts.values()):,}"}
    for name, look in STATUSES.items():
        if counts.get(name) or name == chosen:
            words[name] = f"{look.icon} {look.word} {counts.get(name, 0):,}"
    follow_address("status", "events_status", list(words), otherwise=ALL)
    return st.segmented_control(
        "Status",
        list(words),
        format_func=words.__getitem__,
        key="events_status",
        required=True,
        label_visibility="collapsed",
        on_change=write_address,
        args=("status", "events_status"),
        kwargs={"usual": ALL, "without": "page"},
    )
