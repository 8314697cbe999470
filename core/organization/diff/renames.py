"""Finds nodes that only came to be called otherwise: same kind, much the same content, much the same links."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from core.organization.edits import Node
from core.organization.spec import Organization
from core.organization.writing import plain

LIKENESS = 0.6
"""From 0 to 1: how alike two nodes must be to count as one."""
CONTENT_SHARE = 0.75
"""How much of the likeness the content makes; the rest is in the links."""

Link = tuple[str, str, str]


def find_renames(before: Organization, after: Organization) -> dict[str, str]:
    """New names by old ones, most alike first."""
    candidates = sorted(_candidates(before, after), key=lambda candidate: -candidate[0])
    renames: dict[str, str] = {}
    for _, old, new in candidates:
        if old not in renames and new not in renames.values():
            renames[old] = new
    return renames


def _candidates(before: Organization, after: Organization) -> Iterator[tuple[float, str, str]]:
    old_names, new_names = Counter(before.node_names()), Counter(after.node_names())
    links_before, links_after = _links(before), _links(after)
    # A name that the other side has too, or that is doubled, says nothing.
    came = [node for node in _nodes(after) if new_names[node.name] == 1 and node.name not in old_names]
    gone = [node for node in _nodes(before) if old_names[node.name] == 1 and node.name not in new_names]
    for old in gone:
        for new in came:
            if type(old) is not type(new):
                continue
            likeness = _likeness(old, new, links_before.get(old.name, set()), links_after.get(new.name, set()))
            if likeness >= LIKENESS:
                yield likeness, old.name, new.name


def _nodes(org: Organization) -> tuple[Node, ...]:
    return (*org.agents, *org.tools, *org.guardrails, *org.steps)


def _likeness(old: Node, new: Node, old_links: set[Link], new_links: set[Link]) -> float:
    either = old_links | new_links
    linked = len(old_links & new_links) / len(either) if either else None
    old_words, new_words = _words(old), _words(new)
    if not old_words and not new_words:
        # Nothing but the links tells two blank nodes from others.
        return linked or 0.0
    content = 2 * (old_words & new_words).total() / (old_words.total() + new_words.total())
    if content == 1 or linked is None:
        return content
    return CONTENT_SHARE * content + (1 - CONTENT_SHARE) * linked


def _words(node: Node) -> Counter[str]:
    content = {name: value for name, value in plain(node).items() if name not in {"name", "kind"}}
    return Counter(re.findall(r"\w+", json.dumps(content, ensure_ascii=False))) if content else Counter()


def _links(org: Organization) -> dict[str, set[Link]]:
    """By node: the kind, direction and other end of its links."""
    links: dict[str, set[Link]] = {}
    for link in org.links:
        links.setdefault(link.source, set()).add((link.kind, "to", link.target))
        links.setdefault(link.target, set()).add((link.kind, "from", link.source))
    return links
