"""All triggers, and the dead letters of all of them."""

import streamlit as st

from core.ids import utc_now
from core.triggers.records import NEEDS_SOMEBODY
from studio.components.address import follow_address, put_into_address, write_address
from studio.components.notices import notify
from studio.components.run_list import run_list
from studio.components.trigger_questions import DELETED, offer_discard_all, replay_all
from studio.context import core
from studio.page_files import page_file
from studio.view_models.relative_time import zone_named
from studio.view_models.trigger_rows import DEAD_COLUMNS, TRIGGER_COLUMNS, event_rows, trigger_rows

ABOUT = (
    "A trigger starts an organization when something happens: a webhook is posted, the clock says so, or a file "
    "appears in a folder. Each event becomes one run, also when it is sent twice or the studio stops in between."
)


def show_trigger_list() -> None:
    """The list, or the dead letters."""
    dead = core().trigger_inbox.dead_count()
    views = {"": "Triggers", "dead": f"Dead letters ({dead:,})" if dead else "Dead letters"}
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        follow_address("view", "triggers_view", list(views), otherwise="")
        view = st.segmented_control(
            "View",
            list(views),
            format_func=views.__getitem__,
            key="triggers_view",
            required=True,
            label_visibility="collapsed",
            on_change=write_address,
            args=("view", "triggers_view"),
        )
        st.button(
            "New trigger", type="primary", icon=":material/add:", key="new_trigger", on_click=_open, args=("new",)
        )
    _offer_to_bring_back()
    drawn = st.query_params.get("trigger")
    st.fragment(_show_dead if view == "dead" else _show_triggers, run_every=3)(drawn)


def names_of_organizations() -> dict[str, str]:
    """By their ids."""
    return {record.id: record.name for record in core().organizations.all()}


def open_event(event_id: str) -> None:
    """Go to an event."""
    st.query_params.from_dict({"trigger": core().trigger_inbox.get(event_id).trigger_id, "event": event_id})


def _show_triggers(drawn: str | None) -> None:
    if st.query_params.get("trigger") != drawn:
        st.rerun()
    triggers = core().triggers.all()
    if not triggers:
        st.info(ABOUT, icon=":material/bolt:")
        st.page_link(
            page_file("patterns"),
            label="The pattern: event-driven",
            icon=":material/category:",
            query_params={"pattern": "event-driven"},
        )
        return
    rows = trigger_rows(
        triggers,
        core().triggers.summaries(),
        names_of_organizations(),
        now=utc_now(),
        zone=zone_named(st.context.timezone),
    )
    run_list(rows, TRIGGER_COLUMNS, link="trigger", key="triggers_table", on_open=_open)


def _show_dead(drawn: str | None) -> None:
    if st.query_params.get("trigger") != drawn:
        st.rerun()
    found = core().trigger_inbox.page(statuses=NEEDS_SOMEBODY)
    if not found.rows:
        st.info(
            "No dead letters. Events that could not be started, and those whose run failed, are kept here with "
            "the reason, to be replayed.",
            icon=":material/mark_email_read:",
        )
        return
    with st.container(horizontal=True, gap="small"):
        st.button(f"Replay all {found.total:,}", icon=":material/replay:", key="replay_all", on_click=replay_all)
        offer_discard_all(found.total)
    rows = event_rows(
        found.rows,
        names_of_organizations(),
        now=utc_now(),
        zone=zone_named(st.context.timezone),
        triggers={each.id: each.spec.name for each in core().triggers.all()},
    )
    run_list(rows, DEAD_COLUMNS, link="event", key="dead_table", on_open=open_event)
    if found.pages > 1:
        st.caption(f"The newest {len(found.rows)} of {found.total:,}.")


def _offer_to_bring_back() -> None:
    deleted = st.session_state.get(DELETED)
    if not deleted:
        return
    trigger_id, name = deleted
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"“{name}” was deleted.", width="content")
        if st.button("Bring it back", icon=":material/undo:", key="restore_trigger"):
            core().triggers.restore(trigger_id)
            del st.session_state[DELETED]
            notify(f"{name} is back.")
            st.rerun()


def _open(trigger_id: str) -> None:
    put_into_address("trigger", trigger_id, without="view")
