"""An organization as it is shown to others: the canvas alone, as large as the window. The address says so:
`?present=1`."""

from functools import partial

import streamlit as st

from studio.canvas.canvas import canvas
from studio.canvas.changes import CanvasChange, Present, Select
from studio.canvas_edits import apply_canvas_change
from studio.components.address import put_into_address
from studio.editing import Desk
from studio.view_models.graph import organization_graph

_PARAMETER = "present"


def is_presented() -> bool:
    """Whether the address asks for it."""
    return _PARAMETER in st.query_params


def present(on: bool) -> None:
    """Show the canvas alone, or the page again, from the next run on."""
    put_into_address(_PARAMETER, "1" if on else "")


def design_presentation(desk: Desk) -> None:
    """Without problems, for they are nothing to show; nothing can be edited."""
    with st.container(key="design_presentation"):
        canvas(
            organization_graph(desk.organization),
            key=f"presentation_{desk.organization_id}",
            revision=desk.drawn,
            selected=[desk.selected] if desk.selected else [],
            presented=desk.organization.name,
            order=desk.order,
            on_change=partial(_apply, desk),
        )


def _apply(desk: Desk, change: CanvasChange) -> None:
    match change:
        case Select():
            apply_canvas_change(desk, change)
        case Present():
            present(change.on)
        case _:
            # Whatever a browser may send: here nothing is edited.
            return
