"""What the gallery shows is chosen here, and kept in the address."""

from collections.abc import Sequence

import streamlit as st

from core.patterns.catalogue import Pattern
from studio.components.address import follow_address, follow_several, follow_text, write_address
from studio.view_models.pattern_gallery import FEATURES, GROUPS, shown

NAMES = ("words", "group", "has")
"""Under which the choices stand in the address."""
ALL = ""


def choose_patterns(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Fields for words, group and what an organization has; returns the patterns that fit."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="pattern_filters"):
        follow_text("words", "patterns_words")
        st.text_input(
            "Search",
            key="patterns_words",
            type="search",
            placeholder="Words, such as refund, queue, review",
            width=280,
            on_change=write_address,
            args=("words", "patterns_words"),
        )
        follow_several("has", "patterns_has", list(FEATURES))
        st.pills(
            "It has",
            list(FEATURES),
            format_func=FEATURES.__getitem__,
            selection_mode="multi",
            wrap=True,
            key="patterns_has",
            on_change=write_address,
            args=("has", "patterns_has"),
        )
    follow_address("group", "patterns_group", list(GROUPS), otherwise=ALL)
    words: dict[str, str] = {ALL: "All", **GROUPS}
    st.segmented_control(
        "Group",
        list(words),
        format_func=words.__getitem__,
        key="patterns_group",
        required=True,
        label_visibility="collapsed",
        on_change=write_address,
        args=("group", "patterns_group"),
    )
    return shown(
        patterns,
        words=st.session_state["patterns_words"] or "",
        group=st.session_state["patterns_group"] or ALL,
        features=st.session_state["patterns_has"] or [],
    )


def clear_filters() -> None:
    """Show all patterns again."""
    for name in NAMES:
        st.query_params.pop(name, None)
