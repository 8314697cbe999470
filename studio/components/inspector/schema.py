"""The field for a JSON schema, with an example to start from."""

from typing import Any

import streamlit as st

from core.organization.spec import JsonObject
from studio.components.inspector.form import Form
from studio.view_models.design_values import Codec


def schema_field(form: Form, path: str, label: str, codec: Codec, example: JsonObject, **options: Any) -> None:
    """A JSON schema as text; what is not JSON yet stays in the field."""
    with form.slot():
        form.area(path, label, codec, code=True, height=220, **options)
        if not (form.value(path) or {}).get("properties"):
            st.button(
                "Insert an example",
                icon=":material/data_object:",
                type="tertiary",
                key=form.key(f"{path}_example"),
                on_click=form.set,
                args=(path, example),
            )
