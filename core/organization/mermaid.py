"""An organization as a Mermaid flowchart, for READMEs and issues (https://mermaid.js.org/syntax/flowchart.html)."""

import re
from collections.abc import Iterator

from core.organization.files import Export
from core.organization.secrets import without_secrets
from core.organization.spec import Link, Organization
from core.organization.steps import (
    OUT,
    AgentJoin,
    ApprovalStep,
    BranchStep,
    EndStep,
    JoinStep,
    LoopStep,
    MapStep,
    ParallelStep,
    Step,
    TransformStep,
)

_UNSAFE = re.compile(r"[^\w .,:;!?+*/=()'-]", re.ASCII)


def to_mermaid(org: Organization) -> str:
    """The nodes and links, left to right. Agents are boxes with round corners, tools subroutines, guardrails
    hexagons; handoffs are thick arrows, agents as tools dotted ones, tools plain lines. A dotted line leads from a
    join to the agent that it asks."""
    ids = {name: f"n{number}" for number, name in enumerate(dict.fromkeys(org.node_names()))}
    lines = ["flowchart LR", *_nodes(org, ids)]
    lines += [_link(link, ids) for link in org.links if {link.source, link.target} <= ids.keys()]
    lines += _asked(org, ids)
    return "\n    ".join(lines) + "\n"


def export_mermaid(org: Organization) -> Export:
    """The flowchart for sharing: what looks like a secret becomes `${NAME}`."""
    shareable = without_secrets(org)
    return Export(to_mermaid(shareable.organization), [hidden.words for hidden in shareable.hidden])


def _nodes(org: Organization, ids: dict[str, str]) -> Iterator[str]:
    for agent in org.agents:
        start = "▶ " if agent.name == org.entry else ""
        yield f"{ids[agent.name]}({_text(start + agent.name)})"
    for tool in org.tools:
        yield f"{ids[tool.name]}[[{_text(tool.name)}]]"
    for guardrail in org.guardrails:
        yield f"{ids[guardrail.name]}{{{{{_text(guardrail.name)}}}}}"
    for step in org.steps:
        start = "▶ " if step.name == org.entry else ""
        before, after = _shape(step)
        yield f"{ids[step.name]}{before}{_text(start + step.name)}{after}"


def _asked(org: Organization, ids: dict[str, str]) -> Iterator[str]:
    for step in org.steps:
        match step:
            case JoinStep(by=AgentJoin(agent=agent)) if agent in ids:
                yield f"{ids[step.name]} -.- {ids[agent]}"


def _shape(step: Step) -> tuple[str, str]:
    match step:
        case BranchStep():
            return "{", "}"
        case LoopStep():
            return "{{", "}}"
        case ParallelStep() | MapStep() | JoinStep():
            return "[/", "/]"
        case ApprovalStep():
            return ">", "]"
        case TransformStep():
            return "[", "]"
        case EndStep():
            return "(((", ")))"


def _link(link: Link, ids: dict[str, str]) -> str:
    source, target = ids[link.source], ids[link.target]
    match link.kind:
        case "handoff":
            return f"{source} ==>{_label(link.description)} {target}"
        case "as_tool":
            return f"{source} -.->{_label(link.tool_name or 'as tool')} {target}"
        case "uses":
            return f"{source} --- {target}"
        case "guards":
            return f"{source} -.-o {target}"
        case "flow":
            return f"{source} -->{_label('' if link.port == OUT else link.port)} {target}"


def _label(text: str) -> str:
    return f"|{_text(text)}|" if text.strip() else ""


def _text(text: str) -> str:
    """Quoted, in one line; characters that Mermaid would read become entities."""
    line = " ".join(text.split())
    return '"' + "".join(letter if not _UNSAFE.match(letter) else f"#{ord(letter)};" for letter in line) + '"'
