"""The inbox: what waits for a person, and what was decided."""

import streamlit as st

from studio.components.approval_card import show_approval
from studio.components.approval_log import show_decided
from studio.components.decisions import show_decision_errors
from studio.context import core

st.title("Approvals")
show_decision_errors()

wanted = st.query_params.get("approval")
pending = core().approvals.pending()
if wanted and all(each.id != wanted for each in pending):
    st.info(
        "The call of this link waits no longer: it was decided, or its run has ended.", icon=":material/history:"
    )

waiting, decided = st.tabs(["Waiting", "Decided"])
with waiting:
    if not pending:
        st.info(
            "Nothing waits for you. A call of a tool whose approval rule asks for a person shows up here, "
            "also after a restart.",
            icon=":material/inbox:",
        )
    for approval in sorted(pending, key=lambda each: each.id != wanted):
        show_approval(approval)
with decided:
    show_decided()
