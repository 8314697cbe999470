"""Fields of a transform: the new value, and the variables that it sets."""

from functools import partial

import streamlit as st

from core.errors import InvalidInputError
from studio.components.inspector.form import Form
from studio.components.inspector.step import named
from studio.components.inspector.try_it import expression_field, try_it


def transform_fields(form: Form) -> None:
    """An expression of the value, and one for each variable."""
    named(form)
    expression_field(
        form, "expression", "New value", kind="value", placeholder="Empty to leave the value as it is"
    )
    assign: dict[str, str] = form.value("assign")
    st.markdown(":small[Variables of `state` that it sets]")
    for number, (name, expression) in enumerate(assign.items()):
        with form.slot():
            _variable(form, number, name, expression)
        form.remarks(f"assign.{name}")
        try_it(form, f"assign.{name}", expression, "value", name=name)
    st.text_input(
        "Set another variable",
        placeholder="Type its name and press Enter",
        **form.computed("assign_new", "", partial(_rename, form, "")),
    )
    form.computed_remarks("assign_new")


def _variable(form: Form, number: int, name: str, expression: str) -> None:
    left, right = st.columns([2, 3], gap="xsmall")
    with left:
        st.text_input(
            f"Variable {number + 1}",
            help="Without a name it is not set any more.",
            **form.computed(f"assign_name_{number}", name, partial(_rename, form, name)),
        )
        form.computed_remarks(f"assign_name_{number}")
    with right:
        st.text_input(
            f"Expression {number + 1}",
            placeholder="state.rounds + 1",
            **form.computed(f"assign_value_{number}_code", expression, partial(_assign, form, name)),
        )


def _rename(form: Form, old: str, typed: str) -> None:
    """Call a variable otherwise; an empty name removes it, and for an empty `old` one is added."""
    name = (typed or "").strip()
    assign: dict[str, str] = dict(form.value("assign"))
    if name == old:
        return
    if name in assign:
        raise InvalidInputError(f"'{name}' is set here already.", hint="Choose another name.")
    if name and not (name.isidentifier() and name.isascii()):
        raise InvalidInputError(f"'{name}' cannot be a variable.", hint="Use letters, digits and _.")
    if not old:
        assign[name] = ""
    renamed = {name if key == old else key: value for key, value in assign.items() if key != old or name}
    form.set("assign", renamed)


def _assign(form: Form, name: str, typed: str) -> None:
    form.set("assign", {**form.value("assign"), name: (typed or "").strip()})
