"""Agents, models and tools of AutoGen components as parts of the spec."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core.organization.spec import (
    AgentSpec,
    FunctionToolSpec,
    HandoffLink,
    HttpToolSpec,
    Link,
    McpHttpToolSpec,
    McpStdioToolSpec,
    ModelSettingsSpec,
    ToolSpec,
    UsesLink,
)
from core.sdk.reflect.autogen_files import Component
from core.sdk.reflect.names import Names, tool_name
from core.sdk.reflect.report import Report
from core.sdk.reflect.secrets import hidden
from core.sdk.reflect.values import Const, Mapping

TOOLS_MODULE = "autogen_tools"
"""The module that the functions of tools are expected in; their code came as text."""
_SETTINGS = ("temperature", "top_p", "max_tokens", "parallel_tool_calls")
_WITHOUT = {"StaticWorkbench", "StaticStreamWorkbench"}


class PartsReader:
    """Makes agents and tools of one team."""

    def __init__(self, where: str, report: Report) -> None:
        self._where = where
        self._report = report
        self.names = Names()
        self.agents: list[AgentSpec] = []
        self.tools: list[ToolSpec] = []
        self.links: list[Link] = []
        self.by_name: dict[str, str] = {}
        """Names here by the names there."""
        self._handoffs: list[tuple[str, Any]] = []

    def agent(self, found: Component) -> str:
        """Add an agent; gives its name."""
        wanted = found.text("name") or found.label or found.kind
        name = self.names.node(wanted, "Agent")
        self.by_name[wanted] = name
        what = f"agent '{name}'"
        instructions = found.text("system_message") or found.text("description") or found.description
        self.agents.append(
            AgentSpec(
                name=name,
                instructions=instructions,
                handoff_description=found.text("description")[:2000],
                model=self.model(found.part("model_client"), what),
                settings=self._settings(found.part("model_client")),
                tool_use="stop_on_first_tool" if self._answers_with_tools(found) else "run_again",
            )
        )
        if found.kind == "AssistantAgent":
            self._report.carried(what, self._where)
        else:
            note = (
                f"A {found.kind} can do things that have no counterpart; here it is an agent with its description."
            )
            self._report.approximated(what, self._where, note)
        for tool in [*found.parts("tools"), *found.parts("workbench")]:
            self._tool(tool, name)
        handoffs = found.config.get("handoffs")
        self._handoffs += [(name, each) for each in handoffs] if isinstance(handoffs, list) else []
        return name

    def hand_over(self) -> None:
        """Add the handoffs, once all agents are known."""
        for source, given in self._handoffs:
            target = given.get("target") if isinstance(given, dict) else given
            described = str(given.get("description") or "") if isinstance(given, dict) else ""
            known = self.by_name.get(str(target))
            what = f"handoff from '{source}' to '{target}'"
            if known is None or known == source:
                note = "A person is no agent here: the agent answers, and the next input goes on."
                self._report.not_carried(
                    what, self._where, note if target == "user" else "There is no such agent."
                )
                continue
            self.links.append(HandoffLink(source=source, target=known, description=described))
            self._report.carried(what, self._where)

    def _answers_with_tools(self, found: Component) -> bool:
        rounds = found.number("max_tool_iterations") or 1
        return bool(found.config.get("tools")) and found.config.get("reflect_on_tool_use") is False and rounds <= 1

    # -- models ---------------------------------------------------------------------------------

    def model(self, client: Component | None, what: str) -> str | None:
        """The model that a client asks; None for the studio's default."""
        if client is None:
            return None
        name = client.text("model")
        if client.kind == "OpenAIChatCompletionClient" and name:
            if client.text("base_url"):
                note = f"It was asked at {client.text('base_url')}: add that as a provider."
                self._report.approximated(f"model of {what}", self._where, note)
            return f"openai/{name}"
        note = f"{client.kind} ('{name}') is no provider here; the studio's default model is used."
        self._report.not_carried(f"model of {what}", self._where, note)
        return None

    def _settings(self, client: Component | None) -> ModelSettingsSpec:
        given = {name: client.config.get(name) for name in _SETTINGS} if client is not None else {}
        try:
            return ModelSettingsSpec.model_validate(
                {key: value for key, value in given.items() if value is not None}
            )
        except ValidationError:
            self._report.not_carried("model settings", self._where, "Some are out of range.")
            return ModelSettingsSpec()

    # -- tools ----------------------------------------------------------------------------------

    def _tool(self, found: Component, agent: str) -> None:
        if found.kind in _WITHOUT:
            for tool in found.parts("tools"):
                self._tool(tool, agent)
            return
        try:
            spec = self._spec(found)
        except ValidationError as error:
            reason = error.errors(include_url=False)[0]["msg"]
            self._report.not_carried(f"tool of '{agent}'", self._where, f"{found.kind}: {reason}.")
            return
        if spec is None:
            note = f"A {found.kind} has no counterpart."
            self._report.not_carried(f"tool '{found.text('name') or found.label}' of '{agent}'", self._where, note)
            return
        same = next((each for each in self.tools if each.model_copy(update={"name": spec.name}) == spec), None)
        if same is None:
            self.tools.append(spec)
        name = (same or spec).name
        link = UsesLink(source=agent, target=name)
        if link not in self.links:
            self.links.append(link)

    def _spec(self, found: Component) -> ToolSpec | None:
        match found.kind:
            case "FunctionTool":
                return self._function(found)
            case "HttpTool":
                return self._http(found)
            case "McpWorkbench":
                return self._server(found)
            case _:
                return None

    def _function(self, found: Component) -> FunctionToolSpec:
        wanted = tool_name(found.text("name")) or "tool"
        name = self.names.tool(wanted) if not self._has(wanted) else wanted
        function = wanted.replace("-", "_")
        function = function if function.isidentifier() else f"tool_{function}"
        note = (
            f"Its code came as text: save it as `{function}` in a module {TOOLS_MODULE}.py that can be imported."
        )
        self._report.approximated(f"tool '{name}'", self._where, note)
        return FunctionToolSpec(
            name=name,
            function=f"{TOOLS_MODULE}:{function}",
            description=found.text("description") or found.description,
        )

    def _has(self, name: str) -> bool:
        return any(tool.name == name for tool in self.tools)

    def _http(self, found: Component) -> HttpToolSpec:
        name = self.names.tool(found.text("name"), "http")
        port = found.number("port")
        host = found.text("host") + (f":{port:g}" if port and port not in {80, 443} else "")
        url = f"{found.text('scheme') or 'https'}://{host}/{found.text('path').lstrip('/')}"
        headers = _texts(found.config.get("headers"))
        schema = found.config.get("json_schema")
        what = f"tool '{name}'"
        self._report.carried(what, self._where)
        return HttpToolSpec.model_validate(
            {
                "name": name,
                "description": found.text("description"),
                "method": (found.text("method") or "POST").upper(),
                "url": url,
                "headers": hidden(headers, self._report, what, self._where),
                "parameters": schema if isinstance(schema, dict) else {"type": "object", "properties": {}},
                **_limit(found.number("timeout")),
            }
        )

    def _server(self, found: Component) -> ToolSpec | None:
        given = found.config.get("server_params")
        params = given if isinstance(given, dict) else {}
        first = params.get("command") or params.get("url")
        if not isinstance(first, str):
            return None
        listed = params.get("args")
        arguments = [str(each) for each in listed] if isinstance(listed, list) else []
        label = next((each for each in arguments if not each.startswith("-")), first)
        wanted = tool_name(label.rpartition("/")[2]) or "server"
        name = wanted if self._has(wanted) else self.names.tool(wanted)
        what = f"MCP server '{name}'"
        limit = params.get("read_timeout_seconds") or params.get("timeout")
        common: dict[str, Any] = {"name": name, **_limit(limit)}
        if "command" in params:
            environment = hidden(_texts(params.get("env")), self._report, what, self._where)
            self._report.carried(what, self._where)
            return McpStdioToolSpec(command=first, arguments=arguments, environment=environment, **common)
        headers = hidden(_texts(params.get("headers")), self._report, what, self._where)
        if params.get("type") == "SseServerParams":
            self._report.approximated(what, self._where, "It was spoken to by SSE, now by streamable HTTP.")
        return McpHttpToolSpec(url=first, headers=headers, **common)


def _limit(value: Any) -> dict[str, Any]:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 3600
    return {"timeout_seconds": value} if fits else {}


def _texts(value: Any) -> Mapping:
    pairs = value.items() if isinstance(value, dict) else ()
    return Mapping(tuple((Const(str(key)), Const(str(each))) for key, each in pairs))
