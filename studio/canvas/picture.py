"""An organization as a picture to save: the browser draws it and makes the files."""

from functools import cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from studio.view_models.graph import Graph


def picture(graph: Graph, *, title: str, file_name: str, key: str) -> None:
    """The whole drawing as it will be saved, in light or dark colours, with buttons for SVG and PNG. `file_name`
    has no ending. The files need no fonts or network; problems and states are not drawn."""
    _component()(key=key, data={"graph": graph.data(), "title": title, "file_name": file_name})


@cache
def _component() -> ComponentRenderer:
    # Not at import: a component with files can only be registered while Streamlit runs.
    return st.components.v2.component("studio.picture", js="picture.js", css="picture.css")
