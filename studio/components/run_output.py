"""A run's final output: text as markdown, structured outputs as JSON."""

import json
from typing import Any

import streamlit as st

from studio.view_models.numbers import size

SHOWN = 12_000


def show_output(output: str, *, file_name: str) -> None:
    """The output; of a very long one only the beginning, and the rest as a file."""
    with st.container(border=True, gap="small"):
        st.markdown("**Final output**")
        if not output.strip():
            st.caption("The answer is empty.")
            return
        structured = _structured(output)
        if structured is not None and len(output) <= SHOWN:
            st.json(structured)
        else:
            st.markdown(output[:SHOWN])
        if len(output) > SHOWN:
            whole = output.encode()
            st.caption(f"The first {SHOWN:,} characters of {size(len(whole))}.")
            st.download_button("Whole output", whole, file_name, on_click="ignore", key="whole_output")


def _structured(output: str) -> Any:
    """The object or list that the output is, if it is one."""
    if not output.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(output)
    except ValueError:
        return None
