"""Which patterns the gallery shows: by group, by what their organizations have, and by words."""

import re
from collections.abc import Iterable, Mapping, Sequence

from core.organization.spec import NeverApprove, Organization
from core.organization.steps import ApprovalStep
from core.patterns.catalogue import Pattern, catalogue

GROUPS: Mapping[str, str] = {
    "organization": "Organization",
    "workflow": "Workflow",
    "data flow": "Data flow",
    "integration": "Integration",
    "deployment": "Deployment",
    "combination": "Combination",
}
FEATURES = {
    "agents": "Several agents",
    "handoffs": "Handoffs",
    "workflow": "A workflow",
    "approval": "Approval by a person",
    "guardrails": "Guardrails",
    "typed": "Typed output",
}
"""What an organization can have, and how it is called."""
_FEATURED = ("single", "specialist", "hierarchical", "branching", "human-in-the-loop", "customer-support")


def featured() -> list[Pattern]:
    """A few patterns that show the range, for the first page."""
    patterns = {pattern.id: pattern for pattern in catalogue()}
    return [patterns[name] for name in _FEATURED]


def shown(patterns: Sequence[Pattern], *, words: str, group: str, features: Iterable[str]) -> list[Pattern]:
    """The patterns of that group (empty for all) that have all the features and speak of each of the words. Those
    with a word in their title come first."""
    wanted = set(features)
    terms = re.findall(r"\w+", words.lower())
    fitting = [
        pattern
        for pattern in patterns
        if (not group or pattern.group == group) and wanted <= features_of(pattern) and _says(pattern, terms)
    ]
    return sorted(fitting, key=lambda pattern: not any(term in pattern.title.lower() for term in terms))


def features_of(pattern: Pattern) -> set[str]:
    """What the pattern's organizations have, its variants included."""
    organizations = [pattern.organization, *(variant.organization for variant in pattern.variants)]
    return {feature for org in organizations for feature in _features(org)}


def _features(org: Organization) -> set[str]:
    has = {
        "agents": len(org.agents) > 1,
        "handoffs": any(link.kind == "handoff" for link in org.links),
        "workflow": org.has_workflow,
        "approval": _asks(org),
        "guardrails": bool(org.guardrails),
        "typed": any(agent.output_schema is not None for agent in org.agents),
    }
    return {name for name, holds in has.items() if holds}


def _asks(org: Organization) -> bool:
    by_tool = any(not isinstance(tool.approval, NeverApprove) for tool in org.tools)
    return by_tool or any(isinstance(step, ApprovalStep) for step in org.steps)


def _says(pattern: Pattern, terms: Sequence[str]) -> bool:
    """Whether each term begins a word of what is told about the pattern, its agents and its tools."""
    organizations = [pattern.organization, *(variant.organization for variant in pattern.variants)]
    names = [name.replace("_", " ") for org in organizations for name in org.node_names()]
    told = [pattern.id, pattern.title, pattern.summary, pattern.explanation, pattern.group, *pattern.when, *names]
    said = set(re.findall(r"\w+", " ".join(told).lower()))
    return all(any(word.startswith(term) for word in said) for term in terms)
