"""Fields of an MCP server."""

from functools import partial

import streamlit as st

from core.errors import TroupeError
from core.organization.spec import McpHttpToolSpec, McpStdioToolSpec
from core.services.tools import ToolFacts
from studio.components.inspector.form import Form
from studio.components.inspector.remark import remark
from studio.components.inspector.tool_common import common_fields, description_field
from studio.context import core
from studio.editing import Desk
from studio.view_models.design_tools import offered_lines, other_names, other_transport
from studio.view_models.design_values import ARGUMENTS, CHOSEN, OPTIONAL_CHOSEN, PAIRS, TRIMMED

TRANSPORTS = {"mcp_stdio": "Started here (stdio)", "mcp_http": "Reached by HTTP"}


def mcp_fields(form: Form) -> None:
    """How to reach the server, which of its tools to let through, and what holds for all of them."""
    form.text("name", "Name", TRIMMED, help="Letters, digits, `_` and `-`.")
    kind: str = form.value("kind")
    form.computed_switch("kind", "Server", TRANSPORTS, kind, partial(_switch, form))
    if kind == "mcp_stdio":
        _process(form)
    else:
        _address(form)
    with form.slot():
        names = _listing(form)
    _filter(form, names)
    description_field(form)
    common_fields(form)
    if form.value("approval").kind != "never":
        form.several(
            "approval_tools",
            "Ask for these tools only",
            names,
            OPTIONAL_CHOSEN,
            placeholder="All tools",
        )


def _switch(form: Form, kind: str) -> None:
    owner = form.desk.owner_of(form.token)
    if owner is not None:
        form.desk.change(other_transport(form.desk.organization, owner, kind))


def _process(form: Form) -> None:
    form.text(
        "command", "Command", TRIMMED, placeholder="uvx", help="The program alone; its arguments stand below."
    )
    form.area(
        "arguments",
        "Arguments",
        ARGUMENTS,
        code=True,
        height=80,
        placeholder="mcp-server-fetch",
        help="One a line.",
    )
    form.area(
        "environment",
        "Environment",
        PAIRS,
        code=True,
        height=80,
        placeholder="API_KEY: ${API_KEY}",
        help="One `NAME: value` a line. `${NAME}` is replaced from the studio's own environment.",
    )


def _address(form: Form) -> None:
    form.text("url", "URL", TRIMMED, placeholder="https://example.com/mcp")
    form.area(
        "headers",
        "Headers",
        PAIRS,
        code=True,
        height=80,
        placeholder="Authorization: Bearer ${API_KEY}",
        help="One `Name: value` a line. `${NAME}` is replaced from the environment: keys stay out of the design.",
    )


def _listing(form: Form) -> list[str]:
    """The button that asks the server, and its answer; gives the names of the tools."""
    if st.button(
        "List tools",
        icon=":material/travel_explore:",
        key=form.key("list_tools"),
        help="Connects to the server and asks what it offers.",
    ):
        with st.spinner("Asking the server…"):
            _ask(form)
    answer: list[ToolFacts] | TroupeError | None = form.desk.listed.get(form.token)
    if answer is None:
        return []
    if isinstance(answer, TroupeError):
        remark(":red[:material/error:]", f"{answer.message} {answer.hint}")
        return []
    part = form.part
    assert isinstance(part, McpStdioToolSpec | McpHttpToolSpec), "the form is an MCP server's"
    with st.expander(
        f"{len(answer)} tool{'' if len(answer) == 1 else 's'} offered", expanded=True, key=form.key("offered_box")
    ):
        called = other_names(form.desk.organization, part.name, _listed(form.desk))
        st.markdown("\n\n".join(f":small[{line}]" for line in offered_lines(answer, part, called)) or "None.")
    return [tool.name for tool in answer]


def _listed(desk: Desk) -> dict[str, list[ToolFacts]]:
    """What the servers that were asked so far have answered, by their names."""
    answers = {desk.owner_of(token): answer for token, answer in desk.listed.items()}
    return {name: answer for name, answer in answers.items() if name and not isinstance(answer, TroupeError)}


def _ask(form: Form) -> None:
    part = form.part
    assert isinstance(part, McpStdioToolSpec | McpHttpToolSpec), "the form is an MCP server's"
    try:
        form.desk.listed[form.token] = core().tools.list_mcp_tools(part)
    except TroupeError as error:
        form.desk.listed[form.token] = error


def _filter(form: Form, names: list[str]) -> None:
    form.several(
        "allowed_tools", "Offer only these tools", names, OPTIONAL_CHOSEN, placeholder="All tools of the server"
    )
    form.several("blocked_tools", "Never offer these tools", names, CHOSEN, placeholder="None")
