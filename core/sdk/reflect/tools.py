"""The tools of agents: functions, agents as tools, hosted tools."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from pydantic import ValidationError

from core.organization.spec import (
    AlwaysApprove,
    ApprovalRule,
    FunctionToolSpec,
    McpHttpToolSpec,
    NeverApprove,
    ToolSpec,
)
from core.sdk.reflect.finder import Finder, tool_decorator
from core.sdk.reflect.names import Names, reference
from core.sdk.reflect.report import joined
from core.sdk.reflect.secrets import hidden
from core.sdk.reflect.settings import written
from core.sdk.reflect.values import Const, External, Function, Made, Mapping, Opaque, Value, text_of

_LEFT = ("is_enabled", "tool_input_guardrails", "tool_output_guardrails", "failure_error_function")
_HOSTED = {
    "WebSearchTool",
    "FileSearchTool",
    "CodeInterpreterTool",
    "ImageGenerationTool",
    "ComputerTool",
    "LocalShellTool",
    "ShellTool",
    "ApplyPatchTool",
    "ToolSearchTool",
    "ProgrammaticToolCallingTool",
    "CustomTool",
}


class ToolReader:
    """Makes the tool specs of an import; the same function is one tool wherever it is used."""

    def __init__(self, finder: Finder, names: Names) -> None:
        self._finder = finder
        self._names = names
        self.specs: list[ToolSpec] = []
        self._by_key: dict[object, str | None] = {}

    def name(self, value: Value, where: str, owner: str) -> str | None:
        """The name of the tool that a value is; None, and an entry in the report, when there can be none."""
        key = _key(value)
        if key not in self._by_key:
            self._by_key[key] = self._made(value, where, owner)
        return self._by_key[key]

    def _made(self, value: Value, where: str, owner: str) -> str | None:
        match value:
            case Function():
                return self._function(value)
            case Made(maker="agents.function_tool" | "agents.tool") if value.call.args:
                inner = self._finder.evaluator.value(value.call.args[0], value.frame)
                if isinstance(inner, Function):
                    return self._function(inner, value)
                if isinstance(inner, External):
                    return self._imported(inner, where, owner, value)
            case Made(maker="agents.FunctionTool"):
                return self._custom(value)
            case Made(maker="agents.HostedMCPTool"):
                return self._hosted_server(value)
            case Made(maker=maker) if maker.rpartition(".")[2] in _HOSTED:
                kind = maker.rpartition(".")[2]
                note = "A tool that OpenAI or the machine of the run provides has no counterpart yet."
                self._finder.report.not_carried(f"hosted tool {kind} of '{owner}'", where, note)
                return None
            case External():
                return self._imported(value, where, owner, None)
            case _:
                pass
        self._finder.report.not_carried(f"tool `{written(value)}` of '{owner}'", where, "Only running tells it.")
        return None

    def _function(self, function: Function, call: Made | None = None) -> str | None:
        finder, node, frame = self._finder, function.node, function.frame
        decorated = tool_decorator(finder.evaluator, function)
        options = call or (decorated[1] if decorated else None)
        where = frame.module.where(node)
        wanted = text_of(finder.option(options, "name_override")) if options else None
        importable = isinstance(frame.scope.node, ast.Module)
        target = reference(frame.module.name, node.name)
        if target is None:
            note = f"`{frame.module.name}:{node.name}` is no name that can be kept."
            finder.report.not_carried(f"tool '{node.name}'", where, note)
            return None
        description = text_of(finder.option(options, "description_override")) if options else None
        name = self._names.tool(wanted or node.name)
        spec = self._spec(name, target, description, options, where)
        if not importable:
            note = "It is defined inside a function or class, so nothing can import it; move it to the module."
            finder.report.approximated(f"tool '{name}'", where, note)
        else:
            finder.report.carried(f"tool '{name}'", where, f"The function is {target}.")
        self.specs.append(spec)
        return name

    def _spec(
        self, name: str, target: str, description: str | None, options: Made | None, where: str
    ) -> FunctionToolSpec:
        limit = self._finder.option(options, "timeout") if options else None
        extra: dict[str, Any] = {}
        if isinstance(limit, Const) and isinstance(limit.value, int | float):
            extra["timeout_seconds"] = limit.value
        rule = self.approval(self._finder.option(options, "needs_approval") if options else None, name, where)
        left = [each for each in _LEFT if options and self._finder.option(options, each) is not None]
        if left:
            self._finder.report.not_carried(f"{joined(left)} of tool '{name}'", where)
        spec = FunctionToolSpec(name=name, function=target, description=description or "", approval=rule)
        try:
            return FunctionToolSpec.model_validate({**spec.model_dump(), **extra})
        except ValidationError:
            self._finder.report.not_carried(f"timeout of tool '{name}'", where)
            return spec

    def approval(self, value: Value | None, name: str, where: str) -> ApprovalRule:
        """When calls of a tool need a person."""
        match value:
            case None | Const(value=False | None):
                return NeverApprove()
            case Const(value=True):
                return AlwaysApprove()
            case _:
                note = f"`{written(value)}` decides in Python; now every call waits for a person."
                self._finder.report.approximated(f"approval of '{name}'", where, note)
                return AlwaysApprove()

    def _imported(self, value: External, where: str, owner: str, options: Made | None) -> str | None:
        module, _, function = value.name.rpartition(".")
        target = (
            reference(module, function) if module and not value.name.startswith(("agents.", "builtins.")) else None
        )
        if target is None:
            note = "It names no function that could be imported."
            self._finder.report.not_carried(f"tool `{value.name}` of '{owner}'", where, note)
            return None
        wanted = text_of(self._finder.option(options, "name_override")) if options else None
        name = self._names.tool(wanted or function)
        self.specs.append(self._spec(name, target, None, options, where))
        note = f"It is imported from outside the files: {target} is kept, but was not looked at."
        self._finder.report.approximated(f"tool '{name}'", where, note)
        return name

    def _custom(self, made: Made) -> str | None:
        """`FunctionTool(name=…, on_invoke_tool=…)`."""
        where = made.frame.module.where(made.call)
        run = self._finder.option(made, "on_invoke_tool", 3)
        wanted = text_of(self._finder.option(made, "name", 0)) or "tool"
        target = reference(run.frame.module.name, run.node.name) if isinstance(run, Function) else None
        if target is None:
            self._finder.report.not_carried(f"tool '{wanted}'", where, "Only running tells what it calls.")
            return None
        name = self._names.tool(wanted)
        description = text_of(self._finder.option(made, "description", 1))
        self.specs.append(self._spec(name, target, description, made, where))
        note = f"A tool with a schema of its own: {target} is kept, whose parameters now come from its signature."
        self._finder.report.approximated(f"tool '{name}'", where, note)
        return name

    def _hosted_server(self, made: Made) -> str | None:
        """`HostedMCPTool(tool_config={…})`: a server that OpenAI calls; ours is called by the studio."""
        where = made.frame.module.where(made.call)
        config = self._finder.option(made, "tool_config", 0)
        url = text_of(config.get("server_url")) if isinstance(config, Mapping) else None
        if not isinstance(config, Mapping) or not url:
            note = "It has no `server_url` (a connector of OpenAI's), or only running tells it."
            self._finder.report.not_carried("hosted tool HostedMCPTool", where, note)
            return None
        name = self._names.tool(text_of(config.get("server_label")) or "server")
        asks = config.get("require_approval")
        approval: ApprovalRule = NeverApprove() if asks == Const("never") else AlwaysApprove()
        headers = config.get("headers")
        self.specs.append(
            McpHttpToolSpec(
                name=name,
                url=url,
                approval=approval,
                description=text_of(config.get("server_description")) or "",
                headers=hidden(headers, self._finder.report, f"MCP server '{name}'", where),
            )
        )
        note = "OpenAI called this server; now the studio does."
        if asks is not None and not isinstance(asks, Const):
            note += " Its approval rules per tool became: every call waits for a person."
        self._finder.report.approximated(f"MCP server '{name}'", where, note)
        return name


def docstring(function: Function) -> str:
    """The docstring of a function, without its indentation."""
    found = ast.get_docstring(function.node, clean=False)
    return inspect.cleandoc(found) if found else ""


def _key(value: Value) -> object:
    match value:
        case Function(node=node):
            return id(node)
        case Made():
            return id(value.call)
        case External() | Opaque():
            return value
        case _:
            return id(value)
