"""Agents that exist as objects: read into a spec, in the process that has imported them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, get_args, get_origin

from agents import Agent, AgentOutputSchema, AgentOutputSchemaBase, FunctionTool, Handoff, Tool
from agents.exceptions import UserError
from agents.extensions.handoff_filters import remove_all_tools
from agents.mcp import MCPServer, MCPServerStdio, MCPServerStreamableHttp
from pydantic import ValidationError

from core.organization.names import as_tool_name
from core.organization.spec import (
    AgentSpec,
    AlwaysApprove,
    ApprovalRule,
    AsToolLink,
    FunctionToolSpec,
    GuardsLink,
    HandoffLink,
    JsonObject,
    JudgeGuardrailSpec,
    Link,
    McpHttpToolSpec,
    McpStdioToolSpec,
    ModelSettingsSpec,
    NeverApprove,
    Organization,
    UsesLink,
)
from core.sdk.reflect.names import Names, reference, tool_name
from core.sdk.reflect.report import Entry, Report
from core.sdk.reflect.secrets import hidden
from core.sdk.reflect.settings import model_reference
from core.sdk.reflect.values import Const, Mapping

_SETTINGS = ("temperature", "top_p", "max_tokens", "tool_choice", "parallel_tool_calls", "verbosity")


def agents_in(module: ModuleType, name: str) -> list[Agent[Any]]:
    """The agents that a name of a module stands for; without a name, those of the module."""
    value = getattr(module, name, None) if name else list(vars(module).values())
    if isinstance(value, Agent):
        return [value]
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else []
    return [each for each in values if isinstance(each, Agent)]


def organization_of(roots: list[Agent[Any]], *, name: str) -> tuple[Organization, list[Entry]]:
    """The organization that the agents make with all that they reach."""
    reader = _Reader()
    for root in roots:
        reader.agent(root)
    reader.read()
    org = Organization(
        name=name[:80],
        entry=reader.agent(roots[0]),
        agents=reader.agents,
        tools=reader.tools,
        guardrails=reader.guardrails,
        links=reader.links,
    )
    return org, list(reader.report.finished())


class _Reader:
    def __init__(self) -> None:
        self.report = Report()
        self._names = Names()
        self._known: dict[int, str] = {}
        self._waiting: list[Agent[Any]] = []
        self.agents: list[AgentSpec] = []
        self.tools: list[Any] = []
        self.guardrails: list[Any] = []
        self.links: list[Link] = []

    def agent(self, agent: Agent[Any]) -> str:
        """The name of an agent, which is read in its turn."""
        if id(agent) not in self._known:
            self._known[id(agent)] = self._names.node(agent.name, "Agent")
            self._waiting.append(agent)
        return self._known[id(agent)]

    def read(self) -> None:
        """Read all agents that were named, and those that they lead to."""
        done = 0
        while done < len(self._waiting):
            agent = self._waiting[done]
            done += 1
            name = self.agent(agent)
            self.agents.append(self._spec(agent, name))
            self.report.carried(f"agent '{name}'")
            for tool in agent.tools:
                self._tool(tool, name)
            for server in agent.mcp_servers:
                self._server(server, name)
            for handoff in agent.handoffs:
                self._handoff(handoff, name)
            for stage in ("input", "output"):
                for guardrail in getattr(agent, f"{stage}_guardrails"):
                    self._guardrail(guardrail, stage, name)

    # -- agents ---------------------------------------------------------------------------------

    def _spec(self, agent: Agent[Any], name: str) -> AgentSpec:
        what = f"agent '{name}'"
        instructions = agent.instructions or ""
        if not isinstance(instructions, str):
            where = _where(instructions)
            note = "A function makes them while it runs: its code is kept as the text."
            self.report.approximated(f"instructions of {what}", where, note)
            instructions = _source(instructions)
        chosen = agent.tool_use_behavior
        if chosen not in ("run_llm_again", "stop_on_first_tool"):
            self.report.not_carried(
                f"tool use behavior of {what}", "", "Python decides; the model is asked again."
            )
        return AgentSpec(
            name=name,
            instructions=instructions,
            handoff_description=agent.handoff_description or "",
            model=self._model(agent, what),
            settings=self._settings(agent, what),
            output_schema=self._output(agent, what),
            tool_use="stop_on_first_tool" if chosen == "stop_on_first_tool" else "run_again",
        )

    def _model(self, agent: Agent[Any], what: str) -> str | None:
        if agent.model is None or isinstance(agent.model, str):
            return model_reference(agent.model) if agent.model else None
        found = getattr(agent.model, "model", None)
        kind = type(agent.model).__name__
        self.report.approximated(f"model of {what}", "", f"{kind} made it; only its name '{found}' is kept.")
        return model_reference(str(found)) if found else None

    def _settings(self, agent: Agent[Any], what: str) -> ModelSettingsSpec:
        given = {key: getattr(agent.model_settings, key) for key in _SETTINGS}
        given["timeout_seconds"] = getattr(agent.model_settings, "timeout", None)
        given["reasoning_effort"] = getattr(agent.model_settings.reasoning, "effort", None)
        for key in list(given):
            try:
                ModelSettingsSpec.model_validate({key: given[key]})
            except ValidationError:
                self.report.not_carried(f"{key} of the model settings of {what}")
                del given[key]
        return ModelSettingsSpec.model_validate(given)

    def _output(self, agent: Agent[Any], what: str) -> JsonObject | None:
        kind = agent.output_type
        if kind is None or kind is str:
            return None
        try:
            if isinstance(kind, AgentOutputSchemaBase):
                return dict(kind.json_schema())
            return dict(AgentOutputSchema(kind, strict_json_schema=False).json_schema())
        except (UserError, TypeError, AttributeError) as error:
            shown = getattr(kind, "__name__", get_origin(kind) or kind), get_args(kind)
            self.report.not_carried(f"output type of {what}", "", f"{shown}: {error}"[:300])
            return None

    # -- links ----------------------------------------------------------------------------------

    def _tool(self, tool: Tool, owner: str) -> None:
        if not isinstance(tool, FunctionTool):
            note = "A tool that OpenAI or the machine of the run provides has no counterpart yet."
            self.report.not_carried(f"hosted tool {type(tool).__name__} of '{owner}'", "", note)
            return
        inner = getattr(tool, "_agent_instance", None)
        if isinstance(inner, Agent):
            link = AsToolLink(source=owner, target=self.agent(inner), description=tool.description)
            wanted = tool_name(tool.name)
            if wanted != as_tool_name(link):
                link = link.model_copy(update={"tool_name": wanted or None})
            self._add(link.model_copy(update={"approval": self._approval(tool)}))
            return
        name = self._known.get(id(tool)) or self._function(tool, owner)
        if name is not None:
            self._known[id(tool)] = name
            self._add(UsesLink(source=owner, target=name))

    def _function(self, tool: FunctionTool, owner: str) -> str | None:
        function = getattr(tool, "__wrapped__", None)
        module, qualified = getattr(function, "__module__", ""), getattr(function, "__qualname__", "")
        target = reference(module, qualified) if function is not None else None
        if target is None:
            note = "It is no function of a module, so nothing could import it again."
            self.report.not_carried(f"tool '{tool.name}' of '{owner}'", "", note)
            return None
        name = self._names.tool(tool.name)
        approval = self._approval(tool)
        self.tools.append(
            FunctionToolSpec(name=name, function=target, description=tool.description, approval=approval)
        )
        self.report.carried(f"tool '{name}'", _where(function), f"The function is {target}.")
        return name

    def _approval(self, tool: FunctionTool) -> ApprovalRule:
        if isinstance(tool.needs_approval, bool):
            return AlwaysApprove() if tool.needs_approval else NeverApprove()
        note = "Python decides; now every call waits for a person."
        self.report.approximated(f"approval of '{tool.name}'", _where(tool.needs_approval), note)
        return AlwaysApprove()

    def _server(self, server: MCPServer, owner: str) -> None:
        name = self._known.get(id(server))
        if name is None:
            name = self._names.tool(server.name, "server")
            self._known[id(server)] = name
            what = f"MCP server '{name}'"
            if isinstance(server, MCPServerStdio):
                params: Any = server.params
                environment = hidden(_mapping(params.env), self.report, what, "")
                self.tools.append(
                    McpStdioToolSpec(
                        name=name, command=params.command, arguments=params.args, environment=environment
                    )
                )
            elif isinstance(server, MCPServerStreamableHttp):
                headers = hidden(_mapping(server.params.get("headers")), self.report, what, "")
                self.tools.append(McpHttpToolSpec(name=name, url=server.params["url"], headers=headers))
            else:
                self.report.not_carried(what, "", f"A {type(server).__name__} has no counterpart.")
                return
            self.report.carried(what)
        self._add(UsesLink(source=owner, target=name))

    def _handoff(self, handoff: Any, owner: str) -> None:
        target = handoff if isinstance(handoff, Agent) else _target(handoff)
        if target is None:
            self.report.not_carried(f"handoff of '{owner}'", "", "Its agent cannot be told.")
            return
        link = HandoffLink(source=owner, target=self.agent(target))
        if isinstance(handoff, Handoff):
            usual = Handoff.default_tool_description(target)
            described = "" if handoff.tool_description == usual else handoff.tool_description
            history = "without_tools" if handoff.input_filter is remove_all_tools else "all"
            link = HandoffLink.model_validate({**link.model_dump(), "description": described, "history": history})
            if handoff.input_filter not in (None, remove_all_tools):
                note = "Python filters it; now the target is given all of the conversation."
                self.report.not_carried(
                    f"history filter of the handoff from '{owner}' to '{link.target}'", "", note
                )
        if self._add(link):
            self.report.carried(f"handoff from '{owner}' to '{link.target}'")

    def _guardrail(self, guardrail: Any, stage: str, owner: str) -> None:
        function = guardrail.guardrail_function
        name = self._known.get(id(function))
        if name is None:
            name = self._names.node(guardrail.name or getattr(function, "__name__", ""), "Guardrail")
            self._known[id(function)] = name
            rule = f"What this Python function would stop by its tripwire must not pass:\n\n{_source(function)}"
            self.guardrails.append(
                JudgeGuardrailSpec.model_validate({"name": name, "stage": stage, "instructions": rule})
            )
            note = "Its code is kept as the instructions of a judge; write the rule in words instead."
            self.report.approximated(f"guardrail '{name}'", _where(function), note)
        self._add(GuardsLink(source=name, target=owner))

    def _add(self, link: Link) -> bool:
        fits = link.source != link.target and all(link.key != other.key for other in self.links)
        if fits:
            self.links.append(link)
        else:
            self.report.not_carried(f"second {link.kind} link from '{link.source}' to '{link.target}'")
        return fits


def _target(handoff: Handoff[Any, Any]) -> Agent[Any] | None:
    kept = getattr(handoff, "_agent_ref", None)
    found = kept() if callable(kept) else None
    return found if isinstance(found, Agent) else None


def _mapping(values: dict[str, str] | None) -> Mapping:
    return Mapping(tuple((Const(key), Const(value)) for key, value in (values or {}).items()))


def _source(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)[:4000]
    except (OSError, TypeError):
        return repr(function)


def _where(function: Any) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    return f"{code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}" if code is not None else ""
