"""What the linter looks for in this organization: its thresholds, and what was accepted."""

from functools import partial

import streamlit as st

from core.organization.lint_settings import AcceptedFinding
from studio.components.icon_button import icon_button
from studio.components.inspector.form import Form
from studio.view_models.design_text import markdown_safe


def check_fields(form: Form) -> None:
    """Thresholds, then accepted findings, which can be taken up again."""
    form.number("lint.max_tools", "Tools of one agent", whole=True, step=1, help="Twice as many are an error.")
    form.number("lint.max_words", "Words of instructions", whole=True, step=50)
    form.number("lint.max_tool_share", "Part of all tools on one agent", step=0.05)
    form.number("lint.max_handoffs", "Handoffs of one agent", whole=True, step=1)
    form.number("lint.max_handoff_density", "Part of all possible handoffs", step=0.05)
    form.number("lint.max_same_model", "Agents that name the same model", whole=True, step=1)
    form.number("lint.max_turns", "Turns of a run", whole=True, step=5)
    form.number("lint.max_rounds", "Rounds of a loop", whole=True, step=5)
    form.number("lint.max_tool_seconds", "Seconds of a tool call", step=30.0)
    accepted: list[AcceptedFinding] = form.value("lint.accepted")
    with form.slot():
        for number, finding in enumerate(accepted):
            _accepted(form, number, finding)


def _accepted(form: Form, number: int, finding: AcceptedFinding) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=form.key(f"accepted_{number}")):
        where = f" at {finding.node}" if finding.node else ""
        what = finding.code.replace("_", " ")
        st.markdown(f":small[Accepted: {markdown_safe(what + where)}: “{markdown_safe(finding.reason)}”]")
        icon_button(
            ":material/undo:",
            "Tell it again",
            key=form.key(f"accepted_{number}_back"),
            on_click=partial(_take_up, form, finding),
        )


def _take_up(form: Form, finding: AcceptedFinding) -> None:
    form.set("lint.accepted", [other for other in form.value("lint.accepted") if other != finding])
