"""MCP servers of agents."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core.organization.spec import AlwaysApprove, McpHttpToolSpec, McpStdioToolSpec, NeverApprove
from core.sdk.reflect.finder import Finder
from core.sdk.reflect.names import Names
from core.sdk.reflect.secrets import hidden
from core.sdk.reflect.settings import written
from core.sdk.reflect.tools import ToolReader
from core.sdk.reflect.values import Const, Items, Made, Mapping, Text, Value, Variable, text_of

SERVERS = {"agents.MCPServerStdio", "agents.MCPServerStreamableHttp", "agents.MCPServerSse"}


class ServerReader:
    """Makes the specs of MCP servers, beside the other tools."""

    def __init__(self, finder: Finder, names: Names, tools: ToolReader) -> None:
        self._finder = finder
        self._names = names
        self._tools = tools
        self._by_key: dict[int, str | None] = {}

    def name(self, value: Value, where: str, owner: str) -> str | None:
        """The name of the server that a value is; None, and an entry in the report, when only running tells."""
        if not isinstance(value, Made) or not self._kind(value):
            note = "Only running tells it."
            self._finder.report.not_carried(f"MCP server `{written(value)}` of '{owner}'", where, note)
            return None
        if id(value.call) not in self._by_key:
            self._by_key[id(value.call)] = self._made(value)
        return self._by_key[id(value.call)]

    def _kind(self, made: Made) -> str:
        return next((name for name in (made.maker, *made.bases) if name in SERVERS), "")

    def _made(self, made: Made) -> str | None:
        where = made.frame.module.where(made.call)
        params = self._finder.option(made, "params", 0)
        is_process = self._kind(made) == "agents.MCPServerStdio"
        first = _template(params.get("command" if is_process else "url")) if isinstance(params, Mapping) else None
        label = text_of(self._finder.option(made, "name"))
        if not isinstance(params, Mapping) or first is None:
            note = f"Only running tells how it is reached: `{written(params)}`."
            self._finder.report.not_carried(f"MCP server '{label or 'without a name'}'", where, note)
            return None
        name = self._names.tool(label or first.rpartition("/")[2], "server")
        what = f"MCP server '{name}'"
        common = self._common(made, name, what, where)
        try:
            if is_process:
                environment = hidden(params.get("env"), self._finder.report, what, where)
                arguments = self._arguments(params.get("args"), what, where)
                spec: McpStdioToolSpec | McpHttpToolSpec = McpStdioToolSpec(
                    name=name, command=first, arguments=arguments, environment=environment, **common
                )
            else:
                headers = hidden(params.get("headers"), self._finder.report, what, where)
                spec = McpHttpToolSpec(name=name, url=first, headers=headers, **common)
        except ValidationError as error:
            self._finder.report.not_carried(what, where, error.errors(include_url=False)[0]["msg"])
            return None
        self._tools.specs.append(spec)
        if self._kind(made) == "agents.MCPServerSse":
            self._finder.report.approximated(what, where, "It was spoken to by SSE, now by streamable HTTP.")
        else:
            self._finder.report.carried(what, where)
        return name

    def _common(self, made: Made, name: str, what: str, where: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        limit = self._finder.option(made, "client_session_timeout_seconds")
        if isinstance(limit, Const) and isinstance(limit.value, int | float) and 0 < limit.value <= 3600:
            found["timeout_seconds"] = limit.value
        chosen = self._finder.option(made, "tool_filter")
        if isinstance(chosen, Made) and chosen.maker == "agents.create_static_tool_filter":
            allowed = self._finder.option(chosen, "allowed_tool_names", 0)
            blocked = self._finder.option(chosen, "blocked_tool_names", 1)
        elif isinstance(chosen, Mapping):
            allowed, blocked = chosen.get("allowed_tool_names"), chosen.get("blocked_tool_names")
        else:
            allowed = blocked = None
            if chosen is not None and chosen != Const(None):
                self._finder.report.not_carried(f"tool filter of {what}", where, f"`{written(chosen)}`")
        if isinstance(allowed, Items):
            found["allowed_tools"] = _texts(allowed)
        if isinstance(blocked, Items):
            found["blocked_tools"] = _texts(blocked)
        found.update(self._approval(made, name, where))
        return found

    def _approval(self, made: Made, name: str, where: str) -> dict[str, Any]:
        value = self._finder.option(made, "require_approval")
        match value:
            case None | Const(value=None | False | "never"):
                return {}
            case Const(value=True | "always"):
                return {"approval": AlwaysApprove()}
            case Mapping():
                asked = value.get("always")
                listed = asked.get("tool_names") if isinstance(asked, Mapping) else asked
                names = _texts(listed) if isinstance(listed, Items) else []
                names += [tool for tool, rule in value.names().items() if rule in (Const("always"), Const(True))]
                return {"approval": AlwaysApprove() if names else NeverApprove(), "approval_tools": names or None}
            case _:
                return {"approval": self._tools.approval(value, name, where)}

    def _arguments(self, value: Value | None, what: str, where: str) -> list[str]:
        if value is None:
            return []
        known = [_template(item) for item in value.items] if isinstance(value, Items) else []
        if not isinstance(value, Items) or value.unknown or None in known:
            note = f"Some are known only while it runs: `{written(value)}`."
            self._finder.report.approximated(f"arguments of {what}", where, note)
        items = value.items if isinstance(value, Items) else ()
        return [
            text if text is not None else f"{{{written(item)}}}" for text, item in zip(known, items, strict=True)
        ]


def _template(value: Value | None) -> str | None:
    """Text in which `${NAME}` stands for the environment."""
    match value:
        case Variable(name=name):
            return f"${{{name}}}"
        case Const(value=str() as text) | Text(text=text):
            return text
        case _:
            return None


def _texts(items: Items) -> list[str]:
    return [text for item in items.items if (text := text_of(item)) is not None]
