"""The canvas on a page: Python owns the organization, the browser draws it and reports changes."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from studio.canvas.changes import CanvasChange, Report
from studio.canvas.orders import Order
from studio.view_models.graph import Graph


def canvas(
    graph: Graph,
    *,
    key: str,
    revision: int,
    status: Mapping[str, str] | None = None,
    selected: Sequence[str] = (),
    read_only: bool = False,
    live_run: str | None = None,
    live_over: str = "",
    presented: str | None = None,
    can_undo: bool = False,
    can_redo: bool = False,
    fit: int = 0,
    height: int = 640,
    order: Order | None = None,
    on_change: Callable[[CanvasChange], None] | None = None,
) -> CanvasChange | None:
    """Draws the graph and returns the change that a person made on it, once.

    The graph is drawn anew when `revision` differs; `status` (node name or link key → idle, running, waiting,
    done, failed) is applied at once. `selected` are names of nodes or link keys. A higher `fit` shows the
    whole graph again. An `order` is carried out once, however often it is given. With `live_run` the browser
    follows that run by itself and nothing can be edited; `live_over` is when it ended ("" while it goes on),
    so that one that is tried again is followed again; `presented` is the name of an organization that is shown
    as large as the window, to look at.

    Best used with `on_change`, which is called with the change before the page is drawn. Keep the canvas in a
    container that is always there, else Streamlit makes it anew.
    """
    report = _last_report(key)
    _component()(
        key=key,
        data={
            "graph": graph.data(),
            "revision": revision,
            "status": dict(status or {}),
            "selected": list(selected),
            "read_only": read_only or live_run is not None or presented is not None,
            "live_run": live_run,
            "live_over": live_over,
            "presented": presented,
            "can_undo": can_undo,
            "can_redo": can_redo,
            "fit": fit,
            "height": height,
            "order": order.data() if order else None,
            "ack": report.seq if report else 0,
        },
        on_report_change=partial(_hand_over, key, on_change) if on_change else _ignore,
    )
    missed = _take_change(key)
    if missed is not None and on_change is not None:
        # Overlapping runs can bring a change without its callback.
        on_change(missed)
        st.rerun()
    return missed


def _hand_over(key: str, on_change: Callable[[CanvasChange], None]) -> None:
    change = _take_change(key)
    if change is not None:
        on_change(change)


def _take_change(key: str) -> CanvasChange | None:
    """The newest change of the canvas with this key, or None when it was taken before."""
    report = _last_report(key)
    if report is None or st.session_state.get(_taken_key(key)) == report.seq:
        return None
    st.session_state[_taken_key(key)] = report.seq
    return report.change


def _last_report(key: str) -> Report | None:
    state: Any = st.session_state.get(key)
    value = state.get("report") if state else None
    return Report.model_validate(value) if value else None


def _taken_key(key: str) -> str:
    return f"{key}_taken"


def _ignore() -> None:
    """Without a callback Streamlit would not keep the state."""


@cache
def _component() -> ComponentRenderer:
    # Not at import: a component with files can only be registered while Streamlit runs.
    return st.components.v2.component("studio.canvas", js="canvas.js", css="canvas.css")
