"""The top of the Design page: name, state, and what can be done with the whole organization."""

import streamlit as st

from core.errors import TroupeError
from core.records import RevisionRecord
from studio.components.design_dialogs import (
    confirm_delete,
    confirm_discard,
    save_with_note,
)
from studio.components.design_export import export_dialog
from studio.components.design_presentation import present
from studio.components.design_tabs import show_canvas
from studio.components.inspector.form import form_for
from studio.components.notices import notify
from studio.context import core
from studio.editing import Desk
from studio.page_files import page_file
from studio.view_models.design_state import broken_words, design_state
from studio.view_models.design_values import TRIMMED

MENU = {
    "note": ":material/edit_note: Save with a note…",
    "batch": ":material/table_rows: Run over a table…",
    "export": ":material/download: Export…",
    "present": ":material/slideshow: Present",
    "keys": ":material/keyboard: Keyboard…",
    "duplicate": ":material/content_copy: Duplicate",
    "discard": ":material/undo: Discard unsaved changes…",
    "delete": ":material/delete: Delete…",
}


def design_bar(desk: Desk) -> None:
    """One row of name, state and actions; below it why an action could not be done."""
    with st.container(horizontal=True, vertical_alignment="center", key="design_bar", gap="small"):
        with st.container(key="design_name", width=320):
            form_for(desk, "").text(
                "name", "Name of the organization", TRIMMED, label_visibility="collapsed", placeholder="Name"
            )
        with st.container(key="design_state"):
            st.markdown(_state(desk))
        st.button(
            "Save revision",
            icon=":material/save:",
            key="design_save",
            shortcut="Ctrl+S",
            help="What is on the canvas becomes a numbered revision. Edits are kept as a draft before that.",
            on_click=_save,
            args=(desk,),
        )
        run = st.button(
            "Run",
            icon=":material/play_arrow:",
            type="primary",
            key="design_run",
            on_click=_prepare_run,
            args=(desk,),
        )
        menu = st.menu_button(
            "More", list(MENU), format_func=lambda choice: MENU[choice], key="design_menu", type="tertiary"
        )
    if run and _is_saved(desk):
        st.switch_page(page_file("run"), query_params={"organization": desk.organization_id})
    if menu:
        _menu(desk, menu)


def _is_saved(desk: Desk) -> bool:
    return not (desk.errors or desk.changed or desk.conflict or desk.refused)


def _state(desk: Desk) -> str:
    return design_state(
        errors=desk.errors,
        changed=desk.changed,
        saved=desk.saved.number if desk.saved else None,
        conflict=desk.conflict is not None,
    ).markdown


def _save(desk: Desk) -> None:
    unchanged = not desk.changed
    revision = _save_quietly(desk)
    if revision is not None:
        words = "Nothing has changed since revision" if unchanged else "Saved as revision"
        notify(f"{words} {revision.number}.")


def _prepare_run(desk: Desk) -> None:
    _save_quietly(desk)


def _save_quietly(desk: Desk) -> RevisionRecord | None:
    """Save what can be saved; else the page says why not."""
    if desk.errors:
        desk.select("")
        notify(f"{broken_words(desk.errors)}. Press one in the list to get to it.")
        return None
    if desk.conflict:
        notify("First choose between the other tab's edits and yours.")
        return None
    try:
        return desk.save()
    except TroupeError as error:
        desk.refused = error
        return None


def _menu(desk: Desk, choice: str) -> None:
    match choice:
        case "note":
            save_with_note(desk)
        case "batch":
            st.switch_page(page_file("batch"), query_params={"organization": desk.organization_id})
        case "export":
            export_dialog(desk)
        case "present":
            present(True)
            st.rerun()
        case "keys":
            show_canvas()
            desk.tell("keys")
        case "duplicate":
            _duplicate(desk)
        case "discard":
            confirm_discard(desk)
        case "delete":
            confirm_delete(desk)


def _duplicate(desk: Desk) -> None:
    copy_id = core().organizations.duplicate(desk.organization_id)
    notify("This is the copy.")
    st.switch_page(page_file("design"), query_params={"organization": copy_id})
