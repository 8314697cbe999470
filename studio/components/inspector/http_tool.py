"""Fields of an HTTP tool."""

import streamlit as st

from core.organization.schemas import property_names
from studio.components.inspector.form import Form
from studio.components.inspector.schema import schema_field
from studio.components.inspector.tool_common import common_fields, description_field
from studio.view_models.design_values import JSON_OBJECT, PAIRS, TRIMMED

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

EXAMPLE_PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Name of a city."}},
    "required": ["city"],
}


def http_fields(form: Form) -> None:
    """The request, its arguments, and what all tools have."""
    form.text("name", "Name", TRIMMED, help="What the model calls it: letters, digits, `_` and `-`.")
    description_field(form, placeholder="Gets the weather of a city.")
    method, url = st.columns([2, 5])
    with method:
        form.choice("method", "Method", {method: method for method in METHODS})
    with url:
        form.text(
            "url",
            "URL",
            TRIMMED,
            placeholder="https://api.example.com/cities/{city}",
            help="`{name}` is filled from the arguments, `${NAME}` from the environment.",
        )
    form.area(
        "headers",
        "Headers",
        PAIRS,
        code=True,
        height=80,
        placeholder="Authorization: Bearer ${API_KEY}",
        help="One `Name: value` a line. `${NAME}` is replaced from the environment: keys stay out of the design.",
    )
    schema_field(
        form,
        "parameters",
        "Parameters (JSON schema)",
        JSON_OBJECT,
        EXAMPLE_PARAMETERS,
        help="The arguments. Those that no `{name}` uses go into the query, or into a JSON body.",
    )
    common_fields(form, sorted(property_names(form.value("parameters"))))
