"""The navigation: one flat list, one verb each, with the number of waiting approvals."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from studio.page_files import page_file


def navigation(waiting: int) -> StreamlitPage:
    """Draw the navigation with the number of `waiting` approvals, and return the page that was asked for."""
    inbox = f"Approvals ({waiting})" if waiting else "Approvals"
    return st.navigation(
        [
            _page("home", "Home", "home", default=True),
            _page("design", "Design", "account_tree"),
            _page("run", "Run", "play_circle"),
            _page("runs", "Runs", "receipt_long"),
            _page("tests", "Tests", "checklist"),
            _page("compare", "Compare", "difference"),
            _page("batch", "Batch", "table_rows"),
            _page("triggers", "Triggers", "bolt"),
            _page("approvals", inbox, "pan_tool"),
            _page("patterns", "Patterns", "category"),
            _page("settings", "Settings", "settings"),
        ]
    )


def _page(name: str, title: str, icon: str, *, default: bool = False) -> StreamlitPage:
    return st.Page(page_file(name), title=title, icon=f":material/{icon}:", url_path=name, default=default)
