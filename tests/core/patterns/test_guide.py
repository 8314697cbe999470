"""The guide leads from every combination of answers to something sensible, and to each row of its table."""

from itertools import product

import pytest

from core.organization.check import check
from core.organization.files import to_json
from core.organization.lint import lint
from core.organization.spec import AlwaysApprove
from core.organization.steps import ApprovalStep
from core.patterns.catalogue import pattern
from core.patterns.compose import ASK, composed
from core.patterns.guide import Recommendation, guide, recommend
from core.toolbox.references import function_problem

ROWS = {
    "simple task": ({"task": "answer"}, "single"),
    "multiple domains": ({"domains": "several"}, "specialist"),
    "complex workflow": ({"task": "complex"}, "hierarchical"),
    "multi-step": ({"task": "steps"}, "linear"),
    "conditional": ({"task": "cases"}, "branching"),
    "iterative refinement": ({"task": "improve"}, "loop"),
    "parallel subtasks": ({"task": "views"}, "fan-out"),
    "human approval": ({"approval": "person"}, "human-in-the-loop"),
    "web application": ({"existing": "web_application"}, "api-gateway"),
    "large system": ({"existing": "system"}, "microservices"),
    "add AI to an existing app": ({"existing": "application"}, "sidecar"),
    "extensible system": ({"existing": "extensions"}, "plugin"),
    "legacy integration": ({"existing": "legacy"}, "proxy"),
    "variable load": ({"volume": "bursts"}, "serverless"),
    "consistent environment": ({"place": "machines"}, "container"),
    "production scale": ({"volume": "production"}, "kubernetes"),
    "high throughput": ({"volume": "flood"}, "queue-based"),
    "low latency": ({"latency": "at_once"}, "edge"),
}
QUESTIONS = guide().questions
EVERY = [
    dict(zip([question.id for question in QUESTIONS], [option.id for option in options], strict=True))
    for options in product(*(question.options for question in QUESTIONS))
]
"""Every combination of answers."""


@pytest.mark.parametrize(("answers", "wanted"), ROWS.values(), ids=ROWS.keys())
def test_each_row_of_the_table_has_answers_that_lead_to_it(answers: dict[str, str], wanted: str) -> None:
    found = recommend(answers)

    assert found.patterns == [wanted]
    assert composed(found) == pattern(wanted).organization
    assert all(len(reason.split()) > 5 for reason in found.parts[0].reasons)


def test_there_are_eighteen_rows_for_eighteen_patterns() -> None:
    assert len({wanted for _, wanted in ROWS.values()}) == len(ROWS) == 18


def test_every_combination_of_answers_leads_to_something_with_its_reasons() -> None:
    assert len(EVERY) == 6 * 3 * 2 * 6 * 2 * 4 * 4
    for answers in EVERY:
        found = recommend(answers)
        assert 1 <= len(found.patterns) <= 5, answers
        assert len(set(found.patterns)) == len(found.patterns), answers
        assert all(part.reasons and all(part.reasons) for part in found.parts), answers
        assert all(pattern(name) for name in found.patterns)


def test_what_is_opened_is_sound_whatever_was_answered() -> None:
    """Answers that open the same thing are looked at once."""
    opened: dict[tuple[str, ...], Recommendation] = {}
    for answers in EVERY:
        found = recommend(answers)
        opened.setdefault(tuple(found.patterns), found)
    assert len(opened) > 100
    seen: set[str] = set()
    for found in opened.values():
        org = composed(found)
        # They tell in their description what they were made from; that is no reason to look again.
        text = to_json(org.model_copy(update={"description": ""}))
        if text in seen:
            continue
        seen.add(text)
        assert [*check(org, known_function=function_problem), *lint(org)] == [], found.patterns
        assert set(org.layout) == set(org.node_names())
        assert org.samples


def test_a_specialist_and_an_approval_make_one_organization() -> None:
    found = recommend({"domains": "several", "approval": "person"})

    org = composed(found)

    assert found.patterns == ["specialist", "human-in-the-loop"]
    assert [agent.name for agent in org.agents] == ["Front desk", "Billing", "Technical support"]
    assert {tool.name: tool.approval.kind for tool in org.tools if tool.effect == "writes"} == {
        "issue_refund": "always"
    }
    assert "specialists, human in the loop" in org.description


@pytest.mark.parametrize("task", ["steps", "improve", "views"])
def test_a_workflow_that_changes_nothing_gets_an_approval_of_its_result(task: str) -> None:
    found = recommend({"task": task, "approval": "person"})

    org = composed(found)

    assert isinstance(org.step(ASK), ApprovalStep)
    leaving = {link.port: link.target for link in org.flows() if link.source == ASK}
    assert leaving["rejected"] == "Not approved"
    if task == "improve":
        assert leaving["approved"] == "Ready"
        assert [link.source for link in org.flows() if link.target == "Ready"] == [ASK]


def test_a_workflow_that_changes_things_asks_before_each_change() -> None:
    org = composed(recommend({"task": "cases", "approval": "person"}))

    assert org.step(ASK) is None
    assert {tool.name for tool in org.tools if tool.approval == AlwaysApprove()} == {
        "issue_refund",
        "create_ticket",
    }
    assert org.lint.accepted == []


def test_a_device_makes_limits_tight() -> None:
    plain = recommend({"task": "cases"})
    on_device = recommend({"task": "cases", "latency": "at_once"})

    assert composed(plain).run.timeout_seconds == 300
    assert composed(on_device).run.timeout_seconds == 30
    assert {agent.settings.max_tokens for agent in composed(on_device).agents} == {200}


@pytest.mark.parametrize(
    ("answers", "example"),
    [
        (
            {"task": "cases", "approval": "person", "existing": "web_application", "place": "cluster"},
            "e-commerce",
        ),
        (
            {"domains": "several", "approval": "person", "existing": "web_application", "volume": "production"},
            "e-commerce",
        ),
        (
            {"domains": "many", "approval": "person", "existing": "web_application", "place": "machines"},
            "customer-support",
        ),
        ({"domains": "many", "approval": "person", "existing": "web_application"}, ""),
    ],
)
def test_full_examples_are_recommended_where_they_have_all_the_parts(
    answers: dict[str, str], example: str
) -> None:
    found = recommend(answers)

    assert found.example == example
    if example:
        assert composed(found) == pattern(example).organization


def test_answers_that_pull_in_different_directions_are_told() -> None:
    found = recommend({"latency": "at_once", "volume": "flood"})

    assert found.patterns == ["edge"]
    assert any("queue" in caution for caution in found.cautions)
    assert recommend({}).cautions == []


def test_an_alternative_is_never_what_is_recommended_anyway() -> None:
    for answers in EVERY[::7]:
        found = recommend(answers)
        assert not {other.pattern for other in found.alternatives} & set(found.patterns)


def test_unknown_answers_count_as_not_given() -> None:
    assert recommend({"task": "nonsense", "colour": "blue"}) == recommend({})


def test_everything_that_the_guide_names_is_there() -> None:
    named = {option.pattern for question in QUESTIONS for option in question.options if option.pattern}
    named |= {other.pattern for others in guide().alternatives.values() for other in others}
    named |= {name for one in guide().examples for name in (one.pattern, *one.needs)}
    named |= {*guide().limits, *guide().alternatives}
    answers = {question.id: {option.id for option in question.options} for question in QUESTIONS}

    assert all(pattern(name) for name in named)
    assert all(option in answers[question] for one in guide().cautions for question, option in one.when.items())
    assert all(option.because for question in QUESTIONS for option in question.options if option.pattern)
