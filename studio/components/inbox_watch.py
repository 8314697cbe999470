"""Draws the page again when the number of waiting approvals, or light and dark, has changed meanwhile.

A fragment that reruns every few seconds would do, but one that begins right behind another fragment's run makes
the browser keep what that other run took away: Streamlit changes the message that ends a run while it still waits
to be sent (`forward_msg_queue._update_script_finished_message`).
"""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


def watch_inbox(*, pending: int) -> None:
    """Say what this page was drawn for; whatever differs from it later reruns the page."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    data = {
        "url": f"/{base}/inbox" if base else "/inbox",
        "pending": pending,
        "dark": st.context.theme.type == "dark",
    }
    _component()(key="inbox_watch", data=data, on_changed_change=lambda: None)


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component("inbox_watch", js=Path(__file__).with_suffix(".js").read_text())
