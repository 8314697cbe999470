"""The Code view of the Design page: the organization as a Python package, to read, copy and download."""

from pathlib import Path

import streamlit as st

from core.errors import TroupeError
from core.services.exports import Code
from studio.components.errors import show_error
from studio.context import core
from studio.editing import Desk
from studio.view_models.code_files import CodeFile, code_files
from studio.view_models.design_text import markdown_safe

STYLE = Path(__file__).with_suffix(".css")
HEIGHT = 660
_SHOWN = "code_file"


def design_code(desk: Desk) -> None:
    """What is on the canvas now, as code."""
    try:
        code = core().exports.code(desk.organization)
    except TroupeError as error:
        show_error(error)
        return
    st.html(STYLE)
    files = {file.path: file for file in code_files(code.files)}
    left, right = st.columns([1, 3], gap="medium")
    with left:
        _download(code)
        shown = _chosen(files)
    with right, st.container(key="design_code"):
        if code.left_out:
            st.warning(
                "**What the code does not carry**\n\n"
                + "\n".join(f"- {markdown_safe(each)}" for each in code.left_out)
            )
        st.caption(f"`{shown.path}`")
        with st.container(height=HEIGHT, border=False):
            st.code(code.files[shown.path], language=shown.language, wrap_lines=True)


def _download(code: Code) -> None:
    st.download_button(
        "Download zip",
        code.zip,
        file_name=f"{code.name}.zip",
        mime="application/zip",
        icon=":material/download:",
        key="code_download",
        on_click="ignore",
        width="stretch",
        help="A Python package on the OpenAI Agents SDK that runs by itself. Its README says how. "
        "Into a folder, with your own changes kept: `studio export NAME --code DIR`.",
    )


def _chosen(files: dict[str, CodeFile]) -> CodeFile:
    # A file that was read before may be gone, or the package renamed: then the first one is shown.
    if st.session_state.get(_SHOWN) not in files:
        st.session_state.pop(_SHOWN, None)
    with st.container(height=HEIGHT, border=False, key="code_files"):
        path = st.radio(
            "File",
            list(files),
            format_func=lambda path: markdown_safe(files[path].label),
            label_visibility="collapsed",
            key=_SHOWN,
        )
    return files[path or next(iter(files))]
