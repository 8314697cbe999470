"""Talk to an organization and watch it work."""

import streamlit as st

from core.errors import NotFoundError
from studio.components.errors import show_error
from studio.components.run_chat import show_chat
from studio.components.run_choice import chosen_organization, chosen_session
from studio.components.run_live_canvas import show_live_canvas
from studio.components.run_sessions import show_sessions
from studio.context import core
from studio.page_files import page_file

try:
    organization = chosen_organization()
except NotFoundError as error:
    st.title("Run")
    show_error(error)
    st.page_link(page_file("run"), label="The last changed organization", icon=":material/play_circle:")
    st.page_link(page_file("design"), label="All organizations", icon=":material/list:")
    st.stop()
if organization is None:
    st.title("Run")
    st.info(
        "There is nothing to run yet. Start from a pattern, or draw an organization and save it.",
        icon=":material/play_circle:",
    )
    st.page_link(page_file("patterns"), label="Choose a pattern", icon=":material/category:")
    st.stop()

session = chosen_session(organization.id)
runs = core().sessions.runs(session.id) if session else []
with st.container(key="run_layout"):
    conversations, chat, picture = st.columns([1.2, 3, 3], gap="medium")
with conversations:
    show_sessions(organization, session)
with chat:
    show_chat(organization, session, runs)
with picture:
    show_live_canvas(organization, runs[-1] if runs else None)
