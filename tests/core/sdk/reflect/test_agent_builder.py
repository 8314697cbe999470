"""Exports of Agent Builder: the workflow is rebuilt from the code that runs it."""

import textwrap

import pytest

from core.organization.check import check
from core.organization.flow import flow_tree
from core.organization.spec import FlowLink, JudgeGuardrailSpec, Organization
from core.organization.steps import ApprovalStep, BranchStep, EndStep, LoopStep, TransformStep
from core.sdk.reflect.agent_builder import import_export, is_export
from core.sdk.reflect.report import Imported, Report
from core.sdk.reflect.sources import SourceFile
from tests.core.sdk.reflect.builder_export import EXPORT
from tests.core.sdk.reflect.reading import told

AGENTS = """
from agents import Agent, Runner
from pydantic import BaseModel

class Rating(BaseModel):
    label: str
    good: bool
    score: int
    tags: list[str]

first = Agent(name="First", instructions="x", output_type=Rating)
second = Agent(name="Second", instructions="y")

class WorkflowInput(BaseModel):
    input_as_text: str

async def run_workflow(workflow_input: WorkflowInput):
"""


def exported(text: str) -> Imported:
    return import_export([SourceFile("export.py", text.encode())], Report())


def workflow(body: str) -> Imported:
    """The import of a workflow of two agents with that body."""
    state = (
        "state = {'count': 0, 'name': 'tom'}\nworkflow = workflow_input.model_dump()\nconversation_history = []\n"
    )
    return exported(AGENTS + textwrap.indent(state + textwrap.dedent(body), "    "))


def flows(org: Organization) -> list[str]:
    return [f"{link.source}.{link.port} > {link.target}" for link in org.links if isinstance(link, FlowLink)]


def test_a_whole_export_becomes_a_workflow_that_can_be_run() -> None:
    found = exported(EXPORT)

    org = found.organization
    assert org.name == "Parcel desk"
    assert org.state == {"tries": 0, "tone": None}
    assert org.samples == ["Where is parcel 7?"]
    assert flows(org) == [
        "Sort.out > Branch",
        "Branch.parcel > Set state",
        "Set state.out > Loop",
        "Loop.body > Parcels",
        "Parcels.out > Set state 2",
        "Set state 2.out > Loop",
        "Loop.done > Transform",
        "Branch.refund > Refunds",
        "Refunds.out > Approval",
        "Approval.approved > End",
        "Approval.rejected > Refunds 2",
        "Branch.default > End 2",
    ]
    assert org.entry == "Sort"
    assert [stage.name for stage in flow_tree(org)] == ["Sort", "Branch"]
    assert not [problem for problem in check(org) if problem.severity == "error"]


def test_conditions_state_and_ends_become_cel() -> None:
    org = exported(EXPORT).organization

    branch, loop = org.step("Branch"), org.step("Loop")
    assert isinstance(branch, BranchStep)
    assert isinstance(loop, LoopStep)
    assert [case.condition.model_dump()["expression"] for case in branch.cases] == [
        'steps["Sort"].kind == "parcel" && steps["Sort"].score > 0.5',
        'steps["Sort"].kind == "refund"',
    ]
    assert loop.until.model_dump()["expression"] == "!(state.tries < 3)"
    assert loop.check_first
    assert org.step("Set state 2") == TransformStep(name="Set state 2", assign={"tries": "state.tries + 1"})
    assert org.step("Transform") == TransformStep(
        name="Transform", expression='{"answer": steps["Parcels"], "rounds": state.tries}'
    )
    assert org.step("End") == EndStep(
        name="End", output='{{ {"message": "It is on the way.", "details": {"text": steps["Refunds"]} } }}'
    )


def test_the_approval_that_said_yes_to_everything_is_a_real_one() -> None:
    found = exported(EXPORT)

    assert found.organization.step("Approval") == ApprovalStep(
        name="Approval", question='Pay this? {{ steps["Refunds"] }}'
    )
    assert told(found, "carried", "approval 'Approval'", "now a person decides")


def test_what_agents_are_told_and_see_is_carried() -> None:
    org = exported(EXPORT).organization

    told_to = {agent.name: (agent.task, agent.sees_conversation) for agent in org.agents}
    assert told_to == {
        "Sort": ("", True),
        "Parcels": ("Be {{ state.tone }}. Round {{ state.tries }}.", True),
        "Refunds": ("{{ input }}", True),
        "Refunds 2": ("{{ input }}", True),
    }


def test_hosted_guardrails_become_judges_of_the_next_agent() -> None:
    found = exported(EXPORT)

    guardrail = found.organization.guardrails[0]
    assert isinstance(guardrail, JudgeGuardrailSpec)
    assert (guardrail.name, guardrail.model) == ("Jailbreak", "openai/gpt-5-nano")
    assert [(link.source, link.target) for link in found.organization.links if link.kind == "guards"] == [
        ("Jailbreak", "Sort")
    ]
    assert told(found, "approximated", "guardrail 'Jailbreak'")


