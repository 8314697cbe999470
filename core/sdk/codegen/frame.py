"""What all parts of the generated code need to know: the names of things, and what was left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from core.organization.spec import (
    AgentSpec,
    FunctionToolSpec,
    GuardrailSpec,
    HttpToolSpec,
    Link,
    Organization,
    ToolSpec,
)
from core.sdk.codegen.identifiers import identifiers, package_name

PartT = TypeVar("PartT", AgentSpec, ToolSpec, GuardrailSpec)

_IN_AGENTS = {"handoff", "guardrails", "last_message", "remove_all_tools", "failed", "when", "main", "workflow"}
_IN_TOOLS = {"tool", "http_tool", "import_function", "when", "toolbox"}
_IN_GUARDRAILS = {"regex", "keywords", "judge", "input_guardrail", "output_guardrail"}


@dataclass(frozen=True, slots=True)
class Frame:
    """An organization with the Python names of its parts. Of parts with the same name only the first counts."""

    org: Organization
    package: str
    agents: dict[str, str]
    tools: dict[str, str]
    guardrails: dict[str, str]
    left_out: list[str] = field(default_factory=list)
    """What the code does not carry, in sentences."""

    @property
    def agent_specs(self) -> list[AgentSpec]:
        return _first_ones(self.org.agents)

    @property
    def tool_specs(self) -> list[ToolSpec]:
        return _first_ones(self.org.tools)

    @property
    def guardrail_specs(self) -> list[GuardrailSpec]:
        return _first_ones(self.org.guardrails)

    def links_of(self, agent: str) -> list[Link]:
        """The links that leave an agent, each once, without those that lead nowhere."""
        known = {"handoff": self.agents, "as_tool": self.agents, "uses": self.tools}
        leaving = [link for link in self.org.links if link.source == agent]
        sound = [link for link in leaving if link.target in known.get(link.kind, ())]
        return list({link.key: link for link in sound}.values())

    def guards_of(self, agent: str) -> list[GuardrailSpec]:
        """The guardrails of an agent, in the order of their links."""
        names = [link.source for link in self.org.links if link.kind == "guards" and link.target == agent]
        by_name = {spec.name: spec for spec in reversed(self.org.guardrails)}
        return [by_name[name] for name in dict.fromkeys(names) if name in by_name]


def frame(org: Organization, *, package: str | None = None) -> Frame:
    """The frame of an organization; its package is named after it unless `package` is given."""
    return Frame(
        org,
        package or package_name(org.name),
        dict(identifiers((agent.name for agent in org.agents), "agent", reserved=_IN_AGENTS)),
        dict(identifiers((tool.name for tool in org.tools), "tool", reserved=_IN_TOOLS | _modules(org))),
        dict(identifiers((rail.name for rail in org.guardrails), "guardrail", reserved=_IN_GUARDRAILS)),
    )


def is_server(tool: ToolSpec) -> bool:
    """Whether it is a server of tools."""
    return not isinstance(tool, FunctionToolSpec | HttpToolSpec)


def _modules(org: Organization) -> set[str]:
    functions = [tool.function for tool in org.tools if isinstance(tool, FunctionToolSpec)]
    return {reference.partition(":")[0].rpartition(".")[2] for reference in functions}


def _first_ones(parts: Sequence[PartT]) -> list[PartT]:
    return list({part.name: part for part in reversed(parts)}.values())[::-1]
