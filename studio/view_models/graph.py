"""What the canvas draws: an organization and its problems as nodes and edges."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, assert_never

from core.organization.spec import (
    AgentSpec,
    FunctionToolSpec,
    GuardrailSpec,
    HttpToolSpec,
    Link,
    McpHttpToolSpec,
    McpStdioToolSpec,
    Organization,
    ToolSpec,
)
from core.organization.steps import AgentJoin, JoinStep, StepKind, ports
from studio.view_models.step_words import flow_label, step_subtitle

if TYPE_CHECKING:
    from core.organization.problems import Problem

NodeKind = Literal["agent", "function", "http", "mcp", "guardrail"] | StepKind
EdgeKind = Literal["handoff", "as_tool", "uses", "guards", "flow", "asks"]
Badge = Literal["entry", "writes", "approval", "output_schema"]

LABEL_LENGTH = 32
GUARDRAIL_WORDS = {"regex": "Pattern", "keyword": "Keywords", "judge": "Judge"}


@dataclass(frozen=True, slots=True)
class Note:
    """One problem as it is shown on a node or an edge."""

    severity: Literal["error", "warning"]
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One agent, tool, guardrail or step; `id` is its name, x and y are None until it has been placed."""

    id: str
    kind: NodeKind
    title: str
    subtitle: str
    badges: list[Badge]
    ports: list[str] = field(default_factory=list)
    """Where flow links leave it, the usual one first."""
    problems: list[Note] = field(default_factory=list)
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """One link; `id` is its key. What a join `asks` is no link: it is said in the join's own fields."""

    id: str
    kind: EdgeKind
    source: str
    target: str
    port: str
    """The way out that a flow link leaves its source by, else empty."""
    label: str
    problems: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NoteBox:
    """A text for people, in pixels of the unzoomed canvas."""

    id: str
    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class GroupBox:
    """Nodes in one frame, or drawn as one box."""

    name: str
    members: list[str]
    collapsed: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """The whole picture; `problems` are those of no single node or edge."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    problems: list[Note]
    notes: list[NoteBox] = field(default_factory=list)
    groups: list[GroupBox] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """The graph as JSON data."""
        return asdict(self)


def organization_graph(org: Organization, problems: "Iterable[Problem]" = ()) -> Graph:
    """The picture of an organization. What cannot be drawn (a doubled name or link, a link to something
    that is not there) is left out: the linter reports it."""
    nodes: dict[str, GraphNode] = {}
    for node in _nodes(org):
        nodes.setdefault(node.id, node)
    edges = {link.key: _edge(org, link) for link in org.links if {link.source, link.target} <= nodes.keys()}
    edges |= {edge.id: edge for edge in _asked(org) if {edge.source, edge.target} <= nodes.keys()}
    notes = _notes(problems, nodes, edges)
    return Graph(
        nodes=[replace(node, problems=notes.get(name, [])) for name, node in nodes.items()],
        edges=[replace(edge, problems=notes.get(key, [])) for key, edge in edges.items()],
        problems=notes.get("", []),
        notes=[NoteBox(**note.model_dump(include=_NOTE_FIELDS)) for note in org.notes],
        groups=list(_groups(org, nodes)),
    )


_NOTE_FIELDS = {"id", "text", "x", "y", "width", "height"}


def _groups(org: Organization, drawn: Container[str]) -> Iterator[GroupBox]:
    """What has no member that is drawn is nowhere."""
    for group in org.groups:
        members = [member for member in group.members if member in drawn]
        if members:
            yield GroupBox(group.name, members, group.collapsed)


def _nodes(org: Organization) -> Iterator[GraphNode]:
    def node(
        name: str, kind: NodeKind, subtitle: str, badges: list[Badge], ways: "Iterable[str]" = ()
    ) -> GraphNode:
        place = org.layout.get(name)
        x, y = (place.x, place.y) if place else (None, None)
        return GraphNode(
            id=name, kind=kind, title=name, subtitle=subtitle, badges=badges, ports=list(ways), x=x, y=y
        )

    used = _used_ports(org)
    for agent in org.agents:
        ways = dict.fromkeys([*ports(None), *used.get(agent.name, [])])
        yield node(agent.name, "agent", agent.model or "Default model", _agent_badges(agent, org.entry), ways)
    for tool in org.tools:
        yield node(tool.name, _tool_kind(tool), _tool_subtitle(tool), _tool_badges(tool))
    for guardrail in org.guardrails:
        yield node(guardrail.name, "guardrail", _guardrail_subtitle(guardrail), [])
    for step in org.steps:
        ways = dict.fromkeys([*ports(step), *used.get(step.name, [])])
        yield node(step.name, step.kind, step_subtitle(step), ["entry"] if step.name == org.entry else [], ways)


def _used_ports(org: Organization) -> dict[str, list[str]]:
    """Where flow links leave each node; also at ports that it does not have, so that they can be mended."""
    used: dict[str, list[str]] = {}
    for link in org.flows():
        used.setdefault(link.source, []).append(link.port)
    return used


def _notes(problems: "Iterable[Problem]", nodes: Container[str], edges: Container[str]) -> dict[str, list[Note]]:
    """Problems by link key or node name. Those of something that is not drawn are filed under "", the whole
    organization."""
    notes: dict[str, list[Note]] = {}
    for problem in problems:
        name = problem.node if problem.node in nodes else ""
        name = problem.field if problem.field in edges else name
        notes.setdefault(name, []).append(Note(problem.severity, problem.message, problem.hint))
    return notes


def _agent_badges(agent: AgentSpec, entry: str) -> list[Badge]:
    badges: list[Badge] = ["entry"] if agent.name == entry else []
    return [*badges, "output_schema"] if agent.output_schema is not None else badges


def _tool_kind(tool: ToolSpec) -> NodeKind:
    match tool:
        case FunctionToolSpec():
            return "function"
        case HttpToolSpec():
            return "http"
        case McpStdioToolSpec() | McpHttpToolSpec():
            return "mcp"
        case _:
            assert_never(tool)


def _tool_subtitle(tool: ToolSpec) -> str:
    match tool:
        case FunctionToolSpec():
            return tool.function.rpartition(".")[2]
        case HttpToolSpec():
            return f"{tool.method} {_short_url(tool.url)}"
        case McpStdioToolSpec():
            return " ".join([tool.command, *tool.arguments])
        case McpHttpToolSpec():
            return _short_url(tool.url)
        case _:
            assert_never(tool)


def _short_url(url: str) -> str:
    """Host and path: what tells two addresses apart at a glance. A half-typed address stays as it is."""
    return url.partition("://")[2].partition("?")[0].rstrip("/") or url


def _tool_badges(tool: ToolSpec) -> list[Badge]:
    badges: list[Badge] = ["writes"] if tool.effect == "writes" else []
    return badges if tool.approval.kind == "never" else [*badges, "approval"]


def _guardrail_subtitle(guardrail: GuardrailSpec) -> str:
    return f"{GUARDRAIL_WORDS[guardrail.kind]} · {guardrail.stage}"


def _edge(org: Organization, link: Link) -> GraphEdge:
    port = link.port if link.kind == "flow" else ""
    return GraphEdge(link.key, link.kind, link.source, link.target, port, _shorten(_label(org, link)))


def _asked(org: Organization) -> Iterator[GraphEdge]:
    """The agents that make one value of what arrives at a join."""
    for step in org.steps:
        match step:
            case JoinStep(by=AgentJoin(agent=agent)) if agent:
                yield GraphEdge(f"asks:{step.name}→{agent}", "asks", step.name, agent, "", "")


def _label(org: Organization, link: Link) -> str:
    match link.kind:
        case "handoff":
            return link.description
        case "as_tool":
            return link.tool_name or ""
        case "flow":
            return flow_label(org.step(link.source), link.port)
        case "uses" | "guards":
            return ""


def _shorten(text: str) -> str:
    return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 1].rstrip() + "…"
