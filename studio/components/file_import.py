"""Adds an organization from a YAML or JSON file that a person drags in."""

import streamlit as st

from core.errors import InvalidSpecError, TroupeError
from studio.components.design_desk import notify
from studio.components.errors import show_error
from studio.context import core
from studio.page_files import page_file
from studio.view_models.design_text import markdown_safe
from studio.view_models.file_lines import around, decoded

NOTES = "import_notes"
"""In the tab's memory: what to know about the file that was imported last, by the organization's id."""


def file_import() -> None:
    """A place to drop a file; a good one opens on the canvas, of another it says what is wrong where."""
    file = st.file_uploader(
        "Open a file: drag a YAML or JSON file here",
        type=["yaml", "yml", "json"],
        key=f"import_{st.session_state.get('imports', 0)}",
        max_upload_size=10,
    )
    if file is None:
        return
    text = ""
    try:
        text = decoded(file.getvalue(), file.name)
        imported = core().organizations.import_text(text, source=file.name)
    except InvalidSpecError as error:
        show_error(error)
        if error.line is not None:
            st.code(around(text, error.line), language=None)
        return
    except TroupeError as error:
        show_error(error)
        return
    # Another key is an empty place: the file is not imported again when a person comes back.
    st.session_state.imports = st.session_state.get("imports", 0) + 1
    if imported.notes:
        st.session_state[NOTES] = (imported.organization_id, imported.notes)
    notify(f"{file.name} was imported.")
    st.switch_page(page_file("design"), query_params={"organization": imported.organization_id})


def import_notes(organization_id: str) -> None:
    """What was not known in the file that this organization came from, until a person has read it."""
    of, notes = st.session_state.get(NOTES, ("", []))
    if of != organization_id:
        return
    st.warning(
        "**The file has fields that are not known here.** They are kept.\n\n"
        + "\n".join(f"- {markdown_safe(note)}" for note in notes),
        icon=":material/help:",
    )
    st.button("Understood", icon=":material/check:", key="import_understood", on_click=_forget)


def _forget() -> None:
    st.session_state.pop(NOTES, None)
