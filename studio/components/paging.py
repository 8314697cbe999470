"""Lists in pages; which page is shown stands in the address."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from core.records import Page
from studio.components.address import set_field, write_address

Row = TypeVar("Row")


def page_asked_for(look: Callable[[int], Page[Row]]) -> Page[Row]:
    """The page of the list that the address names, found with `look`, which is given its number; the last one when
    there are fewer."""
    text = st.query_params.get("page", "1")
    found = look(max(1, int(text)) if text.isdigit() else 1)
    return look(found.pages) if found.number > found.pages else found


def choose_page(found: Page[Row], *, key: str) -> None:
    """Numbers of pages, when there are several. Of a list that is filtered, each filter needs a key of its own, so
    that it starts at the first page."""
    if found.pages == 1:
        return
    if key in st.session_state:
        set_field(key, found.number)
    st.pagination(
        found.pages,
        default=found.number,
        key=key,
        on_change=write_address,
        args=("page", key),
        kwargs={"usual": "1"},
    )
