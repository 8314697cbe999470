"""Makes one organization of what the guide recommends: the first pattern's, with what the others ask of it."""

from collections.abc import Iterable

from core.organization.layout import auto_layout
from core.organization.lint_settings import LintSettings
from core.organization.spec import AgentSpec, AlwaysApprove, FlowLink, Organization, RunSettings, ToolSpec
from core.organization.steps import ERROR, ApprovalStep, EndStep
from core.patterns.catalogue import pattern
from core.patterns.guide import Limits, Recommendation, guide

APPROVAL = "human-in-the-loop"
ASK = "Approve the result"
REFUSED = "Not approved"


def composed(recommendation: Recommendation) -> Organization:
    """The organization to open: the full example where there is one, else made of the parts."""
    if recommendation.example:
        return pattern(recommendation.example).organization
    org = pattern(recommendation.main).organization
    others = recommendation.patterns[1:]
    if not others:
        return org
    if APPROVAL in others:
        org = approved(org)
    limits = [guide().limits[name] for name in others if name in guide().limits]
    org = limited(org, limits)
    titles = ", ".join(pattern(name).title.lower() for name in recommendation.patterns)
    return org.model_copy(update={"description": f"{org.description} Made by the guide from: {titles}."})


def approved(org: Organization) -> Organization:
    """With a person who approves: each call of a tool that changes something, else the result of the workflow."""
    if any(tool.effect == "writes" for tool in org.tools):
        return _asked_for_effects(org)
    return _asked_at_the_end(org) if org.has_workflow else org


def limited(org: Organization, limits: Iterable[Limits]) -> Organization:
    """With limits that are at least as tight as all of these."""
    run, agents = org.run, org.agents
    for limit in limits:
        run = _tightened(run, limit)
        if limit.max_tokens is not None:
            agents = [_shortened(agent, limit.max_tokens) for agent in agents]
    return org.model_copy(update={"run": run, "agents": agents})


def _asked_for_effects(org: Organization) -> Organization:
    def asked(tool: ToolSpec) -> ToolSpec:
        return tool.model_copy(update={"approval": AlwaysApprove()}) if tool.effect == "writes" else tool

    writing = {tool.name for tool in org.tools if tool.effect == "writes"}
    # What was accepted about effects without approval is not true any more.
    accepted = [one for one in org.lint.accepted if one.node not in writing]
    lint = LintSettings.model_validate({**org.lint.model_dump(), "accepted": accepted})
    return org.model_copy(update={"tools": [asked(tool) for tool in org.tools], "lint": lint})


def _asked_at_the_end(org: Organization) -> Organization:
    """An approval step before each way in which the workflow ends well."""
    leading = {link.source for link in org.flows() if link.port != ERROR}
    ends = [
        node.name
        for node in (*org.agents, *org.steps)
        if node.name in {link.target for link in org.flows()} and node.name not in leading
        if not isinstance(node, EndStep)
    ]
    good = [step.name for step in org.steps if isinstance(step, EndStep) and step.outcome == "completed"]
    steps = [
        *org.steps,
        ApprovalStep(name=ASK, question="Is this result right?\n\n{{ output }}"),
        EndStep(
            name=REFUSED,
            outcome="failed",
            output=f'A person did not approve the result. The reason: {{{{ steps["{ASK}"].reason }}}}',
        ),
    ]
    links = [
        link.model_copy(update={"target": ASK}) if link.kind == "flow" and link.target in good else link
        for link in org.links
    ]
    links += [FlowLink(source=name, target=ASK) for name in ends]
    links += [FlowLink(source=ASK, target=name, port="approved") for name in good[:1]]
    links.append(FlowLink(source=ASK, target=REFUSED, port="rejected"))
    changed = org.model_copy(update={"steps": steps, "links": links})
    return changed.with_layout(auto_layout(changed))


def _tightened(run: RunSettings, limit: Limits) -> RunSettings:
    return run.model_copy(
        update={
            "timeout_seconds": min(run.timeout_seconds, limit.timeout_seconds or run.timeout_seconds),
            "max_turns": min(run.max_turns, limit.max_turns or run.max_turns),
        }
    )


def _shortened(agent: AgentSpec, most: int) -> AgentSpec:
    tokens = min(agent.settings.max_tokens or most, most)
    return agent.model_copy(update={"settings": agent.settings.model_copy(update={"max_tokens": tokens})})
