"""Says of a replay that it is one, and what it plays."""

import streamlit as st

from core.records import RunRecord
from studio.context import core
from studio.page_files import page_file
from studio.view_models.markdown import plain
from studio.view_models.replay_words import NOTHING_PAID, origin_words


def replay_badge() -> None:
    """Stands beside whatever a replay has brought forth."""
    st.badge("replayed", icon=":material/fast_rewind:", color="gray", help=NOTHING_PAID)


def show_replay_origin(run: RunRecord) -> None:
    """Where a replay was recorded; nothing for other runs."""
    origin = core().replays.origin(run)
    if origin is None:
        return
    with st.container(key="lineage", horizontal=True, vertical_alignment="center", gap="small", width="content"):
        if origin.stored:
            st.page_link(
                page_file("runs"),
                label=plain(origin_words(origin)),
                icon=":material/subdirectory_arrow_left:",
                query_params={"run": origin.run_id},
            )
        else:
            st.markdown(plain(origin_words(origin)), width="content")
        if origin.test is not None:
            st.page_link(
                page_file("tests"),
                label=plain(f"Test: {origin.test.name}"),
                icon=":material/checklist:",
                query_params={"test": origin.test.id},
            )
        st.markdown(f":small[{NOTHING_PAID}]", width="content")
