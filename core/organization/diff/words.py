"""Differences as sentences, the most consequential first."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.organization.diff.changes import (
    Change,
    Difference,
    FieldChanged,
    LinkAdded,
    LinkRemoved,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
)
from core.organization.diff.field_words import field_words
from core.organization.diff.permissions import Weight as Weight
from core.organization.diff.permissions import Words, callers, may_call, names
from core.organization.edits import Node
from core.organization.secrets import without_secrets
from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    FlowLink,
    GuardsLink,
    HandoffLink,
    Link,
    NeverApprove,
    UsesLink,
)
from core.organization.steps import OUT, ApprovalStep

KINDS = {
    "function": "tool",
    "http": "HTTP tool",
    "mcp_stdio": "MCP server",
    "mcp_http": "MCP server",
    "regex": "guardrail",
    "keyword": "guardrail",
    "judge": "guardrail",
}
GUARDRAILS = {"regex", "keyword", "judge"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One difference in words. `change` is None for what several changes bring about."""

    weight: Weight
    words: str
    change: Change | None = None


def statements(difference: Difference) -> list[Statement]:
    """All differences in words, the most consequential first."""
    told = [Statement(*words, change) for change in difference.changes for words in _told(difference, change)]
    told += [Statement(Weight.SECRET, words) for words in _new_secrets(difference)]
    return sorted(told, key=lambda statement: statement.weight)


def _told(difference: Difference, change: Change) -> Iterator[Words]:
    match change:
        case NodeAdded():
            yield _node_added(change.node)
        case NodeRemoved():
            yield _node_removed(difference, change.node)
        case NodeRenamed():
            yield Weight.TEXT, f"'{change.old}' is called '{change.new}' now."
        case LinkAdded():
            yield _link_added(difference, change.link)
        case LinkRemoved():
            gone = difference.removed_nodes
            # What happened to a node that has gone happened to its links.
            if change.link.source not in gone and change.link.target not in gone:
                yield _link_removed(change.link)
        case FieldChanged():
            yield field_words(difference, change)


def kind_word(node: Node) -> str:
    """What a node is called by its kind: `agent`, `HTTP tool`, `approval step`."""
    if isinstance(node, AgentSpec):
        return "agent"
    return KINDS.get(node.kind, f"{node.kind} step")


def _node_added(node: Node) -> Words:
    asks = ": a person decides there now" if isinstance(node, ApprovalStep) else ""
    return Weight.BEHAVIOUR, f"The {kind_word(node)} '{node.name}' was added{asks}."


def _node_removed(difference: Difference, node: Node) -> Words:
    org = difference.before
    if isinstance(node, ApprovalStep):
        return Weight.APPROVAL, f"The approval step '{node.name}' was removed: nobody is asked there any more."
    words = f"The {kind_word(node)} '{node.name}' was removed"
    if isinstance(node, AgentSpec):
        return Weight.BEHAVIOUR, f"{words}."
    if node.kind in GUARDRAILS:
        watched = [link.target for link in org.links if link.kind == "guards" and link.source == node.name]
        return Weight.GUARDRAIL, f"{words}; it watched {names(watched)}." if watched else f"{words}."
    users = callers(org, node.name)
    return Weight.BEHAVIOUR, f"{words}; {names(users)} used it." if users else f"{words}."


def _link_added(difference: Difference, link: Link) -> Words:
    match link:
        case HandoffLink():
            return Weight.BEHAVIOUR, f"'{link.source}' hands off to '{link.target}' now."
        case AsToolLink():
            asked = "" if isinstance(link.approval, NeverApprove) else ", with approval"
            return Weight.BEHAVIOUR, f"'{link.source}' may now call '{link.target}' as a tool{asked}."
        case UsesLink():
            return may_call(difference.after.tool(link.target), link.source, link.target)
        case GuardsLink():
            return Weight.BEHAVIOUR, f"'{link.source}' watches '{link.target}' now."
        case FlowLink():
            return Weight.BEHAVIOUR, f"After {_exit(link)} comes '{link.target}' now."


def _link_removed(link: Link) -> Words:
    match link:
        case HandoffLink():
            return Weight.BEHAVIOUR, f"'{link.source}' no longer hands off to '{link.target}'."
        case AsToolLink():
            return Weight.BEHAVIOUR, f"'{link.source}' may no longer call '{link.target}' as a tool."
        case UsesLink():
            return Weight.BEHAVIOUR, f"'{link.source}' may no longer call '{link.target}'."
        case GuardsLink():
            return Weight.GUARDRAIL, f"'{link.source}' no longer watches '{link.target}'."
        case FlowLink():
            return Weight.BEHAVIOUR, f"'{link.target}' no longer comes after {_exit(link)}."


def _exit(link: FlowLink) -> str:
    return f"'{link.source}'" if link.port == OUT else f"'{link.source}' ({link.port})"


def _new_secrets(difference: Difference) -> Iterator[str]:
    had = {(hidden.node, hidden.field) for hidden in without_secrets(difference.before).hidden}
    for hidden in without_secrets(difference.after).hidden:
        if (hidden.node, hidden.field) not in had:
            of = f" of '{hidden.node}'" if hidden.node else ""
            yield f"`{hidden.field}`{of} holds what looks like a secret now."
