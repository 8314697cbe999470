"""Makes fresh SDK objects of a spec for one segment of one run: shared Agent objects get slow by the square."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from agents import (
    Agent,
    FunctionTool,
    Handoff,
    InputGuardrail,
    Model,
    ModelSettings,
    OutputGuardrail,
    RunConfig,
    RunHooks,
    handoff,
)
from agents.extensions import handoff_filters
from agents.handoffs import HandoffInputData
from openai.types.shared import Reasoning

from core.organization.mcp_names import mcp_names
from core.organization.names import as_tool_name, handoff_tool_name, offered_tools
from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    Effect,
    FunctionToolSpec,
    GuardrailSpec,
    GuardsLink,
    HandoffLink,
    HttpToolSpec,
    JudgeGuardrailSpec,
    ModelSettingsSpec,
    Organization,
    ToolSpec,
    UsesLink,
)
from core.sdk.approvals import needs_approval
from core.sdk.function_tools import build_function_tool
from core.sdk.guardrails import JudgeSetup, build_input_guardrail, build_output_guardrail
from core.sdk.http_tools import build_http_tool
from core.sdk.mcp_tools import McpFunctionTool
from core.sdk.output_schemas import JsonSchemaOutput


@dataclass(frozen=True, slots=True)
class ToolSource:
    """Where a tool comes from, and how its calls are to be treated."""

    node: str
    """The canvas node that stands for it."""
    kind: str
    """function, http, mcp or agent."""
    effect: Effect
    timeout_seconds: float | None
    failure_message: str


class Wrapping(Protocol):
    """How the engine puts itself around models, tools and guardrails."""

    run_hooks: RunHooks[Any]
    run_config: RunConfig
    overrides: ModelSettingsSpec

    def model(
        self,
        reference: str | None,
        *,
        agent: str,
        purpose: str = "agent",
        attempt_seconds: float | None = None,
    ) -> Model:
        """The model behind a reference, wrapped; `purpose` is `judge` for that of a guardrail, `attempt_seconds`
        the time-out of one attempt."""

    def tool(self, tool: FunctionTool, source: ToolSource, *, agent: str) -> FunctionTool:
        """The tool, wrapped."""

    def input_guardrail(self, guardrail: InputGuardrail[Any], *, agent: str) -> InputGuardrail[Any]:
        """The guardrail, wrapped."""

    def output_guardrail(self, guardrail: OutputGuardrail[Any], *, agent: str) -> OutputGuardrail[Any]:
        """The guardrail, wrapped."""

    def must_ask_for_usage(self, reference: str | None) -> bool:
        """Whether the provider behind a reference counts tokens only when it is asked to."""


def compile_organization(
    spec: Organization,
    wrapping: Wrapping,
    *,
    mcp_tools: Mapping[str, Sequence[McpFunctionTool]],
    entry: str | None = None,
) -> Agent[Any]:
    """The entry agent (or another one that is to begin), with all that it reaches. `mcp_tools` are the tools of
    the connected MCP servers by node name. The spec must be free of errors."""
    beginning = spec.entry if entry is None else entry
    reached = _reached(spec, beginning)
    agents = {agent.name: _agent(agent, wrapping) for agent in spec.agents if agent.name in reached}
    for agent in agents.values():
        known = _known_by(spec, agent.name, mcp_tools)
        for link in spec.links:
            match link:
                case UsesLink() if link.source == agent.name:
                    agent.tools += _tools(_tool_spec(spec, link.target), wrapping, agent.name, known)
                case AsToolLink() if link.source == agent.name:
                    agent.tools.append(_agent_tool(spec, link, agents[link.target], wrapping))
                case HandoffLink() if link.source == agent.name:
                    agent.handoffs.append(_handoff(link, agents[link.target]))
                case GuardsLink() if link.target == agent.name:
                    _guard(agent, _guardrail_spec(spec, link.source), wrapping)
    return agents[beginning]


def _reached(spec: Organization, entry: str) -> set[str]:
    """The agents that may come to work when that one begins."""
    found, waiting = {entry}, [entry]
    while waiting:
        source = waiting.pop()
        for link in spec.links:
            leads = isinstance(link, HandoffLink | AsToolLink) and link.source == source
            if leads and link.target not in found:
                found.add(link.target)
                waiting.append(link.target)
    return found


def _agent(spec: AgentSpec, wrapping: Wrapping) -> Agent[Any]:
    settings = spec.settings.model_copy(update=wrapping.overrides.model_dump(exclude_none=True))
    agent = _new_agent()
    agent.name = spec.name
    agent.instructions = spec.instructions
    agent.handoff_description = spec.handoff_description or None
    agent.model = wrapping.model(spec.model, agent=spec.name, attempt_seconds=settings.timeout_seconds)
    agent.model_settings = _model_settings(spec, settings, wrapping)
    agent.output_type = JsonSchemaOutput(spec.output_schema, agent=spec.name) if spec.output_schema else None
    agent.tool_use_behavior = "run_llm_again" if spec.tool_use == "run_again" else "stop_on_first_tool"
    return agent


def _new_agent() -> Agent[Any]:
    """As good as made by its constructor, which takes a third of a millisecond each time, mostly to find out what
    types it declares; and which drops settings that equal the SDK's defaults."""
    agent = copy.copy(_blank_agent())
    for name, value in vars(agent).items():
        if isinstance(value, list | dict):
            setattr(agent, name, value.copy())
    return agent


