"""The form of a new comparison: one input, and two to four variants beside each other."""

import streamlit as st

from core.records import OrganizationRecord, RevisionRecord
from studio.components.errors import errors_shown
from studio.components.icon_button import icon_button
from studio.context import core
from studio.page_files import page_file
from studio.view_models.compare_form import FEWEST, MOST, Choice, all_equal, labels, revision_words
from studio.view_models.compare_table import letter
from studio.view_models.distinct import organization_names

AS_DESIGNED = ""
NARROWEST = 220
"""Pixels; more variants than fit beside each other stand below."""


def show_form() -> None:
    """Draws the form; starting goes to the new comparison."""
    organizations = [record for record in core().organizations.all() if record.latest_revision]
    if not organizations:
        st.info(
            "There is nothing to compare yet. Design an organization and save it; then come back and run it with "
            "different models, revisions or settings.",
            icon=":material/difference:",
        )
        st.page_link(page_file("patterns"), label="Choose a pattern", icon=":material/category:")
        return
    text = _ask_for_input(organizations[0])
    slots: list[int] = st.session_state.setdefault("compare_slots", list(range(FEWEST)))
    choices = []
    revisions: dict[str | None, int] = {}
    grid = st.grid(len(slots), min_column_width=NARROWEST)
    for number, slot in enumerate(slots):
        with grid.cell(), st.container(border=True, gap="small"):
            _show_head(number, slot, slots)
            choices.append(_choose(slot, organizations, revisions))
    names = {record.id: record.name for record in organizations}
    _show_buttons(text, choices, labels(choices, names, revisions))


def fill_form(text: str, choices: list[Choice]) -> None:
    """Put an earlier comparison into the form, as far as its organizations and models are still there."""
    known = {record.id for record in core().organizations.all()}
    models = core().providers.choices()
    state = st.session_state
    state.compare_input = text
    state.compare_slots = list(range(len(choices)))
    for slot, choice in enumerate(choices):
        if choice.organization_id in known:
            state[f"compare_organization_{slot}"] = choice.organization_id
            state[f"compare_revision_{slot}_{choice.organization_id}"] = choice.revision_id
        state[f"compare_model_{slot}"] = choice.model if choice.model in models else AS_DESIGNED
        state[f"compare_temperature_{slot}"] = choice.temperature
        state[f"compare_tokens_{slot}"] = choice.max_tokens


def _ask_for_input(organization: OrganizationRecord) -> str:
    samples = core().organizations.draft(organization.id).spec.samples
    text = st.text_area(
        "Input for all variants",
        key="compare_input",
        height=100,
        max_chars=1_000_000,
        placeholder="What should they do?",
    )
    if samples and not text:
        st.pills("Or try one of these", samples[:3], key="compare_sample", on_change=_take)
    return text or ""


def _show_head(number: int, slot: int, slots: list[int]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**Variant {letter(number)}**", width="content")
        if len(slots) > FEWEST:
            icon_button(
                ":material/close:",
                f"Remove variant {letter(number)}",
                key=f"compare_remove_{slot}",
                on_click=slots.remove,
                args=(slot,),
            )


def _choose(slot: int, organizations: list[OrganizationRecord], revisions: dict[str | None, int]) -> Choice:
    names = organization_names(organizations)
    organization_id = st.selectbox(
        "Organization", list(names), format_func=lambda key: names[key], key=f"compare_organization_{slot}"
    )
    saved = core().organizations.revisions(organization_id)
    revisions |= {revision.id: revision.number for revision in saved}
    revision_id = _choose_revision(slot, organization_id, saved)
    model = st.selectbox(
        "Model",
        [AS_DESIGNED, *core().providers.choices()],
        format_func=lambda reference: reference or "As designed",
        key=f"compare_model_{slot}",
        help="Used by all agents in place of their own.",
    )
    with st.expander("Model settings"):
        temperature = st.number_input(
            "Temperature",
            min_value=0.0,
            max_value=2.0,
            value=None,
            step=0.1,
            placeholder="As designed",
            key=f"compare_temperature_{slot}",
        )
        tokens = st.number_input(
            "Most tokens per answer",
            min_value=1,
            value=None,
            step=100,
            placeholder="As designed",
            key=f"compare_tokens_{slot}",
        )
    return Choice(organization_id, revision_id, model or None, temperature, tokens)


def _choose_revision(slot: int, organization_id: str, saved: list[RevisionRecord]) -> str:
    words = {revision.id: revision_words(revision, newest=revision is saved[0]) for revision in saved}
    # Another organization has other revisions, so it has a field of its own.
    chosen: str = st.selectbox(
        "Revision",
        list(words),
        format_func=lambda key: words[key],
        key=f"compare_revision_{slot}_{organization_id}",
    )
    return chosen


def _show_buttons(text: str, choices: list[Choice], names: list[str]) -> None:
    if all_equal(choices):
        st.caption(":material/info: All variants are the same, so only chance can make a difference.")
    with st.container(horizontal=True, gap="small"):
        started = st.button("Start comparison", type="primary", icon=":material/play_arrow:", key="compare_start")
        if len(choices) < MOST:
            st.button("Add variant", icon=":material/add:", key="compare_add", on_click=_add)
    if started:
        with errors_shown():
            variants = [choice.variant(name) for choice, name in zip(choices, names, strict=True)]
            st.query_params["comparison"] = core().comparisons.start(text, variants)
            st.rerun()


def _add() -> None:
    """The new variant begins as a copy of the last one."""
    slots: list[int] = st.session_state.compare_slots
    last, fresh = slots[-1], max(slots) + 1
    for name in ("organization", "model", "temperature", "tokens"):
        st.session_state[f"compare_{name}_{fresh}"] = st.session_state[f"compare_{name}_{last}"]
    slots.append(fresh)


def _take() -> None:
    st.session_state.compare_input = st.session_state.compare_sample
