"""The address of a webhook, its secret, and a command line that posts to it."""

import streamlit as st

from core.ids import utc_now
from core.services.triggers import Trigger
from core.triggers.spec import WebhookSource
from studio.components.trigger_questions import SECRET, offer_rotate
from studio.own_server import hook_url
from studio.view_models.relative_time import exact, relative, zone_named
from studio.view_models.trigger_curl import curl_lines

LOCAL = ("127.0.0.1", "localhost")


def show_webhook(trigger: Trigger, source: WebhookSource) -> None:
    """What a sender needs."""
    url = hook_url(trigger.id)
    st.markdown("**Address**")
    st.code(url, language=None)
    if any(f"//{host}" in url for host in LOCAL):
        st.caption(
            "Only programs on this machine reach it. For others, put a proxy or a tunnel in front of the studio."
        )
    secret = _show_secret(trigger)
    with st.expander("Post an event from the command line", icon=":material/terminal:"):
        st.code(curl_lines(source, url, secret=secret), language=None, wrap_lines=True)
        st.caption(
            "202 means that the event is stored. The same id again is answered so, too, and starts nothing."
        )


def _show_secret(trigger: Trigger) -> str:
    """The new secret, as long as it has not been copied; else nothing."""
    made_for, secret = st.session_state.get(SECRET, ("", ""))
    if made_for == trigger.id:
        with st.container(border=True, key="trigger_secret_box"):
            st.markdown("**Secret.** Copy it to the sender now: it is not shown again.")
            st.code(secret, language=None)
            st.button("I have copied it", key="secret_copied", on_click=_forget)
        return str(secret)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        zone = zone_named(st.context.timezone)
        words = f"Secret set {relative(trigger.secret_set_at, utc_now())}"
        if trigger.old_secret_until:
            words += f"; the one before works until {exact(trigger.old_secret_until, zone)}"
        st.markdown(words, width="content")
        offer_rotate(trigger)
    return ""


def _forget() -> None:
    st.session_state.pop(SECRET, None)
