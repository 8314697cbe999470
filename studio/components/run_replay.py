"""Playing a run that is over once more, for nothing."""

import streamlit as st

from core.errors import TroupeError
from core.records import RunRecord
from studio.components.run_control import keep_error
from studio.context import core
from studio.page_files import page_file

FOR_NOTHING = (
    "Plays this run once more from what was recorded: no model is asked, no tool is called, it costs nothing and "
    "changes nothing."
)


def show_replay(run: RunRecord) -> None:
    """A button that starts a replay and goes to it."""
    if not run.ended:
        return
    if st.button("Replay for free", icon=":material/fast_rewind:", key=f"replay_{run.id}", help=FOR_NOTHING):
        try:
            fresh = core().replays.replay(run.id)
        except TroupeError as error:
            keep_error(error)
            st.rerun()
        st.switch_page(page_file("runs"), query_params={"run": fresh})
