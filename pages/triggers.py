"""Triggers: what starts runs without a person, what came in, and what needs somebody."""

import streamlit as st

from core.errors import NotFoundError
from studio.components.errors import show_error
from studio.components.notices import show_notice
from studio.components.trigger_form import show_trigger_form
from studio.components.trigger_list import show_trigger_list
from studio.components.trigger_view import show_trigger
from studio.context import core

show_notice()
trigger_id = st.query_params.get("trigger", "")
if trigger_id == "new":
    st.title("New trigger")
    show_trigger_form(None)
    st.stop()
missing = None
if trigger_id:
    try:
        trigger = core().triggers.get(trigger_id)
    except NotFoundError as error:
        missing = error
    else:
        if st.query_params.get("edit"):
            st.title("Edit the trigger")
            show_trigger_form(trigger)
        else:
            show_trigger(trigger)
        st.stop()

st.title("Triggers")
if missing is not None:
    show_error(missing)
show_trigger_list()
