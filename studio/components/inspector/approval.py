"""The fields of an approval rule: when a person must approve a call before it runs."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.organization.spec import AlwaysApprove, ApprovalRule, ApproveWhen, NeverApprove
from core.organization.wording import with_fields
from studio.components.inspector.form import Form
from studio.view_models.design_values import SCALAR

KINDS = {"never": "Never", "always": "Always", "when": "When…"}
OPERATORS = {
    "gt": "more than",
    "ge": "at least",
    "lt": "less than",
    "le": "at most",
    "eq": "is",
    "ne": "is not",
    "contains": "contains",
}


def approval_fields(form: Form, arguments: Sequence[str]) -> None:
    """Never, always, or a comparison of an argument; `arguments` are those that are known."""
    rule: ApprovalRule = form.value("approval")
    form.computed_switch(
        "approval_kind",
        "Ask a person",
        KINDS,
        rule.kind,
        lambda kind: form.set("approval", _rule(kind, arguments)),
        help="Whether a call waits in Approvals until a person decides.",
    )
    with form.slot():
        if isinstance(rule, ApproveWhen):
            _comparison(form, rule, arguments)
        form.remarks("approval")


def _comparison(form: Form, rule: ApproveWhen, arguments: Sequence[str]) -> None:
    offered = list(arguments) if rule.argument in arguments else [rule.argument, *arguments]
    argument, operator, value = st.columns([4, 4, 3], gap="xsmall")
    with argument:
        st.selectbox(
            "Argument",
            offered,
            accept_new_options=True,
            **form.computed("approval_argument", rule.argument, lambda typed: _set(form, argument=typed or "")),
        )
    with operator:
        st.selectbox(
            "Comparison",
            list(OPERATORS),
            format_func=lambda choice: OPERATORS[choice],
            **form.computed("approval_operator", rule.operator, lambda typed: _set(form, operator=typed)),
        )
    with value:
        st.text_input(
            "Value",
            help='A number, true or false, or text. In "quotes" it is always text.',
            **form.computed(
                "approval_value", SCALAR.show(rule.value), lambda typed: _set(form, value=SCALAR.read(typed))
            ),
        )
    for name in ("approval_argument", "approval_operator", "approval_value"):
        form.computed_remarks(name)
    st.caption("A call without this argument waits too.")


def _rule(kind: str, arguments: Sequence[str]) -> ApprovalRule:
    if kind == "always":
        return AlwaysApprove()
    if kind == "when":
        return ApproveWhen(argument=next(iter(arguments), ""), operator="gt", value=0)
    return NeverApprove()


def _set(form: Form, **fields: Any) -> None:
    rule = form.value("approval")
    # When the kind was switched in the same moment there is nothing left to compare.
    if isinstance(rule, ApproveWhen):
        form.set("approval", with_fields(rule, **fields))
