"""One event: what came, where it went and why, the runs that it started, and what can be done with it."""

import streamlit as st

from core.errors import NotFoundError
from core.ids import utc_now
from core.services.triggers import Trigger
from core.triggers.records import TriggerEventRecord
from studio.components.errors import errors_shown, show_error
from studio.components.notices import notify
from studio.components.run_header import STYLE, fact_list
from studio.components.run_list import run_list
from studio.components.trigger_list import names_of_organizations
from studio.components.trigger_questions import offer_discard
from studio.context import core
from studio.page_files import page_file
from studio.view_models.markdown import plain
from studio.view_models.relative_time import exact, relative, zone_named
from studio.view_models.run_rows import COLUMNS, Fact, run_rows
from studio.view_models.trigger_words import STATUSES, shown_json

REPLAYABLE = ("done", "failed", "dead", "discarded")
MEND = "Edit the trigger, or mend the organization or what the event holds at its sender; then press Replay."
DISCARDABLE = ("received", "failed", "dead")


def show_event(trigger: Trigger, event_id: str) -> None:
    """Everything about it; drawn again until it is over."""
    st.button(
        plain(trigger.spec.name),
        icon=":material/arrow_back:",
        type="tertiary",
        key="back_to_trigger",
        on_click=_back,
        args=(trigger.id,),
    )
    try:
        event = core().trigger_inbox.get(event_id)
    except NotFoundError as error:
        show_error(error)
        return
    st.title(plain(event.key), anchor=False)
    going = event.status in ("received", "started")
    st.fragment(_show_state, run_every=1.5 if going else None)(event.id, event.status)
    with st.expander(
        "What came", icon=":material/data_object:", key=f"payload_{event.id}", on_change="rerun"
    ) as box:
        if box.open:
            st.code(shown_json(core().trigger_inbox.payload(event)), language=None, wrap_lines=True)
            if event.headers:
                st.caption("Headers")
                st.code(shown_json(event.headers), language=None, wrap_lines=True)


def _show_state(event_id: str, drawn: str) -> None:
    if st.query_params.get("event") != event_id:
        st.rerun()
    event = core().trigger_inbox.get(event_id)
    if event.status != drawn:
        st.rerun()
    look, zone, now = STATUSES[event.status], zone_named(st.context.timezone), utc_now()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(look.markdown, width="content")
        _show_buttons(event)
    names = names_of_organizations()
    facts = [Fact("Received", relative(event.received_at, now), exact(event.received_at, zone))]
    if event.routed_to:
        facts.append(Fact("Went to", names.get(event.routed_to, "a deleted organization")))
    if event.status == "received" and event.attempts:
        facts.append(Fact("Next attempt", exact(event.due_at, zone), f"{event.attempts} failed"))
    st.html(STYLE + fact_list(facts))
    if event.reason:
        simulated = " :gray-badge[:material/science: simulated]" if event.simulated else ""
        st.markdown(f"{plain(event.reason)}{simulated}")
    if event.error:
        mend = f"\n\n{MEND}" if event.status == "dead" else ""
        st.error(f"{plain(event.error)}{mend}", icon=":material/error:")
    if event.status == "failed":
        st.info(
            "Its run failed or was stopped. Replaying starts a new run of the same event.",
            icon=":material/replay:",
        )
    runs = core().trigger_inbox.runs(event.id)
    if runs:
        run_list(run_rows(runs, now=now, zone=zone), COLUMNS, link="input", key="event_runs", on_open=_keep)
        if opened := st.session_state.pop("event_run_to_open", None):
            st.switch_page(page_file("runs"), query_params={"run": opened})


def _show_buttons(event: TriggerEventRecord) -> None:
    if event.status in REPLAYABLE and st.button("Replay", icon=":material/replay:", key="replay_event"):
        with errors_shown():
            core().trigger_inbox.replay(event.id)
            notify("It will be started again.")
            st.rerun()
    if event.status in DISCARDABLE:
        offer_discard(event)


def _keep(run_id: str) -> None:
    st.session_state.event_run_to_open = run_id


def _back(trigger_id: str) -> None:
    st.query_params.from_dict({"trigger": trigger_id})
