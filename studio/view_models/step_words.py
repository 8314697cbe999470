"""Steps of a workflow in few words: what stands under their names, and beside the flow links that leave them."""

from core.organization.steps import (
    ERROR,
    OUT,
    AgentJoin,
    ApprovalStep,
    BranchStep,
    CelCondition,
    Condition,
    EndStep,
    FieldCondition,
    JoinStep,
    JudgeCondition,
    LoopStep,
    MapStep,
    ParallelStep,
    Step,
    TransformStep,
)

OPERATORS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "eq": "=", "ne": "≠", "contains": "contains"}
JOINS = {
    "concatenate": "One text of all",
    "list": "A list of all",
    "vote": "What most say",
    "first_good": "The first good one",
    "agent": "An agent joins",
}


def condition_words(condition: Condition) -> str:
    """A condition as short as it can be said; empty when it says nothing yet."""
    match condition:
        case CelCondition():
            return " ".join(condition.expression.split())
        case FieldCondition():
            return f"{condition.field or 'output'} {OPERATORS[condition.operator]} {condition.value}"
        case JudgeCondition():
            return f"“{condition.statement}”" if condition.statement else ""


def step_subtitle(step: Step) -> str:
    """What a step does, for the line under its name."""
    match step:
        case ParallelStep():
            return "All branches at once" if step.limit is None else f"{step.limit} at once"
        case MapStep():
            return f"Each of {step.items}" if step.items else "Each item"
        case JoinStep(by=AgentJoin() as by):
            return f"{by.agent} joins" if by.agent else JOINS["agent"]
        case JoinStep():
            return JOINS[step.by.kind]
        case BranchStep():
            return "1 case" if len(step.cases) == 1 else f"{len(step.cases)} cases"
        case LoopStep():
            return f"At most {step.limit} rounds" if step.limit > 1 else "At most 1 round"
        case ApprovalStep():
            return step.question
        case TransformStep():
            return step.expression or ", ".join(step.assign) or "Nothing yet"
        case EndStep():
            return "The run fails" if step.outcome == "failed" else "The run ends"


def flow_label(step: Step | None, port: str) -> str:
    """What stands beside a flow link: the way out that it is, and when it is taken."""
    if port == OUT:
        return ""
    match step:
        case BranchStep():
            case = next((case for case in step.cases if case.name == port), None)
            return _named(port, condition_words(case.condition) if case else "")
        case LoopStep() if port == "done":
            return _named(port, condition_words(step.until))
        case ParallelStep() if port == "branch":
            return ""
        case _:
            return "on error" if port == ERROR else port


def _named(port: str, words: str) -> str:
    return f"{port}: {words}" if words else port
