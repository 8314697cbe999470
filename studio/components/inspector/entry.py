"""The switch that says where runs begin."""

from functools import partial

import streamlit as st

from core.organization.edits import set_entry
from studio.components.inspector.form import Form


def entry_toggle(form: Form) -> None:
    """On at the agent or step that starts the run."""
    is_entry = form.desk.organization.entry == form.value("name")
    options = form.computed("starts", is_entry, partial(_start_with, form))
    st.toggle(
        "Starts the run",
        disabled=is_entry,
        help="To change it, switch it on at another one." if is_entry else "Runs begin here.",
        **options,
    )


def _start_with(form: Form, on: bool) -> None:
    if on:
        form.desk.change(set_entry(form.desk.organization, form.owner))