RUN_FIRST = (
    "r = await Runner.run(first, input=[*conversation_history])\n"
    "f = {'output_parsed': r.final_output.model_dump()}\n"
)


@pytest.mark.parametrize(
    ("python", "cel"),
    [
        ("f['output_parsed']['good'] == True", 'steps["First"].good == true'),
        ("r.final_output.good", 'steps["First"].good'),
        ("not r.final_output.good", '!steps["First"].good'),
        ("r.final_output.score >= 8 or state['count'] > 2", 'steps["First"].score >= 8 || state.count > 2'),
        ("2 < r.final_output.score < 8", '2 < steps["First"].score && steps["First"].score < 8'),
        ("r.final_output.label in ['a', 'b']", 'steps["First"].label in ["a", "b"]'),
        ("'x' in r.final_output.label", 'steps["First"].label.contains("x")'),
        ("'x' not in r.final_output.tags", '!("x" in steps["First"].tags)'),
        ("len(r.final_output.tags) == 0", 'size(steps["First"].tags) == 0'),
        ("r.final_output.label.startswith('re')", 'steps["First"].label.startsWith("re")'),
        ("r.final_output.label.lower() == 'yes'", 'steps["First"].label.matches("(?i)^yes$")'),
        ("r.final_output.label", 'steps["First"].label != ""'),
        ("not r.final_output.tags", 'steps["First"].tags == []'),
        ("state['name'] is not None", "state.name != null"),
        ("state['name']", '!(state.name in [null, "", 0, false])'),
        ("workflow['input_as_text'] == ''", 'input == ""'),
        ("f['output_parsed'].get('score', 0) > 3", '(has(steps["First"].score) ? steps["First"].score : 0) > 3'),
        ("any(tag == 'x' for tag in r.final_output.tags)", 'steps["First"].tags.exists(tag, tag == "x")'),
    ],
)
def test_python_conditions_in_cel(python: str, cel: str) -> None:
    found = workflow(f"{RUN_FIRST}if {python}:\n    s = await Runner.run(second, input=[*conversation_history])\n")

    branch = found.organization.step("Branch")
    assert isinstance(branch, BranchStep)
    assert branch.cases[0].condition.model_dump()["expression"] == cel
    assert not told(found, "not_carried", "condition")


def test_a_condition_without_a_form_in_cel_is_reported_where_it_stands() -> None:
    found = workflow(f"{RUN_FIRST}if check(r):\n    s = await Runner.run(second, input=[*conversation_history])\n")

    branch = found.organization.step("Branch")
    assert isinstance(branch, BranchStep)
    assert branch.cases[0].condition.model_dump()["expression"] == "false"
    assert told(found, "not_carried", "condition", "`check(r)`", "export.py:23")


def test_ways_meet_again_after_a_branch() -> None:
    found = workflow(
        f"""\
{RUN_FIRST}
if r.final_output.good:
    state["name"] = "ann"
s = await Runner.run(second, input=[*conversation_history])
return {{"output_text": s.final_output_as(str)}}
"""
    )

    assert flows(found.organization) == [
        "First.out > Branch",
        "Branch.case > Set state",
        "Set state.out > Second",
        "Branch.default > Second",
    ]


def test_a_loop_that_breaks_at_its_end_asks_after_the_round() -> None:
    found = workflow(
        """
        while True:
            r = await Runner.run(first, input=[*conversation_history])
            if r.final_output.score > 7:
                break
        s = await Runner.run(second, input=r.final_output.label)
        """
    )

    loop = found.organization.step("Loop")
    assert isinstance(loop, LoopStep)
    assert (loop.until.model_dump()["expression"], loop.check_first) == ('steps["First"].score > 7', False)
    assert flows(found.organization) == ["Loop.body > First", "First.out > Loop", "Loop.done > Second"]
    assert found.organization.agents[1].task == '{{ steps["First"].label }}'


def test_braces_in_what_agents_are_told_stay_as_they_are() -> None:
    found = workflow(
        """s = await Runner.run(second, input='Use {{ name }} and {' + workflow["input_as_text"] + '}')"""
    )

    from core.organization.expressions import render

    second = found.organization.agents[1]
    assert render(second.task, {"input": "x"}) == "Use {{ name }} and {x}"


def test_code_that_is_not_carried_is_told_with_its_line() -> None:
    found = workflow("hits = client.search('x')\nsend_mail(hits)\ns = await Runner.run(second, input=hits)\n")

    assert told(found, "not_carried", "client.search('x')", "export.py:21")
    assert told(found, "not_carried", "send_mail(hits)", "export.py:22")
    assert told(found, "approximated", "input of 'Second'", "`hits`")


def test_only_exports_are_taken_for_exports() -> None:
    assert is_export([SourceFile("a.py", EXPORT.encode())])
    assert not is_export([SourceFile("a.py", b"from agents import Agent\nAgent(name='x')")])
