"""Workflows to test with, written as text: `a → b` draws a flow link, `a.port → b` one from a port."""

from itertools import pairwise

from core.organization.spec import AgentSpec, FlowLink, Organization
from core.organization.steps import OUT, Step


def workflow(text: str, *steps: Step, agents: str = "") -> Organization:
    """An organization with these flow links, one or several (`a → b → c`) a line. The first node is the entry.
    What is no step is an agent, as is what `agents` names besides."""
    links = [link for line in text.strip().splitlines() for link in _links(line)]
    names = dict.fromkeys([*(end for link in links for end in (link.source, link.target)), *agents.split()])
    known = {step.name for step in steps}
    return Organization(
        name="Flow",
        entry=links[0].source,
        agents=[AgentSpec(name=name, instructions="Work.") for name in names if name not in known],
        steps=list(steps),
        links=list(links),
    )


def _links(line: str) -> list[FlowLink]:
    stops = [part.strip() for part in line.split("→")]
    links = []
    for source, target in pairwise(stops):
        name, _, port = source.partition(".")
        links.append(FlowLink(source=name, port=port or OUT, target=target.partition(".")[0]))
    return links
