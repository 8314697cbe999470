"""The events of a trigger: filtered, in pages, each a link."""

import streamlit as st

from core.ids import utc_now
from core.services.triggers import Trigger
from core.triggers.records import EventStatus
from studio.components.list_fields import ALL, word_field
from studio.components.paging import choose_page, page_asked_for
from studio.components.run_list import run_list
from studio.components.trigger_list import names_of_organizations, open_event
from studio.context import core
from studio.view_models.relative_time import zone_named
from studio.view_models.trigger_rows import EVENT_COLUMNS, event_rows
from studio.view_models.trigger_words import STATUSES


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
    found = page_asked_for(lambda number: core().trigger_inbox.page(trigger.id, statuses=statuses, number=number))
    rows = event_rows(found.rows, names_of_organizations(), now=utc_now(), zone=zone_named(st.context.timezone))
    run_list(rows, EVENT_COLUMNS, link="event", key="events_table", on_open=open_event)
    choose_page(found, key=f"events_page_{status}")


def _choose_status(counts: dict[str, int]) -> str:
    chosen = st.query_params.get("status", ALL)
    words = {ALL: f"All {sum(counts.values()):,}"}
    for name, look in STATUSES.items():
        if counts.get(name) or name == chosen:
            words[name] = f"{look.icon} {look.word} {counts.get(name, 0):,}"
    return word_field("status", "Status", words, key="events_status")
