"""Problems of a workflow: its steps, their expressions, and how they hang together."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from core.organization.expressions import expression_fault, template_fault
from core.organization.flow import flow_faults
from core.organization.mentions import mentioned_steps
from core.organization.problems import Problem
from core.organization.spec import Organization
from core.organization.steps import (
    DEFAULT,
    ERROR,
    AgentJoin,
    ApprovalStep,
    BranchStep,
    CelCondition,
    Condition,
    EndStep,
    FieldCondition,
    FirstGoodJoin,
    JoinStep,
    JudgeCondition,
    LoopStep,
    MapStep,
    ParallelStep,
    Step,
    TransformStep,
    VoteJoin,
    ports,
)

Text = tuple[str, str]
"""A field and the expression or template in it."""


def flow_problems(org: Organization) -> Iterator[Problem]:
    """What is wrong with the workflow; nothing when there is none."""
    if not org.has_workflow:
        return
    for step in org.steps:
        yield from _step_problems(org, step)
    for agent in org.agents:
        yield from _text_problems(org, agent.name, [], [("task", agent.task)])
    yield from _port_problems(org)
    for fault in flow_faults(org):
        yield Problem(fault.code, "error", fault.node, "", fault.message, fault.hint)


def _step_problems(org: Organization, step: Step) -> Iterator[Problem]:
    expressions, templates = _texts(step)
    yield from _text_problems(org, step.name, expressions, templates)
    match step:
        case BranchStep():
            yield from _case_problems(step)
            for number, case in enumerate(step.cases):
                yield from _condition_problems(step.name, f"cases.{number}.condition", case.condition)
        case LoopStep():
            yield from _condition_problems(step.name, "until", step.until)
            if not _leaves(org, step.name, "body"):
                yield _problem(step, "loop_empty", "", "has no body", "Draw a flow link from its port `body`.")
        case JoinStep(by=FirstGoodJoin() as by):
            yield from _condition_problems(step.name, "by.condition", by.condition)
        case JoinStep(by=AgentJoin() as by) if org.agent(by.agent) is None:
            known = ", ".join(agent.name for agent in org.agents) or "none"
            what = (
                f"names the agent '{by.agent}', which is not here"
                if by.agent
                else "does not say which agent joins"
            )
            yield _problem(step, "join_agent_unknown", "by.agent", what, f"Choose an agent: {known}.")
        case ApprovalStep() if not step.question.strip():
            hint = "Say in a sentence what a person is to decide."
            yield _problem(step, "question_missing", "question", "asks nothing", hint)
        case ParallelStep() if not _leaves(org, step.name, "branch"):
            hint = "Draw a flow link from it to the first step of each branch."
            yield _problem(step, "branches_missing", "", "has no branches", hint)
        case MapStep() if not _leaves(org, step.name, "each"):
            hint = "Draw a flow link from its port `each` to what is done with every item."
            yield _problem(step, "map_empty", "", "has no body", hint)
        case _:
            return


def _texts(step: Step) -> tuple[list[Text], list[Text]]:
    """The expressions and the templates of a step; those of conditions are apart."""
    match step:
        case MapStep():
            return [("items", step.items)], []
        case TransformStep():
            value = [("expression", step.expression)] if step.expression else []
            return [*value, *((f"assign.{name}", text) for name, text in step.assign.items())], []
        case JoinStep(by=VoteJoin() as by):
            return [("by.by", by.by)] if by.by else [], []
        case JoinStep(by=AgentJoin() as by):
            return [], [("by.task", by.task)]
        case ApprovalStep():
            return [], [("question", step.question)]
        case EndStep():
            return [], [("output", step.output)]
        case _:
            return [], []


def _text_problems(
    org: Organization, node: str, expressions: list[Text], templates: list[Text]
) -> Iterator[Problem]:
    found = [(field, expression_fault(text)) for field, text in expressions]
    found += [(field, template_fault(text)) for field, text in templates]
    for field, fault in found:
        if fault:
            yield _expression_problem(node, field, fault)
    for field, text in [*expressions, *templates]:
        yield from _mention_problems(org, node, field, text)


def _mention_problems(org: Organization, node: str, field: str, text: str) -> Iterator[Problem]:
    for name in dict.fromkeys(mentioned_steps(text)):
        if org.agent(name) is None and org.step(name) is None:
            yield Problem(
                "step_unknown",
                "error",
                node,
                field,
                f"'{node}' reads the output of '{name}', but there is no such agent or step.",
                "Correct the name between the brackets of `steps[…]`.",
            )


def _condition_problems(node: str, field: str, condition: Condition) -> Iterator[Problem]:
    match condition:
        case CelCondition():
            fault = expression_fault(condition.expression)
            if fault:
                yield _expression_problem(node, f"{field}.expression", fault)
        case JudgeCondition() if not condition.statement.strip():
            yield Problem(
                "statement_missing",
                "error",
                node,
                f"{field}.statement",
                f"The judge of '{node}' has no statement to judge.",
                "Write a sentence that is true or false of the value.",
            )
        case FieldCondition() | JudgeCondition():
            return


def _case_problems(step: BranchStep) -> Iterator[Problem]:
    if not step.cases:
        yield _problem(step, "cases_missing", "cases", "has no cases", "Add a case with its condition.")
    for name, count in Counter(case.name for case in step.cases).items():
        if count > 1:
            yield _problem(
                step, "case_duplicate", "cases", f"has {count} cases called '{name}'", "Rename one of them."
            )
        if name in (DEFAULT, ERROR):
            hint = "That name is taken by a way out of its own; choose another."
            yield _problem(step, "case_name_taken", "cases", f"has a case called '{name}'", hint)


def _port_problems(org: Organization) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for link in org.flows():
        step = org.step(link.source)
        if step is None and org.agent(link.source) is None:
            continue  # a loose link: link_problems says so
        known = ports(step)
        problem = partial(Problem, node=link.source, field=link.key, severity="error")
        if link.port not in known:
            yield problem(
                code="port_unknown",
                message=f"A flow link leaves '{link.source}' at '{link.port}', which it does not have.",
                hint=f"Lead it from one of: {', '.join(known)}."
                if known
                else "Delete the link: the run ends here.",
            )
        elif (link.source, link.port) in seen and not isinstance(step, ParallelStep):
            yield problem(
                code="port_taken",
                message=f"Two flow links leave '{link.source}' at '{link.port}'.",
                hint="Put a parallel step there when both are meant, or delete one.",
            )
        elif (link.source, link.port) in seen and link.port == ERROR:
            yield problem(
                code="port_taken",
                message=f"Two error edges leave '{link.source}'.",
                hint="Delete one of them.",
            )
        seen.add((link.source, link.port))


def _leaves(org: Organization, name: str, port: str) -> bool:
    return any(link.source == name and link.port == port for link in org.flows())


def _problem(step: Step, code: str, field: str, what: str, hint: str) -> Problem:
    return Problem(code, "error", step.name, field, f"'{step.name}' {what}.", hint)


def _expression_problem(node: str, field: str, fault: str) -> Problem:
    message = f"An expression of '{node}' cannot be used: {fault.rstrip('.')}."
    return Problem("expression_invalid", "error", node, field, message, "Correct the expression.")
