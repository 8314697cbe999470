"""The Export dialog of the Design page: an organization as a file, as a flowchart, or as a picture."""

from typing import Literal

import streamlit as st

from core.organization.files import Export, export
from core.organization.mermaid import export_mermaid
from core.organization.secrets import without_secrets
from core.organization.spec import Organization
from studio.canvas.picture import picture
from studio.editing import Desk
from studio.view_models.design_state import file_name, file_stem
from studio.view_models.design_text import markdown_safe
from studio.view_models.graph import organization_graph

Written = Literal["yaml", "json", "mermaid"]
FORMS = {"yaml": "YAML", "json": "JSON", "mermaid": "Mermaid", "picture": "Picture"}
ENDINGS: dict[Written, str] = {"yaml": "yaml", "json": "json", "mermaid": "mmd"}
MIME: dict[Written, str] = {"yaml": "application/yaml", "json": "application/json", "mermaid": "text/plain"}


@st.dialog("Export", icon=":material/download:", width="large")
def export_dialog(desk: Desk) -> None:
    """What is on the canvas, without secrets: to read, copy or download."""
    form = st.segmented_control(
        "Form", list(FORMS), default="yaml", format_func=FORMS.__getitem__, required=True, key="export_form"
    )
    match form:
        case "json" | "mermaid":
            _text(desk.organization, form)
        case "picture":
            _picture(desk.organization)
        case _:
            _text(desk.organization, "yaml")


def _text(org: Organization, form: Written) -> None:
    exported = _exported(org, form)
    _left_out(exported.notes)
    st.download_button(
        "Download",
        exported.text,
        file_name=file_name(org.name, ENDINGS[form]),
        mime=MIME[form],
        icon=":material/download:",
        type="primary",
        key="export_download",
        on_click="ignore",
    )
    st.code(exported.text, language=form, height=420)


def _exported(org: Organization, form: Written) -> Export:
    match form:
        case "mermaid":
            return export_mermaid(org)
        case "yaml" | "json":
            return export(org, form)


def _picture(org: Organization) -> None:
    # Addresses and commands stand under the names of tools.
    shareable = without_secrets(org)
    _left_out([hidden.words for hidden in shareable.hidden])
    picture(
        organization_graph(shareable.organization),
        title=org.name,
        file_name=file_stem(org.name),
        key="export_picture",
    )


def _left_out(notes: list[str]) -> None:
    if notes:
        st.warning(
            "**What looks like a secret is left out of the file.** It stays in the studio.\n\n"
            + "\n".join(f"- {markdown_safe(note)}" for note in notes),
            icon=":material/key_off:",
        )
