"""The kinds of change between two organizations."""

from dataclasses import dataclass
from typing import Any

from core.organization.edits import Node
from core.organization.spec import Link, Organization


@dataclass(frozen=True, slots=True)
class NodeAdded:
    node: Node


@dataclass(frozen=True, slots=True)
class NodeRemoved:
    node: Node


@dataclass(frozen=True, slots=True)
class NodeRenamed:
    """A node with the same content under another name; all other changes speak of the new one."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class LinkAdded:
    link: Link


@dataclass(frozen=True, slots=True)
class LinkRemoved:
    link: Link


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """`owner` is a node's name, a link's key, or empty for the organization; `path` leads to the field, as in
    `settings.temperature`. None stands for a value that is not there, too."""

    owner: str
    path: str
    before: Any
    after: Any


Change = NodeAdded | NodeRemoved | NodeRenamed | LinkAdded | LinkRemoved | FieldChanged


@dataclass(frozen=True, slots=True)
class Difference:
    """How to come from one organization to another."""

    before: Organization
    """The earlier one, in which renamed nodes have their new names already."""
    after: Organization
    changes: tuple[Change, ...]

    @property
    def renames(self) -> dict[str, str]:
        """New names by old ones."""
        return {change.old: change.new for change in self.changes if isinstance(change, NodeRenamed)}

    @property
    def added_nodes(self) -> set[str]:
        return {change.node.name for change in self.changes if isinstance(change, NodeAdded)}

    @property
    def removed_nodes(self) -> set[str]:
        return {change.node.name for change in self.changes if isinstance(change, NodeRemoved)}
