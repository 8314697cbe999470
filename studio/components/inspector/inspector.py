"""Shows the fields of what is selected."""

from collections.abc import Callable
from functools import partial
from urllib.parse import quote, urlencode

import streamlit as st

from core.organization.edits import delete, duplicate
from core.organization.spec import Organization
from studio.components.icon_button import icon_button
from studio.components.inspector.agent import agent_fields
from studio.components.inspector.branch import branch_fields
from studio.components.inspector.finding import finding
from studio.components.inspector.form import Form, form_for
from studio.components.inspector.function_tool import function_fields
from studio.components.inspector.guardrail import guardrail_fields
from studio.components.inspector.http_tool import http_fields
from studio.components.inspector.link import link_fields
from studio.components.inspector.mcp_server import mcp_fields
from studio.components.inspector.organization import organization_fields
from studio.components.inspector.step import (
    approval_fields,
    end_fields,
    join_fields,
    loop_fields,
    map_fields,
    parallel_fields,
)
from studio.components.inspector.transform import transform_fields
from studio.editing import Desk
from studio.view_models.design_parts import PartKind, part_kind, part_of
from studio.view_models.design_state import problems_of_part

_FIELDS: dict[PartKind, Callable[[Form], None]] = {
    "organization": organization_fields,
    "agent": agent_fields,
    "function": function_fields,
    "http": http_fields,
    "mcp": mcp_fields,
    "guardrail": guardrail_fields,
    "link": link_fields,
    "parallel": parallel_fields,
    "map": map_fields,
    "join": join_fields,
    "branch": branch_fields,
    "loop": loop_fields,
    "approval": approval_fields,
    "transform": transform_fields,
    "end": end_fields,
}

_TITLES: dict[PartKind, str] = {
    "organization": ":material/tune: Organization",
    "agent": ":material/smart_toy: Agent",
    "function": ":material/data_object: Function tool",
    "http": ":material/language: HTTP tool",
    "mcp": ":material/dns: MCP server",
    "guardrail": ":material/verified_user: Guardrail",
    "link": ":material/conversion_path: Link",
    "parallel": ":material/call_split: Parallel",
    "map": ":material/stacks: Map",
    "join": ":material/call_merge: Join",
    "branch": ":material/alt_route: Branch",
    "loop": ":material/repeat: Loop",
    "approval": ":material/how_to_reg: Approval",
    "transform": ":material/transform: Transform",
    "end": ":material/stop_circle: End",
}


def inspector(desk: Desk) -> None:
    """The fields of the selected node or link, or of the organization when nothing is selected."""
    part = part_of(desk.organization, desk.selected)
    if part is None:
        desk.select("")
        part = desk.organization
    kind = part_kind(part)
    form = form_for(desk, desk.selected)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="inspector_head"
    ):
        st.markdown(f"#### {_TITLES[kind]}")
        if not isinstance(part, Organization):
            _actions(desk, is_node=kind != "link")
    general = st.container(key="inspector_general", gap="xsmall")
    _FIELDS[kind](form)
    with general:
        for problem in problems_of_part(desk.problems, desk.selected, form.shown):
            finding(desk, problem)


def _actions(desk: Desk, *, is_node: bool) -> None:
    with st.container(horizontal=True, horizontal_alignment="right", width="content", gap="xsmall"):
        if is_node:
            _action(":material/link:", "Copy a link to this node", "node_link", partial(_link, desk))
            _action(":material/content_copy:", "Duplicate", "node_copy", partial(_copy, desk))
        _action(":material/delete:", "Delete", "node_delete", partial(_delete, desk))
        _action(":material/close:", "Back to the organization", "node_close", partial(desk.select, ""))


def _action(icon: str, help_text: str, key: str, act: Callable[[], None]) -> None:
    icon_button(icon, help_text, key=key, on_click=act)


def _link(desk: Desk) -> None:
    address = {"organization": desk.organization_id, "node": desk.selected}
    desk.tell("link", urlencode(address, quote_via=quote))


def _copy(desk: Desk) -> None:
    copied, names = duplicate(desk.organization, [desk.selected])
    name = names[desk.selected]
    desk.change(copied)
    desk.select(name)


def _delete(desk: Desk) -> None:
    selected = desk.selected
    is_node = selected in desk.organization.node_names()
    desk.change(delete(desk.organization, [selected] if is_node else [], [] if is_node else [selected]))
