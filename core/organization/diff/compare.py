"""Compares two organizations."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

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
from core.organization.diff.fields import changed_fields
from core.organization.diff.renames import find_renames
from core.organization.edits import Node, rename
from core.organization.spec import FlowLink, Link, Organization
from core.organization.steps import ParallelStep

FAMILIES = ("agents", "tools", "guardrails", "steps")
PartT = TypeVar("PartT", bound=Node | Link)


def difference(before: Organization, after: Organization) -> Difference:
    """What makes `after` of `before`."""
    renames = find_renames(before, after)
    for old, new in renames.items():
        # What refers to the node follows its new name, so that it does not count as changed itself.
        before = rename(before, old, new)
    changes: list[Change] = [NodeRenamed(old, new) for old, new in renames.items()]
    for family in FAMILIES:
        changes += _nodes(getattr(before, family), getattr(after, family))
    changes += _links(before, after)
    changes += _branch_orders(before, after)
    changes += _fields("", before, after, without={*FAMILIES, "links", "layout"})
    return Difference(before, after, tuple(changes))


def _nodes(before: Iterable[Node], after: Iterable[Node]) -> Iterator[Change]:
    old, new = _numbered(before, lambda node: node.name), _numbered(after, lambda node: node.name)
    yield from (NodeRemoved(node) for key, node in old.items() if key not in new)
    for key, node in new.items():
        if key in old:
            yield from _fields(node.name, old[key], node, without={"name"})
        else:
            yield NodeAdded(node)


def _links(before: Organization, after: Organization) -> Iterator[Change]:
    old, new = _numbered(before.links, lambda link: link.key), _numbered(after.links, lambda link: link.key)
    yield from (LinkRemoved(link) for key, link in old.items() if key not in new)
    for key, link in new.items():
        if key in old:
            yield from _fields(link.key, old[key], link, without=set())
        else:
            yield LinkAdded(link)


def _numbered(parts: Iterable[PartT], name: Callable[[PartT], str]) -> dict[tuple[str, int], PartT]:
    """By name and how many of that name came before: drafts may have doubles."""
    seen: Counter[str] = Counter()
    found = {}
    for part in parts:
        found[name(part), seen[name(part)]] = part
        seen[name(part)] += 1
    return found


def _fields(
    owner: str, before: Node | Link | Organization, after: Node | Link | Organization, *, without: set[str]
) -> Iterator[Change]:
    for path, old, new in changed_fields(before, after, without=without):
        yield FieldChanged(owner, path, old, new)


def _branch_orders(before: Organization, after: Organization) -> Iterator[Change]:
    """The outputs of a parallel step's branches are joined in their order."""
    for step in after.steps:
        if isinstance(step, ParallelStep):
            old, new = _branches(before, step.name), _branches(after, step.name)
            if old != new and sorted(old) == sorted(new):
                yield FieldChanged(step.name, "branches", old, new)


def _branches(org: Organization, step: str) -> list[str]:
    return [link.target for link in org.links if isinstance(link, FlowLink) and link.source == step]
