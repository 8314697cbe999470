"""Differences between two revisions in words, with a diff of long texts."""

from collections.abc import Sequence

import streamlit as st

from core.organization.diff import Statement
from studio.components.compare_tables import STYLE, inline_diff
from studio.view_models.compare_diff import text_diff
from studio.view_models.design_text import markdown_safe
from studio.view_models.revision_words import grouped, long_text


def revision_differences(statements: Sequence[Statement]) -> None:
    """The most consequential first, under headings."""
    with st.container(key="revision_differences", gap="small"):
        if not statements:
            st.info(
                "No difference in meaning. At most nodes were moved, or lists put into another order.",
                icon=":material/check:",
            )
        for group in grouped(statements):
            st.markdown(f"**{group.title}**")
            short = [each for each in group.statements if long_text(each) is None]
            if short:
                st.markdown("\n".join(f"- {markdown_safe(each.words)}" for each in short))
            for each in group.statements:
                _text(each)


def _text(statement: Statement) -> None:
    texts = long_text(statement)
    if texts:
        with st.expander(markdown_safe(statement.words), icon=":material/difference:"):
            st.html(STYLE + inline_diff(text_diff(*texts)))
