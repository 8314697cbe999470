"""A pattern: a small drawing, what it is, and how to start from it."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.patterns.catalogue import Pattern
from studio.components.errors import errors_shown
from studio.components.sketch import show_sketch
from studio.context import core
from studio.page_files import page_file

CARD_WIDTH = 240
"""Pixels; where fewer cards fit beside each other, the others stand below."""
TEXT_WIDTH = 180


def show_gallery(patterns: Sequence[Pattern]) -> None:
    """The cards, three in a row where there is room."""
    with st.grid(3, min_column_width=CARD_WIDTH, key="gallery"):
        for each in patterns:
            show_pattern_card(each)


def show_pattern_card(pattern: Pattern) -> None:
    """The card of the gallery."""
    with st.container(border=True, height="stretch", key=f"pattern_{pattern.id}"):
        show_sketch(pattern.organization)
        st.markdown(f"**{pattern.title}**")
        with st.container(height="stretch"):
            st.caption(pattern.summary)
        open_button, more = st.columns(2)
        with open_button:
            _open_button(pattern, key=f"open_{pattern.id}")
        if more.button("Details", key=f"details_{pattern.id}", width="stretch"):
            st.switch_page(page_file("patterns"), query_params={"pattern": pattern.id})


def show_pattern_details(pattern: Pattern) -> None:
    """The whole explanation."""
    with st.container(border=True, key="pattern_details"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(pattern.title, width="content")
            st.button("Close", icon=":material/close:", on_click=st.query_params.clear)
        st.markdown(pattern.explanation)
        grid = st.grid(4, min_column_width=TEXT_WIDTH)
        for title, lines in (
            ("When to use it", pattern.when),
            ("Good at", pattern.pros),
            ("Costs", pattern.cons),
            ("What to look at", pattern.look_at),
        ):
            grid.markdown("\n".join([f"**{title}**", "", *(f"- {line}" for line in lines)]))
        _open_button(pattern, key="open_details", width="content")


def _open_button(pattern: Pattern, *, key: str, width: Literal["stretch", "content"] = "stretch") -> None:
    if st.button("Open", icon=":material/account_tree:", key=key, type="primary", width=width):
        with errors_shown():
            created = core().organizations.create_from_pattern(pattern.id)
            st.switch_page(page_file("design"), query_params={"organization": created})
