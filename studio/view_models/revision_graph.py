"""Two organizations in one picture: what was added, removed and changed."""

from dataclasses import dataclass
from typing import Literal

from core.organization.diff import (
    Difference,
    FieldChanged,
    LinkAdded,
    LinkRemoved,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
)
from core.organization.layout import auto_layout
from core.organization.spec import Organization
from studio.view_models.graph import Graph, organization_graph

Mark = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class MarkedGraph:
    """`marks` are by node name and link key; what has none is the same in both."""

    graph: Graph
    marks: dict[str, Mark]


def marked_graph(difference: Difference) -> MarkedGraph:
    """The later organization, and what of the earlier one is gone."""
    return MarkedGraph(organization_graph(_both(difference)), _marks(difference))


def _marks(difference: Difference) -> dict[str, Mark]:
    marks: dict[str, Mark] = {}
    for change in difference.changes:
        match change:
            case FieldChanged():
                marks.setdefault(change.owner, "changed")
            case NodeRenamed():
                marks[change.new] = "changed"
            case NodeRemoved():
                marks.setdefault(change.node.name, "removed")
            case LinkRemoved():
                marks.setdefault(change.link.key, "removed")
            case NodeAdded():
                marks[change.node.name] = "added"
            case LinkAdded():
                marks[change.link.key] = "added"
    marks.pop("", None)
    return marks


def _both(difference: Difference) -> Organization:
    """The later organization with the nodes and links that it lacks, at the places where they were."""
    before, after = difference.before, difference.after
    gone = difference.removed_nodes - set(after.node_names())
    families = {
        family: [*getattr(after, family), *(node for node in getattr(before, family) if node.name in gone)]
        for family in ("agents", "tools", "guardrails", "steps")
    }
    links = [change.link for change in difference.changes if isinstance(change, LinkRemoved)]
    places = {name: place for name, place in before.layout.items() if name in gone}
    both = after.model_copy(
        update={**families, "links": [*after.links, *links], "layout": {**places, **after.layout}}
    )
    return both.with_layout(auto_layout(both, only_missing=True))
