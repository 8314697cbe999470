"""Everything about one pattern: its drawing, when to use it, what it costs, its sample inputs and variants."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.patterns.catalogue import Pattern, Variant, catalogue, pattern
from studio.components.errors import errors_shown
from studio.components.pattern_card import show_open_button
from studio.components.sketch import show_sketch
from studio.context import core
from studio.page_files import page_file
from studio.view_models.markdown import plain
from studio.view_models.pattern_gallery import GROUPS

HALF, TEXT_WIDTH = 340, 180
"""Pixels; where columns would become narrower, they stand one above the other."""


def show_pattern_details(one: Pattern) -> None:
    """The whole explanation, in the place of the cards."""
    _way_back(one)
    with st.container(key="pattern_details"):
        grid = st.grid(2, min_column_width=HALF, gap="large")
        with grid.cell(), st.container(border=True):
            show_sketch(one.organization)
        with grid.cell():
            st.subheader(one.title)
            st.caption(f"{GROUPS[one.group]} · {plain(one.organization.name)}")
            st.markdown(one.explanation)
            if one.not_yet:
                st.info(one.not_yet, icon=":material/info:")
            with st.container(horizontal=True, gap="small"):
                show_open_button(partial(core().organizations.create_from_pattern, one.id), key="open_details")
                if one.page == "triggers":
                    _show_trigger_button(one)
            if one.page == "batch":
                st.page_link(page_file(one.page), label="Work through a table", icon=":material/table_rows:")
        _points(one)
        _show_samples(one.organization.samples)
        for variant in one.variants:
            _show_variant(one, variant)
        _show_parts(one.combines)


def _show_trigger_button(one: Pattern) -> None:
    if st.button("Open with a trigger", icon=":material/bolt:", key="open_with_trigger"):
        with errors_shown():
            created = core().organizations.create_from_pattern(one.id)
            st.switch_page(page_file("triggers"), query_params={"trigger": "new", "organization": created})


def _way_back(one: Pattern) -> None:
    """Links to the cards, and to the patterns before and after this one."""
    patterns = catalogue()
    at = [each.id for each in patterns].index(one.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        kept = {name: value for name, value in st.query_params.items() if name != "pattern"}
        if st.button("All patterns", icon=":material/arrow_back:", key="all_patterns"):
            st.switch_page(page_file("patterns"), query_params=kept)
        for step, icon in ((-1, "chevron_left"), (1, "chevron_right")):
            if 0 <= at + step < len(patterns):
                other = patterns[at + step]
                st.page_link(
                    page_file("patterns"),
                    label=other.title,
                    icon=f":material/{icon}:",
                    query_params={"pattern": other.id},
                )


def _points(one: Pattern) -> None:
    lists = (
        ("When to use it", one.when),
        ("Good at", one.pros),
        ("Costs", one.cons),
        ("What to look at", one.look_at),
    )
    grid = st.grid(4, min_column_width=TEXT_WIDTH)
    for title, lines in lists:
        grid.markdown("\n".join([f"**{title}**", "", *(f"- {line}" for line in lines)]))


def _show_samples(samples: Sequence[str]) -> None:
    st.markdown("**Sample inputs**")
    st.markdown("\n".join(f"- {plain(sample)}" for sample in samples))


def _show_variant(one: Pattern, variant: Variant) -> None:
    with st.container(border=True, key=f"variant_{variant.id}"):
        grid = st.grid(2, min_column_width=HALF, gap="large")
        with grid.cell():
            show_sketch(variant.organization)
        with grid.cell():
            st.markdown(f"**{variant.title}** · {plain(variant.organization.name)}")
            st.markdown(variant.summary)
            show_open_button(
                partial(core().organizations.create_from_pattern, one.id, variant.id),
                key=f"open_variant_{variant.id}",
                kind="secondary",
            )


def _show_parts(parts: Sequence[str]) -> None:
    if not parts:
        return
    st.markdown("**Made of**")
    with st.container(horizontal=True):
        for part in parts:
            st.page_link(page_file("patterns"), label=pattern(part).title, query_params={"pattern": part})
