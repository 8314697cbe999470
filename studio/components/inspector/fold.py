"""Fields that are out of sight until a person opens them."""

from collections.abc import Callable

import streamlit as st

from studio.components.inspector.form import Form


def fold(form: Form, name: str, label: str, draw: Callable[[Form], None]) -> None:
    """Draws the fields only while the fold is open: a browser spends more time on hidden fields than on all that
    are in sight. Problems of fields that are not drawn stand above, with those of the whole part."""
    key = form.key(name)
    held = f"{key}_label"
    if held not in st.session_state or not st.session_state.get(key):
        # With another label it would be another fold, and closed: it must not change while somebody edits in it.
        st.session_state[held] = label
    box = st.expander(st.session_state[held], key=key, on_change="rerun")
    if box.open:
        with box:
            draw(form)
