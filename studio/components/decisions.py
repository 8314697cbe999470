"""Carries out what a person decides in a chat, and says so when it is too late."""

import streamlit as st

from core.errors import TroupeError
from studio.components.errors import show_error
from studio.components.live_chat import Decide
from studio.context import core


def decide(change: Decide) -> None:
    """Approve or reject the call; an error is kept for `show_decision_errors`."""
    try:
        if change.verdict == "approved":
            core().approvals.approve(change.approval_id, reason=change.reason, by="studio")
        else:
            core().approvals.reject(change.approval_id, reason=change.reason, by="studio")
    except TroupeError as error:
        st.session_state.decision_error = error


def show_decision_errors() -> None:
    """The error of the last decision, once."""
    error = st.session_state.pop("decision_error", None)
    if error is not None:
        show_error(error)
