"""A button that shows an icon alone; its words are its tooltip, and what a screen reader says."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from studio.view_models.markdown import plain


def icon_button(
    icon: str,
    words: str,
    *,
    key: str,
    on_click: Callable[..., None],
    args: Sequence[Any] = (),
    disabled: bool = False,
) -> None:
    """`icon` is Streamlit's name of a symbol. The words are there for everyone who cannot see it: the style sheet
    hides them from view only."""
    with st.container(key=f"icon_only_{key}", width="content"):
        st.button(
            plain(words),
            icon=icon,
            help=words,
            type="tertiary",
            key=key,
            on_click=on_click,
            args=tuple(args),
            disabled=disabled,
        )
