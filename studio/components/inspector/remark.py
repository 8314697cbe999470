"""A line under a field that says what is wrong, or what it means."""

import streamlit as st

from studio.view_models.design_text import markdown_safe


def remark(mark: str, text: str) -> None:
    """`mark` is a coloured icon as markdown; `text` is shown as it is."""
    st.markdown(f":small[{mark} {markdown_safe(text)}]")
