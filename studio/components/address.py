"""Fields whose values stand in the page's address, so that links and the browser's arrows change them."""

import streamlit as st


def follow_address(name: str, key: str, options: list[str], *, otherwise: str | None) -> None:
    """Before a field of that key is drawn: give it what the address says under `name`."""
    said = st.query_params.get(name)
    _remember(key, said if said in options else otherwise)


def follow_text(name: str, key: str) -> None:
    """The same for a field of free text."""
    _remember(key, st.query_params.get(name, ""))


def follow_several(name: str, key: str, options: list[str]) -> None:
    """The same for a field of several choices, which stand in the address with commas between them."""
    said = st.query_params.get(name, "").split(",")
    _remember(key, [option for option in options if option in said])


def write_address(name: str, key: str) -> None:
    """When the field has changed: say so in the address; an empty value is left out."""
    value = st.session_state[key]
    text = ",".join(value) if isinstance(value, list) else value
    if text:
        st.query_params[name] = text
    else:
        st.query_params.pop(name, None)


def _remember(key: str, value: object) -> None:
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
