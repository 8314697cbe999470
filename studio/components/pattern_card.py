"""A pattern on a card: a small drawing, what it is, and how to start from it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import streamlit as st

from core.patterns.catalogue import Pattern
from studio.components.errors import errors_shown
from studio.components.sketch import show_sketch
from studio.context import core
from studio.page_files import page_file

CARD_WIDTH = 240
"""Pixels; where fewer cards fit beside each other, the others stand below."""


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
            if pattern.not_yet:
                st.caption(f":material/info: {pattern.not_yet}")
        open_button, more = st.columns(2)
        with open_button:
            show_open_button(
                partial(core().organizations.create_from_pattern, pattern.id),
                key=f"open_{pattern.id}",
                width="stretch",
            )
        if more.button("Details", key=f"details_{pattern.id}", width="stretch"):
            st.switch_page(page_file("patterns"), query_params={"pattern": pattern.id})


def show_open_button(
    create: Callable[[], str],
    *,
    key: str,
    kind: Literal["primary", "secondary"] = "primary",
    width: Literal["stretch", "content"] = "content",
) -> None:
    """A button that makes an organization and goes to its canvas; `create` gives the id."""
    if st.button("Open", icon=":material/account_tree:", key=key, type=kind, width=width):
        with errors_shown():
            created = create()
            st.switch_page(page_file("design"), query_params={"organization": created})
