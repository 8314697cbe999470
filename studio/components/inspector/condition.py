"""The fields of a condition: an expression, a comparison of a field, or a judge."""

from functools import partial

import streamlit as st

from core.organization.expression_scope import sample_variables, scope_fields
from core.organization.steps import CelCondition, Condition, FieldCondition, JudgeCondition
from studio.components.inspector.approval import OPERATORS
from studio.components.inspector.form import Form
from studio.components.inspector.model import model_field
from studio.components.inspector.try_it import expression_field
from studio.view_models.design_values import SCALAR, TRIMMED

KINDS = {"cel": "Expression", "field": "Field", "judge": "Judge"}


def condition_fields(form: Form, path: str, label: str, *, name: str = "") -> None:
    """`path` leads to the condition; `name` tells the folds of several conditions apart."""
    condition: Condition = form.value(path)
    form.computed_switch(f"{path}_kind", label, KINDS, condition.kind, partial(_switch, form, path))
    match condition:
        case CelCondition():
            expression_field(
                form,
                f"{path}.expression",
                "CEL expression",
                kind="condition",
                name=name,
                placeholder="output.score >= 8",
            )
        case FieldCondition():
            _comparison(form, path)
        case JudgeCondition():
            form.area(
                f"{path}.statement",
                "Statement",
                height=80,
                placeholder="The text answers the question completely.",
                help="A model is asked whether this is true of the value.",
            )
            model_field(form, f"{path}.model")
    form.remarks(path)


def _comparison(form: Form, path: str) -> None:
    field, operator, value = st.columns([4, 4, 3], gap="xsmall")
    with field:
        form.text(
            f"{path}.field",
            "Field",
            TRIMMED,
            placeholder="review.score",
            help="Names joined by dots; empty for the value itself.",
        )
    with operator:
        form.choice(f"{path}.operator", "Comparison", OPERATORS)
    with value:
        form.text(
            f"{path}.value",
            "Value",
            SCALAR,
            help='A number, true or false, or text. In "quotes" it is always text.',
        )
    known = _fields(form, path)
    if known:
        st.caption(f"Fields here: {known}")


def _fields(form: Form, path: str) -> str:
    """The fields of the value that is compared, as far as a schema tells them."""
    fields = scope_fields(sample_variables(form.desk.organization, form.owner, path))
    names = (field.name.removeprefix("output.") for field in fields if field.name.startswith("output."))
    return ", ".join(f"`{name}`" for name in names)


def _switch(form: Form, path: str, kind: str) -> None:
    kinds: dict[str, Condition] = {"cel": CelCondition(), "field": FieldCondition(), "judge": JudgeCondition()}
    form.set(path, kinds[kind])
