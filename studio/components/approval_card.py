"""One waiting approval: who asks, which tool, which arguments, the conversation so far, and the decision."""

from datetime import UTC, datetime
from typing import Literal

import pandas as pd
import streamlit as st

from core.records import ApprovalRecord
from studio.components.decisions import decide
from studio.components.live_chat import Decide, LiveRun, OpenTrace, live_chat
from studio.context import core
from studio.page_files import page_file
from studio.view_models.approval_words import question, who_is_told
from studio.view_models.arguments import argument_rows
from studio.view_models.markdown import plain
from studio.view_models.relative_time import relative
from studio.view_models.replay_words import chat_label

IN_DOUBT = (
    "The server stopped while this call ran, so **it may have happened already**. Look at its effect before you "
    "decide: “Run it again” calls the tool once more; “Don't run it again” tells the agent your reason instead."
)


def show_approval(approval: ApprovalRecord) -> None:
    """The card, with both ways to decide."""
    with st.container(border=True, key=f"approval_{approval.id}"):
        _show_question(approval)
        _show_arguments(approval)
        with st.expander("Conversation so far", icon=":material/forum:"):
            run = core().runs.get(approval.run_id)
            change = live_chat(
                [LiveRun.of(run, chat_label(run))],
                key=f"approval_chat_{approval.id}",
                compact=True,
                height=320,
                on_decision=decide,
            )
        _ask(approval)
    if isinstance(change, OpenTrace):
        st.switch_page(page_file("runs"), query_params={"run": change.run_id})


def _show_question(approval: ApprovalRecord) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(question(approval), width="content")
        st.page_link(
            page_file("runs"),
            label="Open the run",
            icon=":material/receipt_long:",
            query_params={"run": approval.run_id},
        )
    st.caption(
        f"{plain(approval.organization_name)} · asked {relative(approval.requested_at, datetime.now(UTC))} · "
        f"{approval.requested_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    if approval.kind == "in_doubt":
        st.warning(IN_DOUBT, icon=":material/help:")


def _show_arguments(approval: ApprovalRecord) -> None:
    if approval.kind == "step":
        st.code(approval.arguments["value"], language=None, wrap_lines=True)
        return
    rows = argument_rows(approval.arguments)
    if rows:
        st.table(pd.DataFrame(rows, columns=["Argument", "Value"]).set_index("Argument"))
    else:
        st.caption("The call has no arguments.")


def _ask(approval: ApprovalRecord) -> None:
    again = approval.kind == "in_doubt"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        reason = st.text_input(
            f"Reason (needed to reject; {who_is_told(approval)})", key=f"reason_{approval.id}", max_chars=2_000
        )
        _show_buttons(approval, again=again, has_reason=bool(reason.strip()))


def _show_buttons(approval: ApprovalRecord, *, again: bool, has_reason: bool) -> None:
    st.button(
        "Run it again" if again else "Approve",
        key=f"approve_{approval.id}",
        type="primary",
        icon=":material/check:",
        on_click=_decide,
        args=(approval, "approved"),
    )
    st.button(
        "Don't run it again" if again else "Reject",
        key=f"reject_{approval.id}",
        icon=":material/block:",
        disabled=not has_reason,
        help=None if has_reason else "Write a reason first.",
        on_click=_decide,
        args=(approval, "rejected"),
    )


def _decide(approval: ApprovalRecord, verdict: Literal["approved", "rejected"]) -> None:
    reason = st.session_state.get(f"reason_{approval.id}", "")
    decide(Decide(run_id=approval.run_id, approval_id=approval.id, verdict=verdict, reason=reason))
