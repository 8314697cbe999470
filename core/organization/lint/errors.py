"""No error handling: what goes wrong is repeated, waits for ever, or changes things that nobody agreed to."""

from collections.abc import Iterator

from core.organization.problems import Problem
from core.organization.spec import NeverApprove, Organization
from core.organization.steps import DEFAULT, BranchStep, LoopStep

RULE = "No error handling"


def error_problems(org: Organization) -> Iterator[Problem]:
    """Effects without approval, limits that limit nothing, branches without a way for the rest."""
    yield from _unapproved_effects(org)
    yield from _slack_limits(org)
    for step in org.steps:
        if isinstance(step, BranchStep) and not _leaves(org, step.name, DEFAULT):
            yield Problem(
                "branch_without_default",
                "warning",
                step.name,
                "",
                f"'{step.name}' has no way for what fits none of its cases: such a run ends there without a word.",
                "Draw a flow link from its port `default`.",
                RULE,
            )


def _unapproved_effects(org: Organization) -> Iterator[Problem]:
    used = {link.target for link in org.links if link.kind == "uses"}
    for tool in org.tools:
        if tool.effect == "writes" and isinstance(tool.approval, NeverApprove) and tool.name in used:
            yield Problem(
                "effect_without_approval",
                "warning",
                tool.name,
                "approval",
                f"'{tool.name}' changes things, and no call of it is ever asked about.",
                "Let a person approve its calls, or say that it only reads.",
                RULE,
            )


def _slack_limits(org: Organization) -> Iterator[Problem]:
    if org.run.max_turns > org.lint.max_turns:
        yield Problem(
            "max_turns_slack",
            "warning",
            "",
            "run.max_turns",
            f"A run may take {org.run.max_turns} turns (more than {org.lint.max_turns}) before it is ended.",
            "Set a limit that a sound run does not come near.",
            RULE,
        )
    for tool in org.tools:
        if tool.timeout_seconds > org.lint.max_tool_seconds:
            yield Problem(
                "timeout_slack",
                "warning",
                tool.name,
                "timeout_seconds",
                f"One call of '{tool.name}' may take {tool.timeout_seconds:g} seconds "
                f"(more than {org.lint.max_tool_seconds:g}).",
                "Set a time after which its agent is told that it failed.",
                RULE,
            )
    for step in org.steps:
        if isinstance(step, LoopStep) and step.limit > org.lint.max_rounds:
            yield Problem(
                "loop_limit_slack",
                "warning",
                step.name,
                "limit",
                f"'{step.name}' may go {step.limit} rounds (more than {org.lint.max_rounds}).",
                "Set a limit that ends a loop which does not get better.",
                RULE,
            )


def _leaves(org: Organization, name: str, port: str) -> bool:
    return any(link.source == name and link.port == port for link in org.flows())
