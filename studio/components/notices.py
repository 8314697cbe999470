"""Something said in passing, when the page is drawn next."""

import streamlit as st

_NOTICE = "notice"


def notify(message: str) -> None:
    """Say something in passing when the page is drawn next."""
    st.session_state[_NOTICE] = message


def show_notice() -> None:
    """Say what there is to say, once."""
    message = st.session_state.pop(_NOTICE, None)
    if message:
        st.toast(message)
