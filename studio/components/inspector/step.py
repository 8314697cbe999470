"""Fields of the steps of a workflow, but branch and transform, which have lists of their own."""

from functools import partial

from core.organization.steps import (
    AgentJoin,
    ConcatenateJoin,
    FirstGoodJoin,
    JoinBy,
    ListJoin,
    VoteJoin,
)
from studio.components.inspector.condition import condition_fields
from studio.components.inspector.entry import entry_toggle
from studio.components.inspector.form import Form
from studio.components.inspector.try_it import expression_field
from studio.view_models.design_values import TRIMMED
from studio.view_models.step_words import JOINS

FAILURES = {
    "fail_all": "Stops the others and fails",
    "go_on": "Is left out",
    "retry": "Is tried again",
}
ON_LIMIT = {"go_on": "Goes on at done", "fail": "Fails"}
OUTCOMES = {"completed": "Completed", "failed": "Failed"}


def named(form: Form) -> None:
    """What all steps have."""
    form.text("name", "Name", TRIMMED)
    entry_toggle(form)


def parallel_fields(form: Form) -> None:
    named(form)
    form.number("limit", "Branches at once", whole=True, step=1, placeholder="All", help="Empty for all.")
    _failures(form, "A branch that fails")


def map_fields(form: Form) -> None:
    named(form)
    expression_field(form, "items", "List", kind="value", placeholder="output.topics")
    form.number("limit", "Items at once", whole=True, step=1, placeholder="All", help="Empty for all.")
    _failures(form, "An item that fails")


def join_fields(form: Form) -> None:
    named(form)
    by: JoinBy = form.value("by")
    words = {**JOINS, "agent": "What an agent makes of all"}
    form.computed_choice("by_kind", "Makes of the outputs", words, by.kind, partial(_join_by, form))
    match by:
        case ConcatenateJoin():
            form.area("by.separator", "Between two outputs", height=68)
        case VoteJoin():
            expression_field(
                form, "by.by", "What is counted", kind="value", placeholder="Empty for the output itself"
            )
        case FirstGoodJoin():
            condition_fields(form, "by.condition", "Good when")
        case AgentJoin():
            _joining_agent(form, by)
        case ListJoin():
            pass
    form.remarks("by")


def loop_fields(form: Form) -> None:
    named(form)
    condition_fields(form, "until", "Until")
    form.number("limit", "At most this many rounds", whole=True, step=1)
    form.switch("on_limit", "When the limit is reached", ON_LIMIT)
    form.toggle("check_first", "Also ask before the first round")


def approval_fields(form: Form) -> None:
    named(form)
    expression_field(
        form, "question", "What a person is asked", kind="template", placeholder="Refund {{ output.amount }}?"
    )


def end_fields(form: Form) -> None:
    named(form)
    expression_field(
        form, "output", "Final output", kind="template", placeholder="Empty for the value that arrives"
    )
    form.switch("outcome", "The run is then", OUTCOMES)


def _failures(form: Form, label: str) -> None:
    form.choice("on_failure", label, FAILURES)
    if form.value("on_failure") == "retry":
        form.number("retries", "Times it is tried again", whole=True, step=1)


def _joining_agent(form: Form, by: AgentJoin) -> None:
    org = form.desk.organization
    steps = {end for link in org.flows() for end in (link.source, link.target)}
    words = {agent.name: agent.name for agent in org.agents if agent.name not in steps}
    form.choice("by.agent", "Agent", words if by.agent else {"": "Choose an agent", **words})
    expression_field(
        form, "by.task", "What it is told", kind="template", placeholder="Empty for the outputs of all branches"
    )


def _join_by(form: Form, kind: str) -> None:
    kinds: dict[str, JoinBy] = {
        "concatenate": ConcatenateJoin(),
        "list": ListJoin(),
        "vote": VoteJoin(),
        "first_good": FirstGoodJoin(),
        "agent": AgentJoin(),
    }
    form.set("by", kinds[kind])
