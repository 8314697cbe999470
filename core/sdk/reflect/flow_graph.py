"""Builds the steps and flow links of a workflow while its code is walked."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.organization.spec import FlowLink
from core.organization.steps import OUT, Step, ports
from core.sdk.reflect.names import Names

Way = tuple[str, str]
"""A way out that leads nowhere yet: a node and its port. The start has no node."""
START: Way = ("", OUT)


@dataclass(slots=True)
class FlowGraph:
    """Steps and links so far."""

    names: Names
    entry: str = ""
    steps: list[Step] = field(default_factory=list)
    links: list[FlowLink] = field(default_factory=list)

    def lead(self, ways: list[Way], target: str) -> None:
        """Lead all the ways to a node."""
        for source, port in ways:
            if not source:
                self.entry = target
                continue
            link = FlowLink(source=source, target=target, port=port)
            if link not in self.links:
                self.links.append(link)

    def step(self, ways: list[Way], step: Step) -> list[Way]:
        """Add a step where the ways lead, and give the way out of it that is usual."""
        self.steps.append(step)
        self.lead(ways, step.name)
        return self.ways_from(step)

    @staticmethod
    def ways_from(step: Step) -> list[Way]:
        """The way out of a step that is usual."""
        known = ports(step)
        return [(step.name, known[0])] if known else []

    def agent(self, ways: list[Way], name: str) -> list[Way]:
        """Lead the ways to an agent."""
        self.lead(ways, name)
        return [(name, OUT)]

    def replace(self, step: Step) -> None:
        """Put a step in the place of the one with its name."""
        self.steps = [step if each.name == step.name else each for each in self.steps]

    def drop(self, name: str) -> None:
        """Take a step out again that turned out to be empty."""
        self.steps = [step for step in self.steps if step.name != name]
        self.links = [link for link in self.links if name not in (link.source, link.target)]
