"""One trigger: how it is doing, what can be done with it, and its events."""

import streamlit as st

from core.errors import TroupeError
from core.services.triggers import Trigger
from core.triggers.spec import FolderSource, ScheduleSource, WebhookSource
from studio.components.errors import errors_shown, show_error
from studio.components.trigger_event import show_event
from studio.components.trigger_events import show_events
from studio.components.trigger_list import names_of_organizations
from studio.components.trigger_questions import offer_delete
from studio.components.trigger_source_form import show_next_times
from studio.components.trigger_test import show_test
from studio.components.trigger_webhook import show_webhook
from studio.context import core
from studio.view_models.markdown import plain
from studio.view_models.trigger_words import router_words, source_words


def show_trigger(trigger: Trigger) -> None:
    """Everything about it, or about the event that the address names."""
    event_id = st.query_params.get("event")
    if event_id:
        show_event(trigger, event_id)
        return
    _show_bar(trigger)
    st.title(plain(trigger.spec.name), anchor=False)
    st.markdown(
        f"{plain(source_words(trigger.spec.source))} :material/arrow_forward: "
        f"{plain(router_words(trigger.spec.router, names_of_organizations()))}"
    )
    if not trigger.enabled:
        st.info(
            "It is switched off: nothing is accepted, and what waits is not started.", icon=":material/toggle_off:"
        )
    match trigger.spec.source:
        case WebhookSource():
            show_webhook(trigger, trigger.spec.source)
        case ScheduleSource():
            show_next_times(trigger.spec.source)
        case FolderSource():
            _show_folder(trigger)
    show_test(trigger)
    st.subheader("Events", anchor=False)
    show_events(trigger)


def _show_bar(trigger: Trigger) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.button(
            "All triggers",
            icon=":material/arrow_back:",
            type="tertiary",
            key="all_triggers",
            on_click=_go,
            args=("",),
        )
        with st.container(
            horizontal=True,
            horizontal_alignment="right",
            vertical_alignment="center",
            gap="small",
            width="content",
        ):
            st.toggle(
                "On",
                value=trigger.enabled,
                key=f"trigger_on_{trigger.id}_{trigger.enabled}",
                on_change=_switch,
                args=(trigger,),
            )
            st.button("Edit", icon=":material/edit:", key="edit_trigger", on_click=_go, args=("1", trigger.id))
            offer_delete(trigger)


def _show_folder(trigger: Trigger) -> None:
    try:
        files, left = core().triggers.files(trigger.id)
    except TroupeError as error:
        show_error(error)
        return
    words = f"{len(files):,} file{'' if len(files) == 1 else 's'} there now"
    st.markdown(f"{words}, {len(left):,} of them from before, which are left alone." if left else f"{words}.")
    if files:
        with st.expander("Files"):
            shown = [
                {"File": seen.path, "Bytes": seen.size, "From before": seen.path in left} for seen in files[:200]
            ]
            st.dataframe(shown, hide_index=True, key="trigger_files")


def _switch(trigger: Trigger) -> None:
    with errors_shown():
        core().triggers.set_enabled(trigger.id, not trigger.enabled)


def _go(edit: str, trigger_id: str = "") -> None:
    query = {"trigger": trigger_id} if trigger_id else {}
    st.query_params.from_dict(query | ({"edit": edit} if edit else {}))
