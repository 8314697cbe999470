"""Fields of the organization itself: shown when nothing is selected."""

from functools import partial

import streamlit as st

from studio.components.icon_button import icon_button
from studio.components.inspector.checks import check_fields
from studio.components.inspector.finding import remedies
from studio.components.inspector.fold import fold
from studio.components.inspector.form import Form
from studio.components.inspector.memory import memory_fields
from studio.components.problem_list import problem_list
from studio.view_models.design_values import JSON_OBJECT


def organization_fields(form: Form) -> None:
    """Problems first, then what holds for the whole."""
    desk = form.desk
    with form.slot():
        links = [link.key for link in desk.organization.links]
        problem_list(desk.problems, links, on_select=desk.select, remedies=partial(remedies, desk))
    form.shown.extend(["entry", "agents", "name"])
    form.area("description", "Description", height=90, placeholder="What this organization is for.")
    names = [node.name for node in (*desk.organization.agents, *desk.organization.steps)]
    form.choice("entry", "Runs start with", {name: name for name in names} or {"": "No agent yet"})
    if desk.organization.has_workflow:
        form.area(
            "state",
            "State of the workflow (JSON)",
            JSON_OBJECT,
            code=True,
            height=110,
            help="Variables with their first values; transforms set them, expressions read them as `state.name`.",
        )
    _samples(form)
    fold(form, "run_box", "Limits of a run", _limits)
    fold(form, "lint_box", "Checks", check_fields)


def _limits(form: Form) -> None:
    form.number("run.max_turns", "Max turns", whole=True, step=1, help="Model calls until a run is ended.")
    form.number("run.timeout_seconds", "Timeout (s)", step=10.0, help="Waiting for a person does not count.")
    form.number(
        "run.budget_tokens",
        "Budget (tokens)",
        whole=True,
        step=1000,
        help="Of all model calls together. Once they are used up, no model is asked any more and the run fails. "
        "Empty for no limit.",
    )
    form.number(
        "run.budget_usd",
        "Budget (US$)",
        step=0.1,
        help="What model calls may cost, by the prices on the Settings page. Empty for no limit.",
    )
    form.toggle(
        "run.store_payloads",
        "Keep payloads in traces",
        help="The inputs and outputs of models and tools. Without them a trace shows only what happened when.",
    )
    memory_fields(form)


def _samples(form: Form) -> None:
    samples: list[str] = form.value("samples")
    with form.slot():
        st.markdown(":small[Sample inputs]", help="Offered on the Run page to try the organization with.")
        _sample_rows(form, samples)
    st.text_input(
        "Add a sample input",
        label_visibility="collapsed",
        placeholder="Add a sample input and press Enter",
        **form.computed("sample_new", "", lambda typed: _set(form, len(form.value("samples")), typed)),
    )


def _sample_rows(form: Form, samples: list[str]) -> None:
    for number, sample in enumerate(samples):
        with st.container(horizontal=True, vertical_alignment="center", key=form.key(f"sample_row_{number}")):
            st.text_area(
                f"Sample input {number + 1}",
                height=68,
                label_visibility="collapsed",
                **form.computed(f"samples_{number}", sample, partial(_set, form, number)),
            )
            icon_button(
                ":material/delete:",
                f"Remove sample input {number + 1}",
                key=form.key(f"sample_delete_{number}"),
                on_click=_set,
                args=(form, number, ""),
            )


def _set(form: Form, at: int, typed: str) -> None:
    """Change the sample at that place; an emptied one goes, one past the end is added."""
    samples = list(form.value("samples"))
    samples[at : at + 1] = [typed.strip()] if typed.strip() else []
    form.set("samples", samples)
