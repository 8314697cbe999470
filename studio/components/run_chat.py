"""The chat of one conversation: what was said, what is happening, and the next message."""

import streamlit as st

from core.errors import TroupeError
from core.records import OrganizationRecord, RunRecord, SessionRecord
from studio.components.decisions import decide, show_decision_errors
from studio.components.errors import errors_shown
from studio.components.live_chat import Fork, LiveRun, OpenTrace, live_chat
from studio.components.run_choice import open_session
from studio.components.run_control import (
    resume,
    show_control_error,
    show_pause,
    show_resume,
    show_retry,
    show_stop,
)
from studio.components.run_replay import show_replay
from studio.components.save_test import show_save_test
from studio.context import core
from studio.page_files import page_file
from studio.view_models.markdown import plain
from studio.view_models.status import status_look

NAME_LENGTH = 60
MODEL_WIDTH = 150


def show_chat(organization: OrganizationRecord, session: SessionRecord | None, runs: list[RunRecord]) -> None:
    """Messages, live, and the field for the next one."""
    active = next((run for run in runs if not run.ended), None)
    _show_head(organization)
    show_decision_errors()
    show_control_error()
    with st.container(key="chat"):
        if runs:
            shown = [LiveRun.of(run) for run in runs]
            change = live_chat(shown, key="run_chat", height=520, forks=True, on_decision=decide)
            if isinstance(change, OpenTrace):
                st.switch_page(page_file("runs"), query_params={"run": change.run_id})
            if isinstance(change, Fork) and session is not None:
                _fork(session, change.run_id)
        else:
            _show_samples(organization)
    _show_controls(runs[-1] if runs else None)
    _ask_for_message(organization, session, active)


def _fork(session: SessionRecord, run_id: str) -> None:
    with errors_shown():
        open_session(session.organization_id, core().sessions.fork(session.id, run_id))
        st.toast("The conversation goes on here; the other one stays as it was.", icon=":material/call_split:")
        st.rerun()


def _show_head(organization: OrganizationRecord) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", gap="small"
    ):
        st.markdown(f"#### {plain(organization.name)}", width="content")
        _choose_model()
    if core().providers.is_simulated(st.session_state.run_model or None):
        st.caption(
            ":material/science: Answers are **simulated** by the rehearsal model unless an agent has its own. "
            "Add a provider in Settings for real ones."
        )


def _show_controls(run: RunRecord | None) -> None:
    """What can be done with the run that goes on, or with the last one if it did not come to its end."""
    with st.container(horizontal=True, gap="small", key="run_controls"):
        if run is not None:
            show_resume(run)
            show_pause(run)
            show_stop(run)
            show_retry(run)
            show_replay(run)
            show_save_test(run)


def _choose_model() -> None:
    st.selectbox(
        "Model",
        ["", *core().providers.choices()],
        format_func=lambda reference: reference or "As designed",
        key="run_model",
        width=MODEL_WIDTH,
        help="“As designed” lets each agent use its own model; the studio's default is "
        f"{core().providers.default_model()}.",
    )


def _show_samples(organization: OrganizationRecord) -> None:
    spec = core().organizations.draft(organization.id).spec
    with st.container(height=520, border=True, key="samples"):
        st.markdown(spec.description or "What should this organization do?")
        if spec.samples:
            st.caption("Try one of these:")
        for number, sample in enumerate(spec.samples):
            st.button(sample, key=f"sample_{number}", icon=":material/play_arrow:", on_click=_keep, args=(sample,))


def _ask_for_message(
    organization: OrganizationRecord, session: SessionRecord | None, active: RunRecord | None
) -> None:
    paused = active is not None and active.status == "paused"
    text = st.chat_input(
        _placeholder(active), key="message", disabled=active is not None and not paused, max_chars=1_000_000
    ) or st.session_state.pop("kept_message", None)
    if text and active is not None and paused:
        resume(active.id, text)
        st.rerun()
    if not text or active is not None:
        return
    with errors_shown():
        core().organizations.get(organization.id)
        session_id = session.id if session else core().sessions.create(organization.id, _name(text))
        model = st.session_state.run_model or None
        try:
            core().runs.start(organization.id, text, session_id=session_id, model=model)
        except TroupeError:
            if session is None:
                core().sessions.delete(session_id)
            raise
        open_session(organization.id, session_id)
        st.rerun()


def _placeholder(active: RunRecord | None) -> str:
    if active is None:
        return "Message"
    if active.status == "waiting":
        return "Waiting for a decision above"
    if active.status == "paused":
        return "Paused: tell the agents something, and the run goes on"
    if active.pause_requested:
        return "Pausing…"
    return f"{status_look(active.status).word}…"


def _name(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= NAME_LENGTH else f"{line[: NAME_LENGTH - 1]}…"


def _keep(text: str) -> None:
    st.session_state.kept_message = text
