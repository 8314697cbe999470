"""The Design page of one organization: bar, canvas and inspector, drawn anew without the rest of the page."""

from functools import partial

import streamlit as st

from studio.canvas.canvas import canvas
from studio.canvas.changes import CanvasChange, Present
from studio.canvas_edits import apply_canvas_change
from studio.components.design_alerts import design_alerts
from studio.components.design_bar import design_bar
from studio.components.design_code import design_code
from studio.components.design_desk import STYLE, leave_address
from studio.components.design_presentation import design_presentation, is_presented, present
from studio.components.design_revisions import design_revisions
from studio.components.design_tabs import design_tabs
from studio.components.inspector.inspector import inspector
from studio.components.notices import show_notice
from studio.editing import Desk
from studio.view_models.graph import organization_graph

CANVAS_HEIGHT = 720


@st.fragment
def design_workspace(desk: Desk) -> None:
    """Every edit reruns this alone."""
    st.html(STYLE)
    if is_presented():
        design_presentation(desk)
    else:
        _work(desk)
    leave_address(desk)
    show_notice()


def _work(desk: Desk) -> None:
    design_bar(desk)
    design_alerts(desk)
    match design_tabs():
        case "code":
            design_code(desk)
        case "revisions":
            design_revisions(desk)
        case _:
            _canvas_view(desk)


def _canvas_view(desk: Desk) -> None:
    with st.container(key="design_body"):
        left, right = st.columns([2, 1], gap="medium")
        with left, st.container(key="design_canvas"):
            _canvas(desk)
        with right, st.container(key="design_inspector"):
            inspector(desk)


def _canvas(desk: Desk) -> None:
    canvas(
        organization_graph(desk.organization, desk.problems),
        key=f"canvas_{desk.organization_id}",
        revision=desk.drawn,
        selected=[desk.selected] if desk.selected else desk.several,
        can_undo=desk.history.can_undo,
        can_redo=desk.history.can_redo,
        fit=desk.fit,
        height=CANVAS_HEIGHT,
        order=desk.order,
        on_change=partial(_apply, desk),
    )


def _apply(desk: Desk, change: CanvasChange) -> None:
    if isinstance(change, Present):
        present(change.on)
    else:
        apply_canvas_change(desk, change)
