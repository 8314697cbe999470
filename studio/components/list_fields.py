"""The fields above a list, whose values stand in the address: text to look for, an organization, one of some
words. A change leads to the first page."""

from collections.abc import Mapping

import streamlit as st

from studio.components.address import follow_address, follow_text, write_address

ALL = "all"
"""The first of some words: nothing is left out."""


def search_field(key: str, *, placeholder: str) -> str:
    """Text to look for; under `text` in the address."""
    follow_text("text", key)
    return st.text_input(
        "Search",
        key=key,
        type="search",
        placeholder=placeholder,
        width=280,
        on_change=_write,
        args=("text", key),
    )


def organization_field(key: str, names: Mapping[str, str]) -> str:
    """One of the organizations, which are named by id; "" for all. Under `organization` in the address."""
    follow_address("organization", key, ["", *names], otherwise="")
    return st.selectbox(
        "Organization",
        ["", *names],
        format_func=lambda chosen: names.get(chosen, "All organizations"),
        key=key,
        width=260,
        on_change=_write,
        args=("organization", key),
    )


def word_field(name: str, label: str, words: Mapping[str, str], *, key: str) -> str:
    """One of some words, which are shown as `words` says, `ALL` if nothing else is chosen; under `name` in the
    address."""
    follow_address(name, key, list(words), otherwise=ALL)
    chosen = st.segmented_control(
        label,
        list(words),
        format_func=words.__getitem__,
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=_write,
        args=(name, key),
    )
    return chosen or ALL


def _write(name: str, key: str) -> None:
    write_address(name, key, usual=ALL, without="page")
