"""Fields of a function tool."""

import streamlit as st

from core.errors import TroupeError
from core.organization.spec import FunctionToolSpec, JsonObject
from core.services.tools import ToolFacts
from studio.components.inspector.form import Form
from studio.components.inspector.remark import remark
from studio.components.inspector.tool_common import common_fields, description_field
from studio.context import core
from studio.view_models.design_functions import function_words, parameter_lines, picked
from studio.view_models.design_text import markdown_safe
from studio.view_models.design_values import TRIMMED


def function_fields(form: Form) -> None:
    """The function first: it brings a name, a description and parameters along."""
    with form.slot():
        _picker(form)
    with form.slot():
        facts = _facts(form)
        if facts is not None:
            st.markdown(f":small[{markdown_safe(facts.description)}]")
            _parameters(facts.parameters)
    form.text("name", "Name", TRIMMED, help="What the model calls it: letters, digits, `_` and `-`.")
    description_field(form, placeholder=facts.description if facts else "")
    common_fields(form, sorted((facts.parameters.get("properties") or {}) if facts else ()))


def _picker(form: Form) -> None:
    entries = core().tools.toolbox()
    words = function_words(entries)
    reference: str = form.value("function")
    st.selectbox(
        "Function",
        list(words) if reference in words else [*words, reference],
        format_func=lambda choice: words.get(choice, choice),
        accept_new_options=True,
        help="Choose one of the toolbox, or type `module:function` of any importable Python module.",
        **form.computed("function", reference, lambda choice: _pick(form, choice)),
    )
    form.remarks("function")


def _pick(form: Form, reference: str | None) -> None:
    desk, owner = form.desk, form.desk.owner_of(form.token)
    if owner is not None and reference:
        desk.change(picked(desk.organization, owner, reference.strip(), core().tools.toolbox()))


def _facts(form: Form) -> ToolFacts | None:
    """What is known of the function. One that is not of the toolbox is imported only when a person asks."""
    tool = form.part
    assert isinstance(tool, FunctionToolSpec), "the form is a function tool's"
    known = any(entry.reference == tool.function for entry in core().tools.toolbox())
    if not known and not st.toggle(
        "Show its parameters",
        key=form.key(f"import_{tool.function}"),
        help="This imports the module, which runs its top-level code.",
    ):
        return None
    try:
        with st.spinner("Looking at the function…"):
            return core().tools.describe_function(tool.function)
    except TroupeError as error:
        remark(":red[:material/error:]", f"{error.message} {error.hint}")
        return None


def _parameters(parameters: JsonObject) -> None:
    lines = parameter_lines(parameters)
    st.markdown("\n".join(f"- :small[{line}]" for line in lines) if lines else ":small[It takes no arguments.]")
