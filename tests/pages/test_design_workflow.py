"""The inspector of a workflow: each kind of step, its flow links, and trying expressions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from core.bootstrap import Core
from core.organization.spec import AgentSpec, Organization
from core.organization.steps import (
    ApprovalStep,
    BranchCase,
    BranchStep,
    CelCondition,
    EndStep,
    JoinStep,
    LoopStep,
    MapStep,
    ParallelStep,
    TransformStep,
)
from core.organization.wording import with_fields
from tests.core.organization.flows import workflow
from tests.support.sample_pages import open_page, studio_folder, texts

SCHEMA = {"type": "object", "properties": {"kind": {"type": "string"}, "amount": {"type": "integer"}}}
FLOW = """
Sort → Kind
Kind.refund → Ask
Kind.default → Again
Ask.approved → Note
Ask.rejected → Over
Note → All
All.branch → a → Meet
All.branch → Each
Each.each → c → Meet2 → Meet
Again.body → b → Again
"""
STEPS = [
    BranchStep(name="Kind", cases=[BranchCase(name="refund", condition=CelCondition(expression="true"))]),
    ApprovalStep(name="Ask", question="Go?"),
    TransformStep(name="Note", expression="output", assign={"seen": "true"}),
    EndStep(name="Over"),
    ParallelStep(name="All"),
    JoinStep(name="Meet"),
    MapStep(name="Each"),
    JoinStep(name="Meet2"),
    LoopStep(name="Again", until=CelCondition(expression="count > 2")),
]


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    with studio_folder(tmp_path, monkeypatch) as core:
        yield core


@pytest.fixture
def shop(studio: Core) -> str:
    org = workflow(FLOW, *STEPS, agents="Chair")  # type: ignore[arg-type]
    agents = [
        with_fields(agent, output_schema=SCHEMA) if agent.name == "Sort" else agent
        for agent in [*org.agents, AgentSpec(name="Idle", instructions="Wait.")]
    ]
    return studio.organizations.create(org.model_copy(update={"agents": agents, "state": {"seen": False}}))


def draft(studio: Core, organization_id: str) -> Organization:
    return studio.organizations.draft(organization_id).spec


def step(studio: Core, organization_id: str, name: str) -> dict[str, Any]:
    found = draft(studio, organization_id).step(name)
    assert found is not None
    return found.model_dump(exclude={"name", "kind"})


def named(elements: Any, label: str) -> Any:
    """The widget with that label."""
    found = [element for element in elements if element.label == label]
    assert len(found) == 1, f"{label}: {[element.label for element in elements]}"
    return found[0]


def open_fold(app: AppTest, label: str) -> AppTest:
    states = WidgetStates()
    states.widgets.add(id=named(app.expander, label).proto.id, bool_value=True)
    return app._run(states)


def press(app: AppTest, words: str) -> AppTest:
    """A button by its label, or by its help when it has only an icon."""
    return next(button for button in app.button if words in (button.label, button.proto.help)).click().run()


def test_cases_of_a_branch(studio: Core, shop: str) -> None:
    """A renamed case keeps its link; cases are added, moved and removed."""
    app = open_page("design", organization=shop, node="Kind")

    named(app.text_input, "Case 1").set_value("money_back").run()
    assert "flow:Kind.money_back→Ask" in [link.key for link in draft(studio, shop).links]
    press(app, "Add a case")
    assert [case["name"] for case in step(studio, shop, "Kind")["cases"]] == ["money_back", "case"]
    press(app, "Ask case earlier")
    assert [case["name"] for case in step(studio, shop, "Kind")["cases"]] == ["case", "money_back"]
    press(app, "Remove money_back")
    assert [case["name"] for case in step(studio, shop, "Kind")["cases"]] == ["case"]
    assert "flow:Kind.money_back→Ask" not in [link.key for link in draft(studio, shop).links]


def test_two_cases_of_one_name_are_refused_in_the_field(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Kind")
    press(app, "Add a case")

    named(app.text_input, "Case 2").set_value("refund").run()

    assert "a case called 'refund' already" in texts(app).replace("\\", "")
    assert [case["name"] for case in step(studio, shop, "Kind")["cases"]] == ["refund", "case"]


def test_conditions_of_three_kinds(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Kind")
    named(app.text_area, "CEL expression").set_value('output.kind == "refund"').run()
    assert step(studio, shop, "Kind")["cases"][0]["condition"]["expression"] == 'output.kind == "refund"'

    named(app.button_group, "Taken when").set_value("field").run()
    assert "`kind`, `amount`" in texts(app)
    named(app.text_input, "Field").set_value("amount").run()
    named(app.selectbox, "Comparison").set_value("ge").run()
    named(app.text_input, "Value").set_value("100").run()
    condition = step(studio, shop, "Kind")["cases"][0]["condition"]
    assert condition == {"kind": "field", "field": "amount", "operator": "ge", "value": 100}

    named(app.button_group, "Taken when").set_value("judge").run()
    named(app.text_area, "Statement").set_value("It is about money.").run()
    assert step(studio, shop, "Kind")["cases"][0]["condition"]["statement"] == "It is about money."


def test_an_expression_is_tried_on_a_sample_of_the_schema_before_it(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Kind")
    named(app.text_area, "CEL expression").set_value("output.amount > 5").run()

    open_fold(app, "Try it · refund")
    assert "`output.amount` 1" in texts(app)
    assert "It does not hold" in texts(app)
    named(app.text_area, "Sample of output (JSON or text)").set_value('{"amount": 9}').run()
    assert "It holds" in texts(app)

    named(app.text_area, "CEL expression").set_value("output.amount").run()
    assert "neither true nor false" in texts(app)


def test_a_broken_expression_says_so_under_its_field(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Kind")

    named(app.text_area, "CEL expression").set_value("output.amount >").run()

    assert texts(app).count("cannot be read") == 1


def test_limits_of_parallel_steps_and_maps(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="All")
    named(app.number_input, "Branches at once").set_value(3).run()
    named(app.selectbox, "A branch that fails").set_value("retry").run()
    named(app.number_input, "Times it is tried again").set_value(5).run()
    assert step(studio, shop, "All") == {"limit": 3, "on_failure": "retry", "retries": 5}

    app = open_page("design", organization=shop, node="Each")
    named(app.text_area, "List").set_value("output.items").run()
    named(app.number_input, "Items at once").set_value(None).run()
    assert (step(studio, shop, "Each")["items"], step(studio, shop, "Each")["limit"]) == ("output.items", None)


def test_joins(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Meet")

    named(app.text_area, "Between two outputs").set_value("; ").run()
    assert step(studio, shop, "Meet")["by"] == {"kind": "concatenate", "separator": "; "}
    named(app.selectbox, "Makes of the outputs").set_value("first_good").run()
    named(app.text_area, "CEL expression").set_value('output != ""').run()
    assert step(studio, shop, "Meet")["by"]["condition"]["expression"] == 'output != ""'
    named(app.selectbox, "Makes of the outputs").set_value("vote").run()
    named(app.text_area, "What is counted").set_value("output.kind").run()
    assert step(studio, shop, "Meet")["by"] == {"kind": "vote", "by": "output.kind"}
    named(app.selectbox, "Makes of the outputs").set_value("agent").run()
    named(app.selectbox, "Agent").set_value("Chair").run()
    named(app.text_area, "What it is told").set_value("Sum up: {{ output }}").run()
    assert step(studio, shop, "Meet")["by"] == {"kind": "agent", "agent": "Chair", "task": "Sum up: {{ output }}"}


def test_loops(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Again")

    named(app.text_area, "CEL expression").set_value("count == 3").run()
    named(app.number_input, "At most this many rounds").set_value(3).run()
    named(app.button_group, "When the limit is reached").set_value("fail").run()
    named(app.toggle, "Also ask before the first round").set_value(True).run()

    loop = step(studio, shop, "Again")
    assert (loop["until"]["expression"], loop["limit"], loop["on_limit"]) == ("count == 3", 3, "fail")
    assert loop["check_first"] is True
    open_fold(app, "Try it")
    assert "`count` 1" in texts(app)


def test_approvals_and_ends(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Ask")
    named(app.text_area, "What a person is asked").set_value("Refund {{ output.amount }}?").run()
    open_fold(app, "Try it")
    assert step(studio, shop, "Ask")["question"] == "Refund {{ output.amount }}?"
    assert [code.value for code in app.code] == ["Refund 1?"]

    app = open_page("design", organization=shop, node="Over")
    named(app.text_area, "Final output").set_value("No.").run()
    named(app.button_group, "The run is then").set_value("failed").run()
    assert step(studio, shop, "Over") == {"output": "No.", "outcome": "failed"}


def test_transforms_set_variables(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Note")

    named(app.text_area, "New value").set_value("output.kind").run()
    named(app.text_input, "Set another variable").set_value("total").run()
    named(app.text_input, "Expression 2").set_value("output.amount + 1").run()
    named(app.text_input, "Variable 1").set_value("known").run()
    assert step(studio, shop, "Note") == {
        "expression": "output.kind",
        "assign": {"known": "true", "total": "output.amount + 1"},
    }
    open_fold(app, "Try it · total")
    assert [code.value for code in app.code] == ["2"]

    named(app.text_input, "Variable 2").set_value("known").run()
    assert "set here already" in texts(app)
    named(app.text_input, "Variable 1").set_value("").run()
    assert step(studio, shop, "Note")["assign"] == {"total": "output.amount + 1"}


def test_a_flow_link_can_leave_elsewhere(studio: Core, shop: str) -> None:
    key = "flow:Ask.rejected→Over"
    app = open_page("design", organization=shop, node=key)

    assert named(app.selectbox, "Leaves from").options == ["approved · leads to Note", "rejected"]
    named(app.selectbox, "Leaves from").set_value("approved").run()

    assert "flow:Ask.approved→Over" in [link.key for link in draft(studio, shop).links]
    assert named(app.selectbox, "Leaves from").value == "approved"


def test_an_agent_shows_its_task_only_in_the_flow(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Idle")
    assert "Task in the workflow" not in [area.label for area in app.text_area]

    app = open_page("design", organization=shop, node="a")
    named(app.text_area, "Task in the workflow").set_value("Answer {{ input }}").run()
    named(app.toggle, "Sees the conversation").set_value(True).run()

    agent = draft(studio, shop).agent("a")
    assert agent is not None
    assert (agent.task, agent.sees_conversation) == ("Answer {{ input }}", True)


def test_state_and_entry_of_the_organization(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop)

    named(app.text_area, "State of the workflow (JSON)").set_value('{"total": 0}').run()
    named(app.selectbox, "Runs start with").set_value("Kind").run()

    assert draft(studio, shop).state == {"total": 0}
    assert draft(studio, shop).entry == "Kind"


def test_a_step_starts_the_run_and_is_renamed(studio: Core, shop: str) -> None:
    app = open_page("design", organization=shop, node="Kind")

    named(app.toggle, "Starts the run").set_value(True).run()
    named(app.text_input, "Name").set_value("Which?").run()

    assert draft(studio, shop).entry == "Which?"
    assert "flow:Which?.refund→Ask" in [link.key for link in draft(studio, shop).links]
