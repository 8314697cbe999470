"""The small drawing of an organization."""

import streamlit as st

from core.organization.spec import Organization
from studio.view_models.sketch import sketch_svg

INK = {"light": "#4a4f5c", "dark": "#aeb4c2"}


def show_sketch(organization: Organization) -> None:
    """Drawn in the ink of the theme; an image does not inherit the page's colour."""
    ink = INK[st.context.theme.type or "light"]
    drawing = sketch_svg(organization).replace("currentColor", ink)
    st.image(drawing, width="stretch", alt=f"Drawing of {organization.name}")
