"""What is asked before something of a trigger is lost."""

import streamlit as st

from core.services.triggers import Trigger
from core.triggers.records import TriggerEventRecord
from studio.components.errors import errors_shown
from studio.components.notices import notify
from studio.context import core
from studio.view_models.markdown import plain

SECRET = "trigger_secret"
"""In the tab's memory: a trigger's id and its new secret, until a person has copied it."""
DELETED = "trigger_deleted"
"""The same: id and name of the trigger that was deleted last."""


def offer_delete(trigger: Trigger) -> None:
    """Hide it; the list offers to bring it back."""
    with st.popover("Delete", icon=":material/delete:", key="delete_trigger"):
        summary = core().triggers.summaries().get(trigger.id)
        waiting = summary.counts.get("received", 0) if summary else 0
        said = "Nothing is accepted any more. Its events and their runs stay"
        st.markdown(f"{said}; {waiting:,} that wait are not started." if waiting else f"{said}.")
        if st.button("Delete this trigger", type="primary", key="delete_trigger_go"):
            with errors_shown():
                core().triggers.delete(trigger.id)
                st.session_state[DELETED] = (trigger.id, trigger.spec.name)
                st.query_params.clear()
                st.rerun()


def offer_rotate(trigger: Trigger) -> None:
    """A new secret, or the sender's."""
    with st.popover("Change the secret", icon=":material/key:", key="rotate_trigger"):
        # Another secret, other fields: what was typed is not kept on the page.
        fields = trigger.secret_set_at
        given = st.text_input(
            "The sender's secret",
            type="password",
            key=f"rotate_secret_{fields}",
            placeholder="Leave empty to have one made",
        )
        keep = st.checkbox("The present one works for another 24 hours", value=True, key=f"rotate_keep_{fields}")
        if st.button("Change it", type="primary", key="rotate_go"):
            with errors_shown():
                fresh = core().triggers.rotate_secret(trigger.id, secret=given, keep_old=keep)
                if not given.strip():
                    st.session_state[SECRET] = (trigger.id, fresh)
                notify("The secret has been changed.")
                st.rerun()


def offer_discard(event: TriggerEventRecord) -> None:
    """It will not be started."""
    with st.popover("Discard", icon=":material/delete:", key="discard_event"):
        st.markdown(f"**{plain(event.key)}** is not started and stays in the list. It can be replayed later.")
        if st.button("Discard this event", type="primary", key="discard_go"):
            with errors_shown():
                core().trigger_inbox.discard(event.id)
                notify("Discarded.")
                st.rerun()


def offer_discard_all(count: int) -> None:
    """None of them will be started."""
    with st.popover("Discard all", icon=":material/delete:", key="discard_all"):
        st.markdown(
            f"{count:,} event{'' if count == 1 else 's'} will be discarded. They stay with their triggers."
        )
        if st.button("Discard all dead letters", type="primary", key="discard_all_go"):
            with errors_shown():
                notify(f"{core().trigger_inbox.discard_all():,} discarded.")
                st.rerun()


def replay_all() -> None:
    """Try all dead letters again."""
    count = core().trigger_inbox.replay_all()
    notify(f"{count:,} event{'' if count == 1 else 's'} will be started again.")
