"""A problem in the inspector: what is wrong, and what could be done about it with one press."""

from functools import partial

import streamlit as st

from core.organization.lint import Fix, accept, fixes
from core.organization.problems import Problem
from studio.components.inspector.remark import remark
from studio.components.notices import notify
from studio.editing import Desk
from studio.view_models.design_state import problem_mark


def finding(desk: Desk, problem: Problem) -> None:
    """The words of a problem, with remedies for what may be accepted."""
    text = f"{problem.rule}: {problem.message}" if problem.rule else problem.message
    remark(problem_mark(problem), f"{text} {problem.hint}")
    remedies(desk, problem)


def remedies(desk: Desk, problem: Problem) -> None:
    """Fixes to try, and a place to say why it may stay; nothing for what is plainly wrong."""
    if not problem.rule:
        return
    key = f"{desk.organization_id}_{problem.code}_{problem.node}_{problem.field}"
    with st.popover("Mend", icon=":material/healing:", type="tertiary", key=f"remedies_{key}"):
        for fix in fixes(desk.organization, problem):
            st.button(
                fix.title,
                icon=":material/auto_fix_high:",
                key=f"fix_{key}_{fix.title}",
                width="stretch",
                help="Undo takes it back.",
                on_click=partial(_take, desk, fix),
            )
        st.text_input(
            "Or accept it, with the reason",
            key=f"reason_{key}",
            placeholder="Kept with the organization",
            max_chars=500,
            on_change=partial(_accept, desk, problem, f"reason_{key}"),
        )


def _take(desk: Desk, fix: Fix) -> None:
    desk.change(fix.organization)
    desk.fit += 1
    notify(f"{fix.title}: done. Undo takes it back.")


def _accept(desk: Desk, problem: Problem, key: str) -> None:
    reason = st.session_state.get(key, "")
    if reason.strip():
        desk.change(accept(desk.organization, problem, reason))
