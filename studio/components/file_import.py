"""Adds organizations from files that a person drags in, or from pasted text."""

from collections.abc import Callable

import streamlit as st

from core.errors import InvalidSpecError, TroupeError
from core.services.imports import Arrival
from studio.components.errors import show_error
from studio.components.notices import notify
from studio.context import core
from studio.page_files import page_file
from studio.view_models.design_text import markdown_safe
from studio.view_models.file_lines import around
from studio.view_models.import_report import FATES, needs_a_look, rows, summary

ARRIVED = "import_arrived"
"""In the tab's memory: the import of last, whose report a person has not read yet."""
KINDS = ["py", "zip", "yaml", "yml", "json"]


def file_import() -> None:
    """A place to drop files, and one to paste; a good import opens on the canvas, of another it says what is wrong
    where."""
    number = st.session_state.get("imports", 0)
    files = st.file_uploader(
        "Import: drag files here. Python that uses the Agents SDK, a zip of it, an Agent Builder export, AutoGen "
        "Studio teams, or organizations in YAML or JSON. Nothing of it is run.",
        type=KINDS,
        accept_multiple_files=True,
        key=f"import_{number}",
        max_upload_size=50,
    )
    if files:
        uploads = [(file.name, file.getvalue()) for file in files]
        first = uploads[0][1].decode(errors="replace")
        named = f"{uploads[0][0]} was" if len(uploads) == 1 else f"{len(uploads)} files were"
        _arrive(lambda: core().imports.from_uploads(uploads), named, first)
    with st.popover("Paste", icon=":material/content_paste:", key=f"import_paste_{number}"):
        text = st.text_area("Python, YAML or JSON", height=320, key=f"import_text_{number}")
        if st.button("Import", type="primary", key=f"import_text_go_{number}", disabled=not text.strip()):
            _arrive(lambda: core().imports.from_text(text), "The text was", text)


def import_notes(organization_id: str) -> None:
    """What became of everything in the files that this organization came from, until a person has read it."""
    arrival: Arrival | None = st.session_state.get(ARRIVED)
    if arrival is None or arrival.organization_id != organization_id:
        return
    if arrival.unknown_fields:
        st.warning(
            "**The file has fields that are not known here.** They are kept.\n\n"
            + "\n".join(f"- {markdown_safe(note)}" for note in arrival.unknown_fields),
            icon=":material/help:",
        )
    else:
        _report(arrival)
    st.button("Understood", icon=":material/check:", key="import_understood", on_click=_forget)


def _report(arrival: Arrival) -> None:
    with st.expander(markdown_safe(summary(arrival)), icon=":material/move_to_inbox:", key="import_report"):
        told = {fate: words for fate, words in FATES.items() if arrival.count(fate)} or {"carried": "Carried"}
        tabs = st.tabs([f"{words} ({arrival.count(fate)})" for fate, words in told.items()])
        for tab, fate in zip(tabs, told, strict=True):
            tab.dataframe(rows(arrival.report, fate), hide_index=True, key=f"import_{fate}")


def _arrive(bring: Callable[[], list[Arrival]], what: str, text: str) -> None:
    """Open the first of what arrives; of what cannot, say what is wrong where."""
    try:
        arrivals = bring()
    except InvalidSpecError as error:
        show_error(error)
        if error.line is not None:
            st.code(around(text, error.line), language=None)
        return
    except TroupeError as error:
        show_error(error)
        return
    # Another key is an empty place: the files are not imported again when a person comes back.
    st.session_state.imports = st.session_state.get("imports", 0) + 1
    first = arrivals[0]
    if needs_a_look(first) or not first.is_file_of_ours:
        st.session_state[ARRIVED] = first
    more = f" as {len(arrivals)} organizations" if len(arrivals) > 1 else ""
    notify(f"{what} imported{more}.")
    st.switch_page(page_file("design"), query_params={"organization": first.organization_id})


def _forget() -> None:
    st.session_state.pop(ARRIVED, None)
