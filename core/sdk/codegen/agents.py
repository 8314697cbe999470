"""Generates `agents.py`: the agents, what they may use, and whom they hand over to or call."""

from core.organization.names import as_tool_name, handoff_tool_name
from core.organization.spec import AgentSpec, AsToolLink, HandoffLink, ModelSettingsSpec, UsesLink
from core.sdk.codegen.calls import Keyword, call, listed
from core.sdk.codegen.frame import Frame, is_server
from core.sdk.codegen.literals import literal, quoted
from core.sdk.codegen.tools import approval_code

_FILTERS = {"all": None, "without_tools": "remove_all_tools", "last_message": "last_message"}


def agents_module(frame: Frame) -> str:
    """The text of `agents.py`."""
    package = frame.package
    lines = [
        '"""The agents, and how they are linked."""',
        "from typing import Any",
        "from agents import Agent, ModelSettings, handoff",
        "from agents.extensions.handoff_filters import remove_all_tools",
        "from openai.types.shared import Reasoning",
        f"from {package} import guardrails, settings, tools",
        f"from {package}.support.approvals import when",
        f"from {package}.support.calls import failed",
        f"from {package}.support.handoffs import last_message",
        f"from {package}.support.output import JsonOutput",
        *(f"{frame.agents[spec.name]} = {_agent(frame, spec)}" for spec in frame.agent_specs),
        *(statement for spec in frame.agent_specs for statement in _links(frame, spec)),
    ]
    if not frame.org.has_workflow:
        lines += [f"ENTRY = {frame.agents[frame.org.entry]}"]
    return "\n\n".join(lines)


def _agent(frame: Frame, spec: AgentSpec) -> str:
    keywords: list[Keyword] = [("name", quoted(spec.name))]
    if spec.handoff_description:
        keywords.append(("handoff_description", literal(spec.handoff_description)))
    keywords.append(("instructions", literal(spec.instructions)))
    if spec.model is not None:
        keywords.append(("model", quoted(spec.model)))
    keywords.append(("model_settings", _settings(spec.settings)))
    if spec.output_schema is not None:
        schema = call("JsonOutput", literal(spec.output_schema), keywords=[("agent", quoted(spec.name))])
        keywords.append(("output_type", schema))
    if spec.tool_use == "stop_on_first_tool":
        keywords.append(("tool_use_behavior", quoted(spec.tool_use)))
    return call("Agent[Any]", keywords=[*keywords, *_used(frame, spec)])


def _used(frame: Frame, spec: AgentSpec) -> list[Keyword]:
    """Tools, servers and guardrails of an agent."""
    used = [frame.org.tool(link.target) for link in frame.links_of(spec.name) if isinstance(link, UsesLink)]
    tools = [tool for tool in used if tool is not None]
    guards = frame.guards_of(spec.name)
    lists = {
        "tools": [f"tools.{frame.tools[tool.name]}" for tool in tools if not is_server(tool)],
        "mcp_servers": [f"tools.{frame.tools[tool.name]}" for tool in tools if is_server(tool)],
        "input_guardrails": [
            f"guardrails.{frame.guardrails[rail.name]}" for rail in guards if rail.stage == "input"
        ],
        "output_guardrails": [
            f"guardrails.{frame.guardrails[rail.name]}" for rail in guards if rail.stage == "output"
        ],
    }
    return [(name, listed(items)) for name, items in lists.items() if items]


def _settings(spec: ModelSettingsSpec) -> str:
    given = spec.model_dump(exclude_none=True)
    keywords: list[str] = []
    for name, value in given.items():
        match name:
            case "reasoning_effort":
                keywords.append(f"reasoning=Reasoning(effort={quoted(value)})")
            case "timeout_seconds":
                keywords.append(f"timeout={literal(value)}")
            case _:
                keywords.append(f"{name}={literal(value)}")
    return f"ModelSettings({', '.join(keywords)})"


def _links(frame: Frame, spec: AgentSpec) -> list[str]:
    links = frame.links_of(spec.name)
    name = frame.agents[spec.name]
    calls = [_agent_tool(frame, link) for link in links if isinstance(link, AsToolLink)]
    handoffs = [_handoff(frame, link) for link in links if isinstance(link, HandoffLink)]
    statements = [f"{name}.tools += {listed(calls, apart=True)}"] if calls else []
    return statements + ([f"{name}.handoffs = {listed(handoffs, apart=True)}"] if handoffs else [])


def _handoff(frame: Frame, link: HandoffLink) -> str:
    target = frame.org.agent(link.target)
    description = link.description or (target.handoff_description if target else "")
    told = f"Hand off to {link.target}. {description}"
    keywords = [
        ("tool_name_override", quoted(handoff_tool_name(link.target))),
        ("tool_description_override", literal(told if link.description else told.strip())),
    ]
    chosen = _FILTERS[link.history]
    if chosen:
        keywords.append(("input_filter", chosen))
    return call("handoff", frame.agents[link.target], keywords=keywords)


def _agent_tool(frame: Frame, link: AsToolLink) -> str:
    target = frame.org.agent(link.target)
    usual = (target.handoff_description if target else "") or f"Ask {link.target}."
    name = as_tool_name(link)
    keywords = [
        ("tool_name", quoted(name)),
        ("tool_description", literal(link.description or usual)),
        ("max_turns", "settings.MAX_TURNS"),
    ]
    approval = approval_code(link.approval)
    if approval is not None:
        keywords.append(("needs_approval", approval))
    keywords.append(("failure_error_function", f"failed({quoted(name)})"))
    return call(f"{frame.agents[link.target]}.as_tool", keywords=keywords)
