"""Problems of single nodes: agents, tools and guardrails."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from core.organization.names import offered_tools
from core.organization.problems import Problem
from core.organization.schemas import property_names, required_names, schema_fault
from core.organization.spec import (
    AgentSpec,
    ApprovalRule,
    ApproveWhen,
    FunctionToolSpec,
    GuardrailSpec,
    HttpToolSpec,
    JudgeGuardrailSpec,
    KeywordGuardrailSpec,
    McpHttpToolSpec,
    McpStdioToolSpec,
    Organization,
    RegexGuardrailSpec,
    ToolSpec,
)

_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_PLACEHOLDER = re.compile(r"(?<!\$)\{([A-Za-z_]\w*)\}")
_URL = re.compile(r"(https?://[^\s/]+|\$\{\w+\})\S*", re.IGNORECASE)
_TOOL_CHOICES = {None, "", "auto", "none"}


def agent_problems(org: Organization) -> Iterator[Problem]:
    """What is wrong with each agent itself."""
    for agent in org.agents:
        if not agent.instructions.strip():
            yield Problem(
                "instructions_missing",
                "warning",
                agent.name,
                "instructions",
                f"'{agent.name}' has no instructions.",
                "Say what this agent does, how, and when it is done.",
            )
        fault = schema_fault(agent.output_schema) if agent.output_schema is not None else None
        if fault:
            yield Problem(
                "output_schema_invalid",
                "error",
                agent.name,
                "output_schema",
                f"The output schema of '{agent.name}' cannot be used: {fault}.",
                "Write a JSON schema with `type: object` and its properties, or clear it for plain text.",
            )
        yield from _tool_choice_problems(org, agent)


def tool_problems(org: Organization, known_function: Callable[[str], str | None] | None) -> Iterator[Problem]:
    """What is wrong with each tool itself."""
    for tool in org.tools:
        yield from _kind_problems(tool, known_function)
        arguments = property_names(tool.parameters) if isinstance(tool, HttpToolSpec) else None
        yield from approval_problems(tool.name, "approval", tool.approval, arguments)


def guardrail_problems(org: Organization) -> Iterator[Problem]:
    """What is wrong with each guardrail itself."""
    for guardrail in org.guardrails:
        found = _guardrail_fault(guardrail)
        if found:
            code, field, message, hint = found
            yield Problem(code, "error", guardrail.name, field, message, hint)


def approval_problems(node: str, field: str, rule: ApprovalRule, arguments: set[str] | None) -> Iterator[Problem]:
    """What is wrong with an approval rule; `arguments` are those that a call can have, None when unknown."""
    if not isinstance(rule, ApproveWhen):
        return
    if not rule.argument.strip():
        yield Problem(
            "approval_argument_missing",
            "error",
            node,
            field,
            f"The approval rule of '{node}' does not say which argument it compares.",
            "Name the argument, or choose always or never.",
        )
    elif arguments is not None and rule.argument not in arguments:
        known = ", ".join(sorted(arguments)) or "none"
        yield Problem(
            "approval_argument_unknown",
            "warning",
            node,
            field,
            f"The approval rule of '{node}' compares '{rule.argument}', which no call has; all wait.",
            f"Choose one of its arguments: {known}.",
        )


def _tool_choice_problems(org: Organization, agent: AgentSpec) -> Iterator[Problem]:
    choice = agent.settings.tool_choice
    if choice in _TOOL_CHOICES:
        return
    problem = partial(Problem, "tool_choice_unknown", "error", agent.name, "settings.tool_choice")
    offered = [tool.name for tool in offered_tools(org, agent.name)]
    has_server, from_servers = _server_tools(org, agent.name)
    if not offered and not has_server:
        yield problem(
            f"'{agent.name}' must call a tool (tool choice '{choice}'), but it has none.",
            "Link a tool to it, or set the tool choice to auto.",
        )
    elif (
        choice != "required" and choice not in offered and from_servers is not None and choice not in from_servers
    ):
        yield problem(
            f"'{agent.name}' must call '{choice}', which is none of its tools.",
            f"Choose auto, required, none, or one of: {', '.join([*offered, *from_servers])}.",
        )


def _server_tools(org: Organization, agent: str) -> tuple[bool, list[str] | None]:
    """Whether the agent uses MCP servers, and the tool names these are known to offer: None when one of them
    offers whatever it has."""
    targets = {link.target for link in org.links if link.kind == "uses" and link.source == agent}
    servers = [
        tool for tool in org.tools if isinstance(tool, McpStdioToolSpec | McpHttpToolSpec) and tool.name in targets
    ]
    names: list[str] = []
    for server in servers:
        if server.allowed_tools is None:
            return True, None
        names += server.allowed_tools
    return bool(servers), names


def _kind_problems(tool: ToolSpec, known_function: Callable[[str], str | None] | None) -> Iterator[Problem]:
    match tool:
        case FunctionToolSpec():
            yield from _function_problems(tool, known_function)
        case HttpToolSpec():
            yield from _url_problems(tool.name, tool.url)
            yield from _parameter_problems(tool)
        case McpHttpToolSpec():
            yield from _url_problems(tool.name, tool.url)
        case McpStdioToolSpec():
            if not tool.command.strip():
                yield Problem(
                    "mcp_command_missing",
                    "error",
                    tool.name,
                    "command",
                    f"'{tool.name}' does not say how to start its server.",
                    "Enter the command, for example `uvx` with the arguments `mcp-server-fetch`.",
                )


def _function_problems(
    tool: FunctionToolSpec, known_function: Callable[[str], str | None] | None
) -> Iterator[Problem]:
    if not _REFERENCE.fullmatch(tool.function):
        yield Problem(
            "function_reference_invalid",
            "error",
            tool.name,
            "function",
            f"'{tool.function}' does not name a Python function.",
            "Write `module:function`, for example `core.toolbox.support:search_knowledge_base`.",
        )
        return
    fault = known_function(tool.function) if known_function else None
    if fault:
        yield Problem(
            "function_unknown",
            "error",
            tool.name,
            "function",
            fault,
            "Choose a function of the toolbox, or correct `module:function`.",
        )


def _url_problems(node: str, url: str) -> Iterator[Problem]:
    if not url.strip():
        yield Problem("url_missing", "error", node, "url", f"'{node}' has no URL.", "Enter where to call.")
    elif not _URL.fullmatch(url.strip()):
        yield Problem(
            "url_invalid",
            "error",
            node,
            "url",
            f"'{url}' of '{node}' is not a web address.",
            "Start it with https:// or http:// and a host, or with `${NAME}` from the environment.",
        )


def _parameter_problems(tool: HttpToolSpec) -> Iterator[Problem]:
    fault = schema_fault(tool.parameters)
    if fault:
        yield Problem(
            "parameters_invalid",
            "error",
            tool.name,
            "parameters",
            f"The parameters of '{tool.name}' cannot be used: {fault}.",
            "Write a JSON schema with `type: object` and one property for each argument.",
        )
        return
    fields = [("url", tool.url), *(("headers", value) for value in tool.headers.values())]
    for field, text in fields:
        for name in sorted(set(_PLACEHOLDER.findall(text))):
            yield from _placeholder_problems(tool, field, name)


def _placeholder_problems(tool: HttpToolSpec, field: str, name: str) -> Iterator[Problem]:
    if name not in property_names(tool.parameters):
        yield Problem(
            "placeholder_unknown",
            "error",
            tool.name,
            field,
            f"`{{{name}}}` in the {field} of '{tool.name}' is none of its parameters.",
            f"Add the parameter '{name}', or write ${{NAME}} for a value of the environment.",
        )
    elif name not in required_names(tool.parameters):
        yield Problem(
            "placeholder_optional",
            "warning",
            tool.name,
            field,
            f"`{{{name}}}` in the {field} of '{tool.name}' is filled from an argument that may be missing.",
            f"Add '{name}' to `required` of the parameters.",
        )


def _guardrail_fault(guardrail: GuardrailSpec) -> tuple[str, str, str, str] | None:
    """Code, field, message and hint of what is wrong, or None."""
    name = guardrail.name
    match guardrail:
        case RegexGuardrailSpec():
            return _regex_fault(name, guardrail.pattern)
        case KeywordGuardrailSpec():
            if not any(word.strip() for word in guardrail.keywords):
                hint = "Enter the words or phrases that must not occur."
                return "keywords_empty", "keywords", f"'{name}' looks for no words.", hint
        case JudgeGuardrailSpec():
            if not guardrail.instructions.strip():
                hint = "Say in words what must not be let through."
                return (
                    "judge_instructions_missing",
                    "instructions",
                    f"'{name}' has no rule to judge by.",
                    hint,
                )
    return None


def _regex_fault(name: str, pattern: str) -> tuple[str, str, str, str] | None:
    if not pattern:
        return "regex_empty", "pattern", f"'{name}' has no pattern.", "Enter a regular expression."
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        message = f"The pattern of '{name}' is not a regular expression: {error}."
        return "regex_invalid", "pattern", message, "Correct it; put a backslash before a special character."
    return None