@cache
def _blank_agent() -> Agent[Any]:
    return Agent(name="blank")


def _model_settings(spec: AgentSpec, settings: ModelSettingsSpec, wrapping: Wrapping) -> ModelSettings:
    """Without the time-out: the SDK's would count all attempts and the waits between them."""
    effort = settings.reasoning_effort
    return ModelSettings(
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_tokens,
        tool_choice=settings.tool_choice,
        parallel_tool_calls=settings.parallel_tool_calls,
        reasoning=Reasoning(effort=effort) if effort else None,
        verbosity=settings.verbosity,
        include_usage=True if wrapping.must_ask_for_usage(spec.model) else None,
    )


def _known_by(
    spec: Organization, agent: str, mcp_tools: Mapping[str, Sequence[McpFunctionTool]]
) -> dict[str, list[McpFunctionTool]]:
    """The tools of the MCP servers that an agent uses, each under a name that no other tool of the agent has."""
    used = [link.target for link in spec.links if isinstance(link, UsesLink) and link.source == agent]
    servers = {name: mcp_tools[name] for name in used if name in mcp_tools}
    offered = {name: [tool.true_name for tool in tools] for name, tools in servers.items()}
    names = mcp_names(offered, {tool.name for tool in offered_tools(spec, agent)})
    return {
        server: [_renamed(tool, names[server, tool.true_name]) for tool in tools]
        for server, tools in servers.items()
    }


def _renamed(tool: McpFunctionTool, name: str) -> McpFunctionTool:
    renamed = copy.copy(tool)
    renamed.name = name
    return renamed


def _tools(
    spec: ToolSpec, wrapping: Wrapping, agent: str, mcp_tools: Mapping[str, Sequence[FunctionTool]]
) -> list[FunctionTool]:
    match spec:
        case FunctionToolSpec():
            kind, built = "function", [build_function_tool(spec)]
        case HttpToolSpec():
            kind, built = "http", [build_http_tool(spec)]
        case _:
            kind, built = "mcp", list(mcp_tools[spec.name])
    source = ToolSource(spec.name, kind, spec.effect, spec.timeout_seconds, spec.failure_message)
    if kind != "mcp":
        for tool in built:
            tool.needs_approval = needs_approval(spec.approval)
    return [wrapping.tool(tool, source, agent=agent) for tool in built]


def _agent_tool(spec: Organization, link: AsToolLink, target: Agent[Any], wrapping: Wrapping) -> FunctionTool:
    tool = target.as_tool(
        tool_name=as_tool_name(link),
        tool_description=link.description or target.handoff_description or f"Ask {target.name}.",
        hooks=wrapping.run_hooks,
        run_config=wrapping.run_config,
        max_turns=spec.run.max_turns,
        failure_error_function=None,
        needs_approval=needs_approval(link.approval),
    )
    source = ToolSource(link.target, "agent", "reads", None, "")
    return wrapping.tool(tool, source, agent=link.source)


def _handoff(link: HandoffLink, target: Agent[Any]) -> Handoff[Any, Any]:
    description = link.description or target.handoff_description or ""
    return handoff(
        target,
        tool_name_override=handoff_tool_name(link.target),
        tool_description_override=f"Hand off to {target.name}. {description}".strip(),
        input_filter=_HISTORY_FILTERS[link.history],
    )


def _guard(agent: Agent[Any], spec: GuardrailSpec, wrapping: Wrapping) -> None:
    judge = None
    if isinstance(spec, JudgeGuardrailSpec):
        judge = JudgeSetup(
            wrapping.model(spec.model, agent=spec.name, purpose="judge"),
            name=spec.name,
            run_config=wrapping.run_config,
        )
    if spec.stage == "input":
        built = build_input_guardrail(spec, judge=judge)
        agent.input_guardrails.append(wrapping.input_guardrail(built, agent=agent.name))
    else:
        checking = build_output_guardrail(spec, judge=judge)
        agent.output_guardrails.append(wrapping.output_guardrail(checking, agent=agent.name))


def _last_message(data: HandoffInputData) -> HandoffInputData:
    history = data.input_history
    if isinstance(history, tuple):
        user = [item for item in history if isinstance(item, dict) and item.get("role") == "user"]
        history = tuple(user[-1:])
    return HandoffInputData(
        input_history=history, pre_handoff_items=(), new_items=(), run_context=data.run_context
    )


_HISTORY_FILTERS = {
    "all": None,
    "without_tools": handoff_filters.remove_all_tools,
    "last_message": _last_message,
}


def _tool_spec(spec: Organization, name: str) -> ToolSpec:
    found = spec.tool(name)
    assert found is not None, "an organization without errors has no loose links"
    return found


def _guardrail_spec(spec: Organization, name: str) -> GuardrailSpec:
    found = spec.guardrail(name)
    assert found is not None, "an organization without errors has no loose links"
    return found
