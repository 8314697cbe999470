"""Fields of a branch: its cases in the order in which they are asked."""

from collections.abc import Callable

import streamlit as st

from core.organization.names import fresh_name
from core.organization.steps import BranchCase
from studio.components.icon_button import icon_button
from studio.components.inspector.condition import condition_fields
from studio.components.inspector.form import Form
from studio.components.inspector.step import named
from studio.view_models.design_values import TRIMMED


def branch_fields(form: Form) -> None:
    """The first case that holds is taken; a renamed case keeps its flow link."""
    named(form)
    cases: list[BranchCase] = form.value("cases")
    for number, case in enumerate(cases):
        with st.container(border=True, key=form.key(f"case_{number}"), gap="xsmall"):
            _case(form, number, case)
    form.remarks("cases")
    st.button(
        "Add a case",
        icon=":material/add:",
        type="tertiary",
        key=form.key("case_new"),
        on_click=_add,
        args=(form,),
    )
    st.caption("When none holds, the flow goes on at `default`.")


def _case(form: Form, number: int, case: BranchCase) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        form.text(
            f"cases.{number}.name", f"Case {number + 1}", TRIMMED, help="The way out: letters, digits and _."
        )
        if number:
            _button(form, f"case_up_{number}", ":material/arrow_upward:", f"Ask {case.name} earlier", _up, number)
        _button(form, f"case_delete_{number}", ":material/delete:", f"Remove {case.name}", _remove, number)
    condition_fields(form, f"cases.{number}.condition", "Taken when", name=case.name)


def _button(form: Form, name: str, icon: str, words: str, act: Callable[[Form, int], None], number: int) -> None:
    icon_button(icon, words, key=form.key(name), on_click=act, args=(form, number))


def _add(form: Form) -> None:
    cases: list[BranchCase] = form.value("cases")
    name = fresh_name("case", [case.name for case in cases], separator="_")
    form.set("cases", [*cases, BranchCase(name=name)])


def _remove(form: Form, number: int) -> None:
    cases: list[BranchCase] = form.value("cases")
    form.set("cases", [case for place, case in enumerate(cases) if place != number])


def _up(form: Form, number: int) -> None:
    cases = list(form.value("cases"))
    cases[number - 1], cases[number] = cases[number], cases[number - 1]
    form.set("cases", cases)
