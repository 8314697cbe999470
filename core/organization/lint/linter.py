"""Runs all rules, and leaves out what was accepted."""

from core.errors import InvalidInputError
from core.organization.lint.configuration import configuration_problems
from core.organization.lint.coupling import coupling_problems
from core.organization.lint.errors import error_problems
from core.organization.lint.god_agent import god_agent_problems
from core.organization.lint.loose_ends import loose_end_problems
from core.organization.lint.monitoring import monitoring_problems
from core.organization.lint_settings import AcceptedFinding
from core.organization.problems import Problem
from core.organization.spec import Organization


def lint(org: Organization) -> list[Problem]:
    """The findings that were not accepted, errors first. Nothing is imported, executed or called."""
    accepted = {(finding.code, finding.node) for finding in org.lint.accepted}
    found = [
        *god_agent_problems(org),
        *coupling_problems(org),
        *error_problems(org),
        *configuration_problems(org),
        *monitoring_problems(org),
        *loose_end_problems(org),
    ]
    left = [problem for problem in found if (problem.code, problem.node) not in accepted]
    return sorted(left, key=lambda problem: problem.severity != "error")


def accept(org: Organization, problem: Problem, reason: str) -> Organization:
    """With the finding accepted for that reason. Raises InvalidInputError without one, and for what is plainly
    wrong."""
    if not problem.rule:
        raise InvalidInputError(
            "This cannot be accepted: it keeps the organization from working.", hint=problem.hint
        )
    if not reason.strip():
        raise InvalidInputError(
            "A finding is accepted with a reason.", hint="Say in a few words why it may stay as it is."
        )
    others = [other for other in org.lint.accepted if (other.code, other.node) != (problem.code, problem.node)]
    finding = AcceptedFinding(code=problem.code, node=problem.node, reason=reason.strip())
    settings = org.lint.model_copy(update={"accepted": [*others, finding]})
    return org.model_copy(update={"lint": settings})
