"""Fields of a flow link: the way out that it leaves from."""

from functools import partial

import streamlit as st

from core.organization.spec import FlowLink
from core.organization.steps import OUT, ParallelStep, ports
from studio.components.inspector.form import Form
from studio.view_models.design_parts import with_part
from studio.view_models.design_text import markdown_safe

WORDS = {OUT: "out (the usual way)", "error": "error (when it fails)", "default": "default (when no case holds)"}


def flow_fields(form: Form) -> None:
    """What comes after what, and on which way."""
    link = form.part
    assert isinstance(link, FlowLink), "the form is a flow link's"
    st.markdown(f"After **{markdown_safe(link.source)}** comes **{markdown_safe(link.target)}**.")
    step = form.desk.organization.step(link.source)
    known = list(dict.fromkeys([*ports(step), link.port]))
    words = {port: _words(form, link, port, several=isinstance(step, ParallelStep)) for port in known}
    form.computed_choice("port", "Leaves from", words, link.port, partial(_switch, form))


def _words(form: Form, link: FlowLink, port: str, *, several: bool) -> str:
    """The way, and where it leads already."""
    word = WORDS.get(port, port)
    others = [
        other.target
        for other in form.desk.organization.flows()
        if other.source == link.source and other.port == port and other.key != link.key
    ]
    return word if several or not others else f"{word} · leads to {others[0]}"


def _switch(form: Form, port: str) -> None:
    desk, owner = form.desk, form.desk.owner_of(form.token)
    if owner is None:
        return
    link = form.part
    assert isinstance(link, FlowLink), "the form is a flow link's"
    other = link.model_copy(update={"port": port})
    changed = with_part(desk.organization, owner, other)
    desk.carry_fields(owner, other.key)
    desk.change(changed)
    desk.select(other.key)
