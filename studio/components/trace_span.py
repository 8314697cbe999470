"""One span in detail: what it was, how it went, what it carried."""

import json
from datetime import datetime, tzinfo
from typing import Any

import streamlit as st

from core.records import RunRecord, SpanRecord
from studio.components.fork_dialog import offer_fork
from studio.components.replay_origin import replay_badge
from studio.components.run_header import fact_list
from studio.context import core
from studio.view_models.markdown import plain
from studio.view_models.numbers import size
from studio.view_models.replay_words import REPLAYED_SPANS
from studio.view_models.status import status_look
from studio.view_models.trace_kinds import kind_look
from studio.view_models.trace_payload import Block, Section, payload_sections
from studio.view_models.trace_span import span_facts, span_title, status_note

SHORT_JSON = 800
"""Longer JSON is shown folded."""
ICONS = {
    "person": ":material/person:",
    "agent": ":material/smart_toy:",
    "system": ":material/settings:",
    "call": ":material/build:",
    "result": ":material/output:",
    "thought": ":material/psychology:",
    "data": ":material/data_object:",
}


def show_span(
    span: SpanRecord, run: RunRecord, *, begin: datetime, now: datetime | None, zone: tzinfo | None
) -> None:
    """Draws the panel beside the outline or the timeline; the payload is read only here."""
    look, replayed = kind_look(span.kind), run.cassette_id is not None
    with st.container(border=True, key="span_panel", gap="small"):
        st.markdown(f"### {look.markdown} {plain(span_title(span))}")
        _show_state(span, at_work=now is not None, replayed=replayed)
        st.html(fact_list(span_facts(span, begin=begin, now=now, zone=zone, replayed=replayed)))
        if span.kind == "model":
            offer_fork(span, run)
        sections = payload_sections(core().traces.payload(span.id))
        for section in sections:
            _show_section(section, span)
        if not sections:
            st.caption("Nothing was stored of what it carried.")


def _show_state(span: SpanRecord, *, at_work: bool, replayed: bool) -> None:
    with st.container(horizontal=True, gap="small"):
        status = "approved" if (span.kind, span.status) == ("approval", "ok") else span.status
        st.markdown(status_look(status).markdown, width="content")
        if replayed and span.kind in REPLAYED_SPANS:
            replay_badge()
        if span.simulated:
            st.badge("simulated", icon=":material/science:", color="gray")
    if span.error:
        st.error(plain(span.error), icon=":material/error:")
    note = status_note(span, at_work=at_work)
    if note:
        st.warning(note, icon=":material/help:")


def _show_section(section: Section, span: SpanRecord) -> None:
    if section.folded:
        with st.expander(section.title):
            _show_blocks(section, span)
        return
    st.markdown(f"**{section.title}**")
    _show_blocks(section, span)


def _show_blocks(section: Section, span: SpanRecord) -> None:
    if section.earlier:
        with st.expander(f"{len(section.earlier):,} earlier messages"):
            for block in section.earlier[-40:]:
                _show_block(block)
    for block in section.latest:
        _show_block(block)
    if any(block.is_cut for block in section.blocks) or len(section.earlier) > 40:
        _offer_whole(section.value, f"{span.id}-{section.field}.json")


def _show_block(block: Block) -> None:
    if block.title:
        st.markdown(f"{ICONS[block.kind]} {plain(block.title)}")
    if block.code and len(block.text) > SHORT_JSON and not block.is_cut:
        st.json(block.text, expanded=1)
    else:
        st.code(block.shown, language=None, wrap_lines=True)


def _offer_whole(value: Any, file_name: str) -> None:
    data = json.dumps(value, ensure_ascii=False, indent=2).encode()
    st.caption(f"Cut: the whole has {size(len(data))}.")
    st.download_button(
        "Download all of it", data, file_name, mime="application/json", on_click="ignore", key=f"whole_{file_name}"
    )
