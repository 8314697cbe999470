"""Design: compose an organization on the canvas, and edit its parts in the inspector."""

import streamlit as st

from core.errors import NotFoundError
from studio.components.design_chooser import design_chooser
from studio.components.design_desk import open_desk
from studio.components.design_workspace import design_workspace

organization_id = st.query_params.get("organization")
if not organization_id:
    design_chooser()
    st.stop()
try:
    desk = open_desk(organization_id, st.query_params.get("node", ""))
except NotFoundError as error:
    design_chooser(error)
    st.stop()
design_workspace(desk)
