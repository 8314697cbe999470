"""The links of agents: handoffs, agents as tools, tools, MCP servers, guardrails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from core.organization.names import as_tool_name, handoff_tool_name
from core.organization.spec import AsToolLink, GuardsLink, HandoffLink, Link, UsesLink
from core.sdk.reflect.calls import sdk_name
from core.sdk.reflect.finder import Finder, FoundAgent
from core.sdk.reflect.guardrails import GuardrailReader, Stage
from core.sdk.reflect.names import tool_name
from core.sdk.reflect.report import joined
from core.sdk.reflect.servers import ServerReader
from core.sdk.reflect.settings import written
from core.sdk.reflect.tools import ToolReader
from core.sdk.reflect.values import Const, External, Function, Items, Made, Opaque, Value, text_of

History = Literal["all", "without_tools", "last_message"]
_HANDOFF_LEFT = ("on_handoff", "input_type", "is_enabled")
_AS_TOOL_LEFT = (
    "custom_output_extractor",
    "is_enabled",
    "on_stream",
    "parameters",
    "input_builder",
    "session",
    "hooks",
)


class LinkReader:
    """Reads what agents are linked with; `name_of` gives the name of a found agent."""

    def __init__(
        self,
        finder: Finder,
        name_of: Callable[[FoundAgent], str],
        *,
        tools: ToolReader,
        servers: ServerReader,
        guardrails: GuardrailReader,
    ) -> None:
        self._finder = finder
        self._name_of = name_of
        self._tools = tools
        self._servers = servers
        self._guardrails = guardrails
        self.links: list[Link] = []
        self.handoffs = 0

    def read(self, found: FoundAgent) -> None:
        """Add the links of one agent."""
        source = self._name_of(found)
        for value in self._list(found, "tools"):
            self._tool(found, source, value)
        for value in self._list(found, "mcp_servers"):
            name = self._servers.name(value, found.where, source)
            if name is not None:
                self._add(UsesLink(source=source, target=name), found.where)
        for value in self._list(found, "handoffs"):
            self._handoff(found, source, value)
        for stage in ("input", "output"):
            for value in self._list(found, f"{stage}_guardrails"):
                self._guard(found, source, value, stage)

    def _list(self, found: FoundAgent, field: str) -> list[Value]:
        value = self._finder.field(found, field)
        if value is None or value == Const(None):
            return []
        owner = self._name_of(found)
        if not isinstance(value, Items):
            note = f"Only running tells: `{written(value)}`."
            self._finder.report.not_carried(f"{field.replace('_', ' ')} of '{owner}'", found.where, note)
            return []
        for part in value.unknown:
            note = f"Only running tells: `{written(part)}`."
            self._finder.report.not_carried(f"some {field.replace('_', ' ')} of '{owner}'", part.where, note)
        return list(value.items)

    def _add(self, link: Link, where: str) -> bool:
        if link.source == link.target:
            self._finder.report.not_carried(f"link of '{link.source}' to itself", where)
            return False
        if any(link.key == other.key for other in self.links):
            self._finder.report.not_carried(
                f"second {link.kind} link from '{link.source}' to '{link.target}'", where
            )
            return False
        self.links.append(link)
        return True

    # -- tools ----------------------------------------------------------------------------------

    def _tool(self, found: FoundAgent, source: str, value: Value) -> None:
        if isinstance(value, Made) and value.maker.endswith(".as_tool"):
            self._as_tool(found, source, value)
            return
        name = self._tools.name(value, found.where, source)
        if name is not None:
            self._add(UsesLink(source=source, target=name), found.where)

    def _as_tool(self, found: FoundAgent, source: str, made: Made) -> None:
        where = made.frame.module.where(made.call)
        target = self._finder.agent(made.receiver)
        if target is None:
            note = f"Only running tells which agent: `{written(made)}`."
            self._finder.report.not_carried(f"agent as a tool of '{source}'", where, note)
            return
        described = text_of(self._finder.option(made, "tool_description", 1)) or ""
        wanted = tool_name(text_of(self._finder.option(made, "tool_name", 0)) or "")
        link = AsToolLink(source=source, target=self._name_of(target), description=described)
        if wanted and wanted != as_tool_name(link):
            link = link.model_copy(update={"tool_name": wanted})
        asks = self._finder.option(made, "needs_approval")
        approval = self._tools.approval(asks, as_tool_name(link), where)
        link = link.model_copy(update={"approval": approval})
        if self._add(link, where):
            self._finder.report.carried(f"'{link.target}' as a tool of '{source}'", where)
            self._left(made, _AS_TOOL_LEFT, f"tool '{as_tool_name(link)}'", where)

    # -- handoffs -------------------------------------------------------------------------------

    def _handoff(self, found: FoundAgent, source: str, value: Value) -> None:
        agent, made = value, None
        if isinstance(value, Made) and value.maker in {"agents.handoff", "agents.realtime_handoff"}:
            made = value
            agent = self._finder.option(value, "agent", 0) or value
        target = self._finder.agent(agent)
        where = value.frame.module.where(value.call) if isinstance(value, Made) and made else found.where
        if target is None:
            note = f"Only running tells to whom: `{written(value)}`."
            self._finder.report.not_carried(f"handoff of '{source}'", where, note)
            return
        name = self._name_of(target)
        link = HandoffLink(source=source, target=name)
        if made is not None:
            description = text_of(self._finder.option(made, "tool_description_override")) or ""
            link = link.model_copy(
                update={"description": description, "history": self._history(made, source, name, where)}
            )
        if self._add(link, where):
            self.handoffs += 1
            self._finder.report.carried(f"handoff from '{source}' to '{name}'", where)
            if made is not None:
                self._left_of_handoff(made, link, where)

    def _left_of_handoff(self, made: Made, link: HandoffLink, where: str) -> None:
        what = f"handoff from '{link.source}' to '{link.target}'"
        self._left(made, _HANDOFF_LEFT, what, where)
        named = text_of(self._finder.option(made, "tool_name_override"))
        if named and named != handoff_tool_name(link.target):
            note = f"The model called it '{named}', now '{handoff_tool_name(link.target)}'."
            self._finder.report.approximated(f"name of the {what}", where, note)

    def _history(self, made: Made, source: str, target: str, where: str) -> History:
        value = self._finder.option(made, "input_filter")
        match value:
            case None | Const(value=None):
                return "all"
            case External(name=name) if sdk_name(name).endswith(".remove_all_tools"):
                return "without_tools"
            case Function(node=node) if node.name == "last_message":
                return "last_message"
            case External(name=name) if name.endswith(".last_message"):
                return "last_message"
            case _:
                pass
        note = "A function of the code filters it; now the target is given all of the conversation."
        if isinstance(value, Function) and "remove_all_tools" in value.frame.module.source(value.node):
            note = "A function of the code filters it; what is kept of that: messages of tools are left out."
            self._finder.report.approximated(f"history of the handoff from '{source}' to '{target}'", where, note)
            return "without_tools"
        self._finder.report.not_carried(
            f"history filter of the handoff from '{source}' to '{target}'", where, note
        )
        return "all"

    # -- guardrails -----------------------------------------------------------------------------

    def _guard(self, found: FoundAgent, source: str, value: Value, stage: str) -> None:
        if isinstance(value, Opaque | Const):
            note = f"Only running tells: `{written(value)}`."
            self._finder.report.not_carried(f"{stage} guardrail of '{source}'", found.where, note)
            return
        side: Stage = "input" if stage == "input" else "output"
        name = self._guardrails.name(value, side, found.where, source)
        if name is not None:
            self._add(GuardsLink(source=name, target=source), found.where)

    def _left(self, made: Made, options: tuple[str, ...], what: str, where: str) -> None:
        left = [
            name for name in options if self._finder.option(made, name) not in (None, Const(None), Const(True))
        ]
        if left:
            self._finder.report.not_carried(f"{joined(left)} of {what}", where)
