"""Generates `tools.py`: function tools, HTTP tools and MCP servers."""

import keyword

from core.organization.spec import (
    AlwaysApprove,
    ApprovalRule,
    ApproveWhen,
    FunctionToolSpec,
    HttpToolSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    NeverApprove,
    ToolSpec,
)
from core.sdk.codegen.calls import Keyword, call
from core.sdk.codegen.frame import Frame
from core.sdk.codegen.identifiers import free_identifier
from core.sdk.codegen.literals import literal, quoted
from core.sdk.codegen.toolbox import toolbox_module

_COMMON = ("description", "effect", "approval", "timeout_seconds", "failure_message")


def tools_module(frame: Frame) -> str:
    """The text of `tools.py`."""
    package = frame.package
    imports = _Imports(frame)
    statements = [f"{frame.tools[spec.name]} = {_code(spec, imports)}" for spec in frame.tool_specs]
    lines = [
        '"""The tools that the agents may use."""',
        f"from {package}.support.approvals import when",
        f"from {package}.support.functions import import_function, tool",
        f"from {package}.support.http_tools import http_tool",
        f"from {package}.support.mcp_servers import HttpServer, StdioServer",
        *imports.statements,
        *statements,
    ]
    return "\n\n".join(lines)


def approval_code(rule: ApprovalRule) -> str | None:
    """The rule as an argument; None where nobody is asked."""
    match rule:
        case NeverApprove():
            return None
        case AlwaysApprove():
            return "True"
        case ApproveWhen():
            return call("when", quoted(rule.argument), quoted(rule.operator), literal(rule.value))


def is_importable(reference: str) -> bool:
    """Whether an import statement can name the function."""
    module, _, name = reference.partition(":")
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in [*module.split("."), name])


class _Imports:
    """The modules of functions, each imported once under a name of its own."""

    def __init__(self, frame: Frame) -> None:
        self._package = frame.package
        self._names: dict[str, str] = {}
        self._taken = {*frame.tools.values()}
        self.statements: list[str] = []

    def function(self, reference: str) -> str:
        """The code that names the function."""
        if not is_importable(reference):
            return call("import_function", quoted(reference))
        module, _, name = reference.partition(":")
        vendored = toolbox_module(module)
        if vendored is not None:
            module = f"{self._package}.toolbox.{vendored}"
        if module not in self._names:
            self._names[module] = self._import(module)
        return f"{self._names[module]}.{name}"

    def _import(self, module: str) -> str:
        parent, _, last = module.rpartition(".")
        name = free_identifier(last, "module", self._taken)
        alias = "" if name == last else f" as {name}"
        self.statements.append(f"from {parent} import {last}{alias}" if parent else f"import {last}{alias}")
        return name


def _code(spec: ToolSpec, imports: _Imports) -> str:
    name = ("name", quoted(spec.name))
    match spec:
        case FunctionToolSpec():
            return call("tool", imports.function(spec.function), keywords=[name, *_common(spec)])
        case HttpToolSpec():
            own = _given(spec, "headers", "parameters")
            keywords = [name, ("method", quoted(spec.method)), ("url", literal(spec.url)), *own]
            return call("http_tool", keywords=[*keywords, *_common(spec)])
        case McpStdioToolSpec():
            own = _given(spec, "arguments", "environment", "allowed_tools", "blocked_tools", "approval_tools")
            keywords = [name, ("command", literal(spec.command)), *own]
            return call("StdioServer", keywords=[*keywords, *_common(spec)])
        case McpHttpToolSpec():
            own = _given(spec, "headers", "allowed_tools", "blocked_tools", "approval_tools")
            keywords = [name, ("url", literal(spec.url)), *own]
            return call("HttpServer", keywords=[*keywords, *_common(spec)])


def _common(spec: ToolSpec) -> list[Keyword]:
    return _given(spec, *_COMMON)


def _given(spec: ToolSpec, *fields: str) -> list[Keyword]:
    """The fields that have other values than usual."""
    keywords = []
    for name in fields:
        value = getattr(spec, name)
        if value == type(spec).model_fields[name].get_default(call_default_factory=True):
            continue
        if name == "approval":
            keywords.append(("needs_approval", approval_code(value) or "False"))
        else:
            keywords.append((name, literal(value)))
    return keywords
