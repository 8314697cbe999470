"""The progress bar of a batch, or of tests: drawn by the browser from a WebSocket, so that it moves by itself."""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from studio.view_models.batch_progress import Progress


def progress_bar(path: str, progress: Progress, *, key: str) -> None:
    """Draws `progress` and what comes after it, as the WebSocket at `path` tells; when rows have changed, what
    surrounds it is drawn again."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    url = f"{f'/{base}' if base else ''}/{path}"
    data = {"url": url, "progress": progress}
    _component()(key=key, data=data, on_changed_change=lambda: None)


@cache
def _component() -> ComponentRenderer:
    here = Path(__file__)
    return st.components.v2.component(
        "batch_progress", js=here.with_suffix(".js").read_text(), css=here.with_suffix(".css").read_text()
    )
