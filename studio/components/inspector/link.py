"""Fields of a link."""

from functools import partial

import streamlit as st

from core.organization.links import LinkKind, new_link
from core.organization.names import as_tool_name
from core.organization.spec import AsToolLink, FlowLink, GuardsLink, HandoffLink, UsesLink
from studio.components.inspector.approval import approval_fields
from studio.components.inspector.flow_link import flow_fields
from studio.components.inspector.form import Form
from studio.view_models.design_parts import with_part
from studio.view_models.design_text import markdown_safe
from studio.view_models.design_values import OPTIONAL_TEXT

AGENT_LINKS: dict[LinkKind, str] = {"handoff": "Hands off to", "as_tool": "Calls as a tool"}
HISTORY = {
    "all": "Everything",
    "without_tools": "Everything but tool calls",
    "last_message": "The last message only",
}
_SENTENCES = {
    "handoff": "**{source}** may hand the conversation over to **{target}**, which then answers.",
    "as_tool": "**{source}** may call **{target}** like a tool, and goes on with its answer.",
    "uses": "**{source}** may call the tool **{target}**.",
    "guards": "**{source}** watches **{target}**.",
}


def link_fields(form: Form) -> None:
    """What the link says; between agents also of which kind it is."""
    link = form.part
    if isinstance(link, FlowLink):
        flow_fields(form)
        return
    assert isinstance(link, HandoffLink | AsToolLink | UsesLink | GuardsLink), "the form is a link's"
    st.markdown(_SENTENCES[link.kind].format(source=markdown_safe(link.source), target=markdown_safe(link.target)))
    if isinstance(link, HandoffLink | AsToolLink):
        _kind(form, link)
    if isinstance(link, HandoffLink):
        _handoff(form)
    elif isinstance(link, AsToolLink):
        _as_tool(form, link)


def _kind(form: Form, link: HandoffLink | AsToolLink) -> None:
    form.computed_switch("kind", "Kind", AGENT_LINKS, link.kind, partial(_switch, form))


def _switch(form: Form, kind: LinkKind) -> None:
    desk, owner = form.desk, form.desk.owner_of(form.token)
    if owner is None:
        return
    link = form.part
    assert isinstance(link, HandoffLink | AsToolLink), "only links between agents have a choice"
    other = new_link(kind, link.source, link.target)
    if isinstance(other, HandoffLink | AsToolLink):
        other = other.model_copy(update={"description": link.description})
    changed = with_part(desk.organization, owner, other)
    desk.carry_fields(owner, other.key)
    desk.change(changed)
    desk.select(other.key)


def _handoff(form: Form) -> None:
    form.area(
        "description",
        "When to hand off",
        height=90,
        placeholder="Empty for the target's own handoff description",
    )
    form.choice("history", "What the target is given", HISTORY)


def _as_tool(form: Form, link: AsToolLink) -> None:
    form.text(
        "tool_name",
        "Tool name",
        OPTIONAL_TEXT,
        placeholder=as_tool_name(link.model_copy(update={"tool_name": None})),
        help="What the model calls it; empty for a name made from the target's.",
    )
    form.area(
        "description", "When to call it", height=90, placeholder="Empty for the target's own handoff description"
    )
    approval_fields(form, ["input"])
