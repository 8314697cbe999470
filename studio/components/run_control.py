"""Pausing a run, letting it go on, stopping it and trying it again; what went wrong with that is shown."""

import time

import streamlit as st

from core.errors import TroupeError
from core.records import RunRecord
from studio.components.errors import show_error
from studio.context import core

BY = "studio"
SHOWN_SECONDS = 8
"""How long an error stays on a page that draws itself again."""
HEARD = "What the agents are told"


def show_pause(run: RunRecord) -> None:
    """A button that lets the run come to rest, for one that is at work or about to be."""
    if run.status not in ("queued", "running"):
        return
    pausing = run.status == "running" and run.pause_requested
    st.button(
        "Pausing…" if pausing else "Pause",
        icon=":material/pause_circle:",
        key=f"pause_{run.id}",
        disabled=pausing,
        help="It comes to rest after the present turn. You can tell it something before it goes on.",
        on_click=_pause,
        args=(run.id,),
    )


def show_resume(run: RunRecord) -> None:
    """A button for a paused run."""
    if run.status == "paused":
        st.button(
            "Resume",
            icon=":material/play_circle:",
            type="primary",
            key=f"resume_{run.id}",
            on_click=resume,
            args=(run.id,),
        )


def show_stop(run: RunRecord) -> None:
    """A button for every run that is not over."""
    if not run.ended:
        st.button("Stop", icon=":material/stop_circle:", key=f"stop_{run.id}", on_click=_stop, args=(run.id,))


def show_retry(run: RunRecord) -> None:
    """A button for a run that failed or was stopped."""
    if run.status in ("failed", "cancelled"):
        st.button(
            "Try again",
            icon=":material/refresh:",
            key=f"retry_{run.id}",
            help="Goes on from where it stood: what models answered and tools did is not repeated.",
            on_click=_retry,
            args=(run.id,),
        )


def show_message(run: RunRecord) -> None:
    """A field for what a paused run is told before it goes on."""
    if run.status != "paused":
        return
    popover = st.popover("Resume with a message", icon=":material/chat:", key=f"say_{run.id}")
    with popover, st.form(key=f"said_form_{run.id}", border=False):
        st.text_area(HEARD, key=f"said_{run.id}", help="They hear it with their next model call.")
        st.form_submit_button("Send and resume", type="primary", on_click=_say, args=(run.id,))


def show_control_error() -> None:
    """What went wrong with the last of these, for a while."""
    kept = st.session_state.get("control_error")
    if kept is None:
        return
    error, at = kept
    if time.monotonic() - at > SHOWN_SECONDS:
        del st.session_state.control_error
        return
    show_error(error)


def resume(run_id: str, said: str = "") -> None:
    """Let a paused run go on; an error is kept for `show_control_error`."""
    try:
        core().control.resume(run_id, said=said, by=BY)
    except TroupeError as error:
        keep_error(error)


def _pause(run_id: str) -> None:
    try:
        core().control.pause(run_id, by=BY)
    except TroupeError as error:
        keep_error(error)


def _stop(run_id: str) -> None:
    try:
        core().runs.stop(run_id, by=BY)
    except TroupeError as error:
        keep_error(error)


def _retry(run_id: str) -> None:
    try:
        core().control.retry(run_id)
    except TroupeError as error:
        keep_error(error)


def _say(run_id: str) -> None:
    resume(run_id, st.session_state[f"said_{run_id}"])


def keep_error(error: TroupeError) -> None:
    """For `show_control_error`, when the page is drawn next."""
    st.session_state.control_error = (error, time.monotonic())
