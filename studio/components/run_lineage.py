"""Where a run comes from, and which runs came from it."""

import streamlit as st

from core.records import ForkOrigin, RunRecord
from studio.context import core
from studio.page_files import page_file
from studio.view_models.fork_words import came_words, changed_words, origin_words
from studio.view_models.markdown import plain
from studio.view_models.numbers import counted
from studio.view_models.status import status_look


def show_parent(run: RunRecord) -> None:
    """A link to the run that this one comes from; of a fork, to the call that it left it before, and what was
    changed there."""
    if run.parent_id is None:
        return
    origin = core().control.origins([run.id]).get(run.id)
    with st.container(key="lineage", horizontal=True, vertical_alignment="center", gap="small", width="content"):
        st.page_link(
            page_file("runs"),
            label="The run it comes from" if origin is None else plain(origin_words(origin)),
            icon=":material/subdirectory_arrow_left:" if origin is None else ":material/call_split:",
            query_params=_address(run.parent_id, origin),
        )
        if origin is not None:
            st.markdown(f":small[{plain(changed_words(origin))}]", width="content")


def show_descendants(run: RunRecord) -> None:
    """The forks of a run and other tries of it."""
    found = core().control.came_from(run.id)
    if not found:
        return
    origins = core().control.origins([each.id for each in found])
    with st.expander(
        counted(len(found), "run") + " came from this one", icon=":material/subdirectory_arrow_right:"
    ):
        for each in found:
            look = status_look(each.status)
            st.page_link(
                page_file("runs"),
                label=f"{look.word}: {plain(came_words(each, origins.get(each.id)))}",
                icon=look.icon,
                query_params={"run": each.id},
            )


def _address(parent_id: str, origin: ForkOrigin | None) -> dict[str, str]:
    span = {"span": origin.span_id} if origin is not None and origin.span_id else {}
    return {"run": parent_id} | span
