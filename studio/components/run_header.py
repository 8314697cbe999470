"""The top of a run's page: what was asked, how it stands, what came out, and what can be done with it."""

from datetime import datetime
from html import escape

import streamlit as st

from core.records import RunRecord
from studio.components.errors import errors_shown
from studio.components.replay_origin import replay_badge, show_replay_origin
from studio.components.run_control import (
    show_control_error,
    show_message,
    show_pause,
    show_resume,
    show_retry,
    show_stop,
)
from studio.components.run_lineage import show_descendants, show_parent
from studio.components.run_output import show_output
from studio.components.run_replay import show_replay
from studio.components.save_test import show_save_test
from studio.context import core
from studio.page_files import page_file
from studio.view_models.approval_words import question
from studio.view_models.markdown import plain
from studio.view_models.relative_time import zone_named
from studio.view_models.run_rows import Fact, one_line, revision_words, run_facts
from studio.view_models.status import status_look
from studio.view_models.trace_export import events_json, trace_json

TITLE_LENGTH = 110
STYLE = """<style>
.run-facts.run-facts { display: flex; flex-wrap: wrap; gap: 0.35rem 2rem; margin: 0; padding: 0; }
.run-facts div { min-width: 5rem; }
.run-facts dt { font-size: 0.8rem; opacity: 0.8; margin: 0; font-weight: 400; }
.run-facts dd { margin: 0; font-variant-numeric: tabular-nums; }
</style>"""


def show_run_header(run: RunRecord, *, now: datetime) -> None:
    """Everything about a run but its trace."""
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.button("All runs", icon=":material/arrow_back:", type="tertiary", key="all_runs", on_click=_back)
        with st.container(horizontal=True, horizontal_alignment="right", gap="small", width="content"):
            _show_actions(run)
    show_control_error()
    st.title(plain(one_line(run.input, TITLE_LENGTH)), anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        _show_state(run)
    st.html(STYLE + fact_list(run_facts(run, now=now, zone=zone_named(st.context.timezone))))
    if len(run.input) > TITLE_LENGTH or "\n" in run.input.strip():
        with st.expander("Input", icon=":material/chat:"):
            st.text(run.input)
    _show_error(run)
    if run.status == "waiting":
        _show_waiting(run)
    if run.output is not None:
        show_output(run.output, file_name=f"{run.id}.txt")
    show_descendants(run)


def fact_list(facts: list[Fact]) -> str:
    """Facts as an HTML list of terms and values."""
    rows = (
        f'<div title="{escape(fact.more)}"><dt>{escape(fact.name)}</dt><dd>{escape(fact.value)}</dd></div>'
        for fact in facts
    )
    return f'<dl class="run-facts">{"".join(rows)}</dl>'


def show_status(run: RunRecord) -> None:
    """Status in words, and whether anything was simulated, or all of it replayed."""
    look = status_look(run.status)
    st.markdown(look.markdown, width="content")
    if run.cassette_id:
        replay_badge()
    if run.simulated:
        st.badge(
            "simulated",
            icon=":material/science:",
            color="gray",
            help="Some answers came from the rehearsal model, which follows rules and understands nothing.",
        )


def _back() -> None:
    for name in ("run", "view", "span", "fork"):
        st.query_params.pop(name, None)


def _show_state(run: RunRecord) -> None:
    show_status(run)
    st.page_link(
        page_file("design"),
        label=plain(revision_words(run)),
        icon=":material/account_tree:",
        query_params={"organization": run.organization_id},
    )
    session = {"session": run.session_id} if run.session_id else {}
    st.page_link(
        page_file("run"),
        label="Conversation" if session else "Open in Run",
        icon=":material/forum:" if session else ":material/play_circle:",
        query_params={"organization": run.organization_id} | session,
    )
    if run.batch_id:
        st.page_link(
            page_file("batch"),
            label=f"Batch, row {run.position}",
            icon=":material/table_rows:",
            query_params={"batch": run.batch_id},
        )
    if run.cassette_id:
        show_replay_origin(run)
    else:
        show_parent(run)
    if run.trigger_event_id:
        _show_origin(run.trigger_event_id)
    if run.comparison_id:
        st.page_link(
            page_file("compare"),
            label="Comparison",
            icon=":material/difference:",
            query_params={"comparison": run.comparison_id},
        )


def _show_origin(event_id: str) -> None:
    trigger_id = core().trigger_inbox.get(event_id).trigger_id
    trigger = core().triggers.find(trigger_id)
    if trigger is not None:
        st.page_link(
            page_file("triggers"),
            label=plain(f"Started by {trigger.spec.name}"),
            icon=":material/bolt:",
            query_params={"trigger": trigger_id, "event": event_id},
        )


def _show_error(run: RunRecord) -> None:
    if run.error_message:
        hint = f"\n\n{plain(run.error_hint)}" if run.error_hint else ""
        st.error(f"**{plain(run.error_message)}**{hint}", icon=":material/error:")


def _show_waiting(run: RunRecord) -> None:
    for approval in core().approvals.of_run(run.id):
        if approval.status != "pending":
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium"):
            st.markdown(
                f":orange[:material/pan_tool:] {question(approval)}",
                width="content",
            )
            st.page_link(
                page_file("approvals"),
                label="Decide",
                icon=":material/arrow_forward:",
                query_params={"approval": approval.id},
            )


def _show_actions(run: RunRecord) -> None:
    with st.container(horizontal=True, gap="small", width="content", key="run_controls"):
        show_resume(run)
        show_message(run)
        show_pause(run)
        show_stop(run)
        show_retry(run)
        show_replay(run)
        show_save_test(run)
    with st.popover("Run again", icon=":material/replay:", key="run_again"):
        _run_again(run)
    with st.popover("Export", icon=":material/download:", key="export_run"):
        _show_exports(run)


def _run_again(run: RunRecord) -> None:
    with st.form(key=f"again_{run.id}", border=False):
        input = st.text_area("Input", run.input, height=160, key=f"again_input_{run.id}")
        st.caption(f"Starts another run of revision {run.revision_number}; this one stays as it is.")
        wanted = st.form_submit_button("Run", icon=":material/play_arrow:", type="primary")
    if not wanted:
        return
    with errors_shown():
        fresh = core().control.again(run.id, input=input)
        st.query_params.from_dict({"run": fresh})
        st.rerun()


def _show_exports(run: RunRecord) -> None:
    services = core()
    st.download_button(
        "Events as JSON",
        lambda: events_json(run, services.runs.events(run.id)),
        file_name=f"{run.id}-events.json",
        mime="application/json",
        icon=":material/list:",
        on_click="ignore",
    )
    st.download_button(
        "Trace with payloads as JSON",
        lambda: trace_json(run, services.traces.spans(run.id)[0], services.traces.payload),
        file_name=f"{run.id}-trace.json",
        mime="application/json",
        icon=":material/account_tree:",
        on_click="ignore",
    )
