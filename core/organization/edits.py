"""Edits of an organization: each takes one and gives back another."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal

from core.errors import InvalidInputError
from core.organization.annotations import groups_after
from core.organization.case_links import with_case_links
from core.organization.links import LinkKind, flow_link, new_link, node_kinds, refusal
from core.organization.lint_settings import LintSettings
from core.organization.mentions import renamed
from core.organization.names import (
    TOOL_NAME_LIMIT,
    as_tool_name,
    fresh_name,
    handoff_tool_name,
    offered_tools,
)
from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    FlowLink,
    FunctionToolSpec,
    GuardrailSpec,
    HandoffLink,
    HttpToolSpec,
    JudgeGuardrailSpec,
    KeywordGuardrailSpec,
    Link,
    McpHttpToolSpec,
    McpStdioToolSpec,
    Organization,
    Position,
    RegexGuardrailSpec,
    ToolSpec,
)
from core.organization.steps import (
    ApprovalStep,
    BranchCase,
    BranchStep,
    EndStep,
    JoinStep,
    LoopStep,
    MapStep,
    ParallelStep,
    Step,
    TransformStep,
)
from core.organization.wording import with_fields

NewNode = Literal[
    "agent",
    "function",
    "http",
    "mcp_stdio",
    "mcp_http",
    "regex",
    "keyword",
    "judge",
    "parallel",
    "map",
    "join",
    "branch",
    "loop",
    "approval",
    "transform",
    "end",
]
"""What the palette offers."""

Node = AgentSpec | ToolSpec | GuardrailSpec | Step

COPY_OFFSET = 40
"""How far a copy stands from what it was copied from, in pixels to the right and down."""

_BLANK: dict[NewNode, Callable[[], Node]] = {
    "agent": lambda: AgentSpec(name="Agent"),
    "function": lambda: FunctionToolSpec(
        name="search_knowledge_base", function="core.toolbox.support:search_knowledge_base"
    ),
    "http": lambda: HttpToolSpec(name="http_request", url=""),
    "mcp_stdio": lambda: McpStdioToolSpec(name="mcp_server", command=""),
    "mcp_http": lambda: McpHttpToolSpec(name="mcp_server", url=""),
    "regex": lambda: RegexGuardrailSpec(name="Pattern guardrail", pattern=""),
    "keyword": lambda: KeywordGuardrailSpec(name="Keyword guardrail", keywords=[]),
    "judge": lambda: JudgeGuardrailSpec(name="Judge guardrail", instructions=""),
    "parallel": lambda: ParallelStep(name="Parallel"),
    "map": lambda: MapStep(name="Map"),
    "join": lambda: JoinStep(name="Join"),
    "branch": lambda: BranchStep(name="Branch", cases=[BranchCase(name="yes")]),
    "loop": lambda: LoopStep(name="Loop"),
    "approval": lambda: ApprovalStep(name="Approval", question="Shall this go on?"),
    "transform": lambda: TransformStep(name="Transform", expression="output"),
    "end": lambda: EndStep(name="End"),
}


def add_node(
    org: Organization, kind: NewNode, position: Position, fields: Mapping[str, Any] | None = None
) -> tuple[Organization, str]:
    """With a new node of `kind` there, and its name. `fields` are its first values; a name among them (or the
    name of the function) is made unique. The first agent becomes the entry."""
    given = dict(fields or {})
    if "function" in given:
        given.setdefault("name", str(given["function"]).rpartition(":")[2])
    node = with_fields(_BLANK[kind](), **given)
    node = node.model_copy(update={"name": _fresh(node, org.node_names())})
    added = _with_nodes(org, [node]).with_layout({**org.layout, node.name: position})
    if isinstance(node, AgentSpec) and org.agent(org.entry) is None and org.step(org.entry) is None:
        added = added.model_copy(update={"entry": node.name})
    return added, node.name


def connect(
    org: Organization, kind: LinkKind, source: str, target: str, *, port: str | None = None
) -> Organization:
    """With a new link; InvalidInputError when it cannot be, or is there already. `port` is the way out that a flow
    link leaves from; None for the first free one."""
    link = new_link(kind, source, target)
    if isinstance(link, FlowLink):
        link = flow_link(org, source, target) if port is None else link.model_copy(update={"port": port})
    _require_linkable(org, link)
    return org.model_copy(update={"links": [*org.links, link]})


def delete(org: Organization, nodes: Collection[str], links: Collection[str] = ()) -> Organization:
    """Without these nodes, without these links (by key), and without the links of these nodes. When the entry
    goes, the first agent that it led to takes its place, else the first that is left."""
    gone = set(nodes)
    smaller = org.model_copy(
        update={
            "agents": [agent for agent in org.agents if agent.name not in gone],
            "tools": [tool for tool in org.tools if tool.name not in gone],
            "guardrails": [guardrail for guardrail in org.guardrails if guardrail.name not in gone],
            "steps": [step for step in org.steps if step.name not in gone],
            "links": [link for link in org.links if not _goes(link, gone, links)],
            "layout": {name: place for name, place in org.layout.items() if name not in gone},
            "lint": _accepted_of(org, dict.fromkeys(gone)),
            "groups": groups_after(org.groups, dict.fromkeys(gone)),
        }
    )
    entry = _next_entry(org, smaller) if org.entry in gone else org.entry
    return _without_lost_tool_choices(org, smaller.model_copy(update={"entry": entry}))


def rename(org: Organization, old: str, new: str) -> Organization:
    """The same with another name for a node; everything that refers to it follows."""
    node = _node(org, old)
    return replace_node(org, old, with_fields(node, name=new))


def replace_node(org: Organization, name: str, node: Node) -> Organization:
    """With `node` in the place of the one called `name`; when it is called otherwise, references follow, and flow
    links follow the cases of a branch. An agent stays an agent, a tool a tool, a guardrail a guardrail."""
    old = _node(org, name)
    if _family(old) != _family(node):
        raise InvalidInputError(
            f"'{name}' is of another kind than what should replace it.",
            hint="Delete the node and add a new one.",
        )
    if node.name != name and node.name in org.node_names():
        raise InvalidInputError(f"There is a node called '{node.name}' already.", hint="Choose another name.")
    family = _family(old)
    nodes = [node if other is old else other for other in getattr(org, family)]
    replaced = org.model_copy(update={family: nodes})
    if isinstance(old, BranchStep) and isinstance(node, BranchStep):
        replaced = with_case_links(replaced, old, node)
    return replaced if node.name == name else _with_references(org, replaced, name, node.name)


def replace_link(org: Organization, key: str, link: Link) -> Organization:
    """With `link` in the place of the one with that key, which may be of another kind or between others."""
    if key not in {other.key for other in org.links}:
        raise InvalidInputError(f"There is no link '{key}'.", hint="It may have been deleted meanwhile.")
    others = org.model_copy(update={"links": [other for other in org.links if other.key != key]})
    _require_linkable(others, link)
    links = [link if other.key == key else other for other in org.links]
    return org.model_copy(update={"links": links})


def move(org: Organization, positions: Mapping[str, Position]) -> Organization:
    """With nodes elsewhere; names that are no nodes are passed over."""
    known = set(org.node_names())
    moved = {name: place for name, place in positions.items() if name in known}
    return org.with_layout({**org.layout, **moved})


def duplicate(org: Organization, nodes: Collection[str]) -> tuple[Organization, dict[str, str]]:
    """With copies of these nodes, and the copies' names by the originals'. Links among them are copied too, and
    a copied agent uses the tools that its original uses."""
    names: dict[str, str] = {}
    copies: list[Node] = []
    for original in (_node(org, name) for name in dict.fromkeys(nodes)):
        name = _fresh(original, [*org.node_names(), *names.values()])
        names[original.name] = name
        copies.append(original.model_copy(update={"name": name}))
    links = [
        _between(link, names[link.source], names.get(link.target, link.target))
        for link in org.links
        if link.source in names and (link.target in names or link.kind == "uses")
    ]
    places = {
        names[name]: Position(x=place.x + COPY_OFFSET, y=place.y + COPY_OFFSET)
        for name, place in org.layout.items()
        if name in names
    }
    copied = _with_nodes(org, copies)
    return copied.model_copy(update={"links": [*org.links, *links], "layout": {**org.layout, **places}}), names


def set_entry(org: Organization, name: str) -> Organization:
    """With another agent or step that starts a run."""
    if org.agent(name) is None and org.step(name) is None:
        raise InvalidInputError(f"'{name}' is not an agent or a step here.", hint="Choose one that is.")
    return org.model_copy(update={"entry": name})


def _node(org: Organization, name: str) -> Node:
    node = org.agent(name) or org.tool(name) or org.guardrail(name) or org.step(name)
    if node is None:
        raise InvalidInputError(f"There is no node '{name}'.", hint="It may have been deleted meanwhile.")
    return node


def _family(node: Node) -> str:
    """The field of the organization that the node stands in."""
    match node:
        case AgentSpec():
            return "agents"
        case FunctionToolSpec() | HttpToolSpec() | McpStdioToolSpec() | McpHttpToolSpec():
            return "tools"
        case RegexGuardrailSpec() | KeywordGuardrailSpec() | JudgeGuardrailSpec():
            return "guardrails"
        case (
            ParallelStep()
            | MapStep()
            | JoinStep()
            | BranchStep()
            | LoopStep()
            | ApprovalStep()
            | TransformStep()
            | EndStep()
        ):
            return "steps"


def _fresh(node: Node, taken: Collection[str]) -> str:
    if _family(node) == "tools":
        return fresh_name(node.name, taken, separator="_", limit=TOOL_NAME_LIMIT)
    return fresh_name(node.name, taken)


def _with_nodes(org: Organization, nodes: Iterable[Node]) -> Organization:
    for node in nodes:
        family = _family(node)
        org = org.model_copy(update={family: [*getattr(org, family), node]})
    return org


def _require_linkable(org: Organization, link: Link) -> None:
    refused = refusal(node_kinds(org), link.kind, link.source, link.target)
    if refused:
        raise InvalidInputError(refused.message, hint=refused.hint)
    if link.key in {other.key for other in org.links}:
        raise InvalidInputError(
            f"'{link.source}' and '{link.target}' are linked like this already ({link.kind}).",
            hint="Select the link that is there to change it.",
        )


def _goes(link: Link, nodes: set[str], links: Collection[str]) -> bool:
    return link.key in links or link.source in nodes or link.target in nodes


def _next_entry(before: Organization, after: Organization) -> str:
    kinds = {"handoff", "flow"}
    led_to = [link.target for link in before.links if link.kind in kinds and link.source == before.entry]
    there = [name for name in led_to if after.agent(name) or after.step(name)]
    candidates = there + [agent.name for agent in after.agents]
    return candidates[0] if candidates else ""


def _without_lost_tool_choices(before: Organization, after: Organization) -> Organization:
    """Agents that had to call a tool which has gone may choose again."""
    agents = []
    for agent in after.agents:
        lost = {tool.name for tool in offered_tools(before, agent.name)} - {
            tool.name for tool in offered_tools(after, agent.name)
        }
        agents.append(_choosing(agent, None) if agent.settings.tool_choice in lost else agent)
    return after.model_copy(update={"agents": agents})


def _with_references(before: Organization, org: Organization, old: str, new: str) -> Organization:
    """`org`, where node `old` is called `new` by now, with all references following."""
    links = [
        _between(link, new if link.source == old else link.source, new if link.target == old else link.target)
        for link in org.links
    ]
    return org.model_copy(
        update={
            "agents": [
                _choosing(renamed(agent, old, new), _renamed_choice(before, agent, old, new))
                for agent in org.agents
            ],
            "steps": [renamed(step, old, new) for step in org.steps],
            "entry": new if org.entry == old else org.entry,
            "lint": _accepted_of(org, {old: new}),
            "groups": groups_after(org.groups, {old: new}),
            "links": links,
            "layout": {new if name == old else name: place for name, place in org.layout.items()},
        }
    )


def _accepted_of(org: Organization, names: Mapping[str, str | None]) -> LintSettings:
    """The linter's settings, where what was accepted at a node follows its new name, or goes with it (None)."""
    accepted = [
        finding.model_copy(update={"node": name})
        for finding in org.lint.accepted
        if (name := names.get(finding.node, finding.node)) is not None
    ]
    return org.lint.model_copy(update={"accepted": accepted})


def _renamed_choice(before: Organization, agent: AgentSpec, old: str, new: str) -> str | None:
    """The agent's tool choice after node `old` came to be called `new`."""
    names = {old: new} if before.tool(old) else {}
    for link in before.links:
        if link.source != agent.name or link.target != old:
            continue
        match link:
            case HandoffLink():
                names[handoff_tool_name(old)] = handoff_tool_name(new)
            case AsToolLink():
                names[as_tool_name(link)] = as_tool_name(link.model_copy(update={"target": new}))
    choice = agent.settings.tool_choice
    return names.get(choice, choice) if choice else choice


def _choosing(agent: AgentSpec, choice: str | None) -> AgentSpec:
    settings = agent.settings.model_copy(update={"tool_choice": choice})
    return agent.model_copy(update={"settings": settings})


def _between(link: Link, source: str, target: str) -> Link:
    return link.model_copy(update={"source": source, "target": target})
