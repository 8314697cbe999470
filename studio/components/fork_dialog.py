"""The dialog that forks a run before one of its model calls; its address is `fork=` with the key of the call."""

import streamlit as st

from core.errors import NotFoundError
from core.records import ForkPoint, RunRecord, SpanRecord
from studio.components.compare_tables import STYLE, inline_diff
from studio.components.errors import errors_shown
from studio.components.fork_fields import ask_for_changes
from studio.context import core
from studio.view_models.compare_diff import text_diff
from studio.view_models.fork_form import Difference, differences, fork_changes
from studio.view_models.fork_words import call_words, not_forkable
from studio.view_models.markdown import plain

ADDRESS = "fork"


def offer_fork(span: SpanRecord, run: RunRecord) -> None:
    """A button that opens the dialog for a model call; when it cannot be forked from, it says why."""
    reason = not_forkable(span, run)
    st.button(
        "Fork from here",
        icon=":material/call_split:",
        key=f"fork_{span.id}",
        disabled=bool(reason),
        help=reason or "Starts another run that stands where this one stood before this call.",
        on_click=_open,
        args=(span.call_id,),
    )


def is_forking() -> bool:
    """Whether the address asks for the dialog."""
    return ADDRESS in st.query_params


def show_fork(run: RunRecord) -> None:
    """The dialog, if the address asks for it."""
    if is_forking():
        _dialog(run, st.query_params[ADDRESS])


def _open(call: str) -> None:
    st.query_params[ADDRESS] = call


def _close() -> None:
    st.query_params.pop(ADDRESS, None)


@st.dialog("Fork from here", icon=":material/call_split:", width="large", on_dismiss=_close)
def _dialog(run: RunRecord, call: str) -> None:
    try:
        point = _point(run.id, call)
    except NotFoundError:
        st.error("This run made no such model call.", icon=":material/error:")
        st.markdown("Close this, choose a model call in the trace, and press “Fork from here”.")
        return
    _explain(run, point)
    changes = fork_changes(point, ask_for_changes(run, call, point))
    with st.container(key="fork_differences", gap="xsmall"):
        _show_differences(differences(point, changes))
    if not st.button("Fork and run", type="primary", icon=":material/call_split:", key="fork_go"):
        return
    with errors_shown():
        fresh = core().control.fork(run.id, at=call, changes=changes)
        st.query_params.from_dict({"run": fresh})
        st.rerun()


@st.cache_data(max_entries=8, show_spinner=False)
def _point(run_id: str, call: str) -> ForkPoint:
    # What came before a call stays as it is, and to find it the whole run is read.
    return core().control.fork_point(run_id, at=call)


def _explain(run: RunRecord, point: ForkPoint) -> None:
    where = plain(call_words(point.number, point.agent))
    conversation = " The new one goes on in a copy of the conversation." if run.session_id else ""
    st.markdown(
        f"Starts another run that stands where this one stood before **{where}**. What models answered and tools "
        "did until then is taken over: it is not done again and costs nothing. From there on models are asked "
        f"again, and **tools take effect**. This run stays as it is.{conversation}"
    )


def _show_differences(found: list[Difference]) -> None:
    st.markdown("**What is different**")
    if not found:
        st.caption("Nothing yet: the model is asked the same once more.")
    for each in found:
        st.markdown(f":small[{plain(each.name)}]")
        st.html(STYLE + inline_diff(text_diff(each.before, each.after)))
