"""The guide: its questions, whose answers stand in the address, and what they lead to."""

from functools import partial

import streamlit as st

from core.patterns.catalogue import pattern
from core.patterns.compose import composed
from core.patterns.guide import Answers, Question, Recommendation, guide, recommend
from studio.components.address import follow_address, write_address
from studio.components.pattern_card import show_open_button
from studio.components.sketch import show_sketch
from studio.context import core
from studio.page_files import page_file
from studio.view_models.guide_words import headline, not_yet, progress, trade_offs

HALF, TEXT_WIDTH = 340, 180
"""Pixels; where columns would become narrower, they stand one above the other."""


def show_guide() -> None:
    """The questions on the left, the recommendation beside them."""
    questions = guide().questions
    answers = {each.id: st.query_params[each.id] for each in questions if each.id in st.query_params}
    grid = st.grid(2, min_column_width=HALF, gap="large", key="guide")
    with grid.cell():
        _head(answers)
        for question in questions:
            _ask(question)
    with grid.cell():
        _show_recommendation(recommend(answers), answers)


def _head(answers: Answers) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(progress(answers))
        st.button(
            "Start over",
            icon=":material/restart_alt:",
            key="guide_start_over",
            type="tertiary",
            disabled=not answers,
            on_click=_start_over,
        )


def _ask(question: Question) -> None:
    labels = {option.id: option.label for option in question.options}
    key = f"guide_{question.id}"
    follow_address(question.id, key, list(labels), otherwise=None)
    st.radio(
        question.question,
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        key=key,
        help=question.help or None,
        on_change=write_address,
        args=(question.id, key),
    )


def _show_recommendation(found: Recommendation, answers: Answers) -> None:
    with st.container(border=True, key="guide_result"):
        st.caption("Recommended")
        st.subheader(headline(found))
        show_sketch(composed(found))
        show_open_button(partial(core().organizations.create_from_guide, answers), key="open_guide")
        if found.example:
            st.markdown(f"The full example **{pattern(found.example).title}** has all of this; it is what opens.")
        _show_lines(
            "Why", [f"**{pattern(part.pattern).title}**: {' '.join(part.reasons)}" for part in found.parts]
        )
        good, costs = trade_offs(found)
        sides = st.grid(2, min_column_width=TEXT_WIDTH)
        with sides.cell():
            _show_lines("Good at", good)
        with sides.cell():
            _show_lines("Costs", costs)
        _show_lines("Think of", list(found.cautions))
        _show_lines("Not part of Troupe yet", not_yet(found))
        _show_others(found)


def _show_lines(title: str, lines: list[str]) -> None:
    if lines:
        st.markdown("\n".join([f"**{title}**", "", *(f"- {line}" for line in lines)]))


def _show_others(found: Recommendation) -> None:
    """Links to the patterns that it is made of, and to what would be better in another case."""
    st.markdown("**Read more**")
    for part in found.patterns:
        st.page_link(page_file("patterns"), label=pattern(part).title, query_params={"pattern": part})
    for other in found.alternatives:
        label = f"{pattern(other.pattern).title}: better, when {other.when}"
        st.page_link(page_file("patterns"), label=label, query_params={"pattern": other.pattern})


def _start_over() -> None:
    for question in guide().questions:
        st.query_params.pop(question.id, None)
