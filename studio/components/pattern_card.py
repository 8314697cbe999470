"""A pattern: a small drawing, what it is, and how to start from it."""

import streamlit as st

from core.patterns.catalogue import Pattern
from studio.components.errors import errors_shown
from studio.components.sketch import show_sketch
from studio.context import core
from studio.page_files import page_file


def show_pattern_card(pattern: Pattern) -> None:
    """The card of the gallery."""
    with st.container(border=True, height="stretch", key=f"pattern_{pattern.id}"):
        show_sketch(pattern.organization)
        st.markdown(f"**{pattern.title}**")
        st.caption(pattern.summary)
        open_button, more = st.columns(2)
        with open_button:
            _open_button(pattern, key=f"open_{pattern.id}")
        if more.button("Details", key=f"details_{pattern.id}", width="stretch"):
            st.switch_page(page_file("patterns"), query_params={"pattern": pattern.id})


def show_pattern_details(pattern: Pattern) -> None:
    """The whole explanation."""
    with st.container(border=True, key="pattern_details"):
        head, close = st.columns([6, 1], vertical_alignment="center")
        head.subheader(pattern.title)
        close.button("Close", icon=":material/close:", on_click=st.query_params.clear, width="stretch")
        st.markdown(pattern.explanation)
        for column, title, lines in zip(
            st.columns(4),
            ("When to use it", "Good at", "Costs", "What to look at"),
            (pattern.when, pattern.pros, pattern.cons, pattern.look_at),
            strict=True,
        ):
            column.markdown("\n".join([f"**{title}**", "", *(f"- {line}" for line in lines)]))
        _open_button(pattern, key="open_details")


def _open_button(pattern: Pattern, *, key: str) -> None:
    if st.button("Open", icon=":material/account_tree:", key=key, type="primary", width="stretch"):
        with errors_shown():
            created = core().organizations.create_from_pattern(pattern.id)
            st.switch_page(page_file("design"), query_params={"organization": created})
