"""What was decided, by whom, when and why."""

import pandas as pd
import streamlit as st

from core.records import ApprovalRecord
from studio.context import core
from studio.view_models.arguments import argument_rows
from studio.view_models.status import status_look

SIZE = 50


def show_decided() -> None:
    """A page of decisions, newest first."""
    number = st.session_state.get("decided_page", 1)
    page = core().approvals.decided(number=number, size=SIZE)
    if not page.rows:
        st.info("Nothing was decided yet.", icon=":material/history:")
        return
    st.dataframe(pd.DataFrame([_row(each) for each in page.rows]), hide_index=True, key="decided")
    if page.pages > 1:
        st.pagination(page.pages, key="decided_page")


def _row(approval: ApprovalRecord) -> dict[str, str]:
    decided = approval.decided_at
    return {
        "Decision": status_look(approval.status).word,
        "Tool": approval.tool,
        "Agent": approval.agent,
        "Organization": approval.organization_name,
        "By": approval.decided_by or "",
        "Reason": approval.reason,
        "Decided (UTC)": f"{decided:%Y-%m-%d %H:%M:%S}" if decided else "run ended before",
        "Arguments": " · ".join(f"{name}: {value}" for name, value in argument_rows(approval.arguments)),
    }
