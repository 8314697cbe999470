"""The list of an organization's problems; each leads to what it concerns."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.organization.problems import Problem
from studio.view_models.design_state import problem_mark, problem_target
from studio.view_models.design_text import markdown_safe


def problem_list(
    problems: Sequence[Problem],
    links: Sequence[str],
    *,
    on_select: Callable[[str], None] | None = None,
    remedies: Callable[[Problem], None] | None = None,
) -> None:
    """One row a problem. `links` are the keys of the organization's links; `on_select` is given the node's name
    or the link's key when a row is pressed; `remedies` draws what can be done about one."""
    if not problems:
        return
    with st.container(key="problem_list", gap="xsmall"):
        for number, problem in enumerate(problems):
            target = problem_target(problem, links)
            if target and on_select:
                _button(problem, number, target, on_select)
            else:
                st.markdown(f":small[{problem_mark(problem)} {_text(problem)}]")
            if remedies:
                remedies(problem)


def _button(problem: Problem, number: int, target: str, on_select: Callable[[str], None]) -> None:
    st.button(
        f"{problem_mark(problem)} {_text(problem)}",
        key=f"problem_{number}",
        type="tertiary",
        width="stretch",
        wrap=True,
        on_click=on_select,
        args=(target,),
    )


def _text(problem: Problem) -> str:
    rule = f"{problem.rule}: " if problem.rule else ""
    return markdown_safe(f"{rule}{problem.message} {problem.hint}")
