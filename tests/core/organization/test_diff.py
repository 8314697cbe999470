"""What differs between two organizations, in changes and in words."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from core.organization.diff import (
    FieldChanged,
    LinkRemoved,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
    Weight,
    difference,
    statements,
)
from core.organization.edits import add_node, connect, delete, move, rename, replace_link, replace_node
from core.organization.memory import RecentMemory, SummaryMemory
from core.organization.secrets import WORTH_HIDING
from core.organization.spec import (
    AgentSpec,
    AlwaysApprove,
    ApproveWhen,
    AsToolLink,
    FunctionToolSpec,
    HttpToolSpec,
    McpStdioToolSpec,
    NeverApprove,
    Organization,
    Position,
    RunSettings,
    UsesLink,
)
from core.organization.steps import (
    ApprovalStep,
    BranchCase,
    BranchStep,
    CelCondition,
    FieldCondition,
    LoopStep,
    ParallelStep,
)
from core.organization.wording import with_fields
from tests.core.organization.flows import workflow
from tests.core.organization.samples import desk
from tests.core.organization.strategies import workflows

HERE = Position(x=500, y=500)


def said(before: Organization, after: Organization) -> list[str]:
    return [statement.words for statement in statements(difference(before, after))]


def refunding(approval: Any = None, effect: str = "writes") -> Organization:
    """Billing may refund, too."""
    refund = FunctionToolSpec(
        name="refund",
        function="core.toolbox.billing:issue_refund",
        effect="writes" if effect == "writes" else "reads",
        approval=approval or NeverApprove(),
    )
    org = desk()
    return org.model_copy(
        update={"tools": [*org.tools, refund], "links": [*org.links, UsesLink(source="Billing", target="refund")]}
    )


def with_node(org: Organization, name: str, **fields: Any) -> Organization:
    node = org.agent(name) or org.tool(name) or org.guardrail(name) or org.step(name)
    assert node is not None
    return replace_node(org, name, with_fields(node, **fields))


# -- no differences ---------------------------------------------------------------------------------


def shuffled(org: Organization) -> Organization:
    return org.model_copy(
        update={
            "agents": org.agents[::-1],
            "tools": org.tools[::-1],
            "guardrails": org.guardrails[::-1],
            "steps": org.steps[::-1],
            "samples": org.samples[::-1],
        }
    )


def test_moving_and_reordering_are_no_changes() -> None:
    org = with_node(desk(), "No secrets", keywords=["a", "b"])
    moved = move(org, {"Desk": HERE})
    turned = with_node(shuffled(moved), "No secrets", keywords=["b", "a"])

    assert difference(org, turned.model_copy(update={"links": org.links[::-1]})).changes == ()


@settings(max_examples=40, deadline=None)
@given(workflows)
def test_nothing_differs_from_itself(org: Organization) -> None:
    assert difference(org, org).changes == ()


def test_the_order_in_which_a_schema_lists_its_fields_is_no_change() -> None:
    schema = {"type": "object", "properties": {"a": {"enum": ["x", "y"]}}, "required": ["a", "b"]}
    other = {"required": ["b", "a"], "type": "object", "properties": {"a": {"enum": ["y", "x"]}}}

    assert (
        said(with_node(desk(), "Desk", output_schema=schema), with_node(desk(), "Desk", output_schema=other)) == []
    )


# -- what people must see first ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (AlwaysApprove(), NeverApprove(), "'Billing' may now call 'refund' without approval."),
        (
            AlwaysApprove(),
            ApproveWhen(argument="amount", operator="gt", value=50),
            "'Billing' may now call 'refund' without approval unless amount is more than 50 "
            "(before, each call waited for approval).",
        ),
        (
            ApproveWhen(argument="amount", operator="gt", value=50),
            ApproveWhen(argument="amount", operator="gt", value=500),
            "'Billing' may now call 'refund' without approval unless amount is more than 500 "
            "(before, a call waited for approval when amount was more than 50).",
        ),
    ],
)
def test_a_loosened_approval_comes_first(before: Any, after: Any, words: str) -> None:
    changed = with_node(refunding(after), "Desk", instructions="Another text.", model="openai/gpt-5")

    first = statements(difference(refunding(before), changed))[0]

    assert (first.weight, first.words) == (Weight.APPROVAL, words)
    assert first.change == FieldChanged("refund", "approval", before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (NeverApprove(), AlwaysApprove()),
        (ApproveWhen(argument="a", operator="gt", value=50), AlwaysApprove()),
        (ApproveWhen(argument="a", operator="gt", value=50), ApproveWhen(argument="a", operator="gt", value=5)),
        (ApproveWhen(argument="a", operator="lt", value=50), ApproveWhen(argument="a", operator="lt", value=60)),
    ],
)
def test_a_stricter_approval_is_told_as_such(before: Any, after: Any) -> None:
    told = statements(difference(refunding(before), refunding(after)))

    assert [statement.weight for statement in told] == [Weight.BEHAVIOUR]
    assert told[0].words.startswith("Calls of 'refund' by 'Billing' are checked more strictly: ")


def test_a_new_use_says_whether_anybody_is_asked() -> None:
    free, asked = refunding(), refunding(AlwaysApprove())

    told = [statements(difference(desk(), org))[0] for org in (free, asked)]

    assert [(each.weight, each.words) for each in told] == [
        (Weight.APPROVAL, "'Billing' may now call 'refund' without approval."),
        (Weight.EFFECT, "'Billing' may now call 'refund': each call waits for approval."),
    ]
    assert said(free, connect(free, "uses", "Billing", "weather")) == [
        "'Billing' may now call 'weather', which only reads."
    ]


def test_side_effects_guardrails_and_secrets_follow() -> None:
    before = refunding(AlwaysApprove())
    weather = before.tool("weather")
    assert isinstance(weather, HttpToolSpec)
    after = with_node(before, "refund", approval=NeverApprove())
    after = with_node(after, "look_up", effect="writes")
    after = with_node(after, "weather", headers={"X-Api-Key": "hunter2"})
    after = delete(after, ["No secrets"])
    after = with_node(after, "Writer", instructions="Write with care.")
    after = after.model_copy(update={"description": "A desk."})

    told = statements(difference(before, after))

    assert [statement.weight for statement in told] == sorted(statement.weight for statement in told)
    assert [statement.words for statement in told] == [
        "'Billing' may now call 'refund' without approval.",
        "'look_up' counts as changing something now: it is never silently repeated.",
        "The guardrail 'No secrets' was removed; it watched 'Desk'.",
        "The header 'X-Api-Key' of 'weather' was added.",
        "`headers.X-Api-Key` of 'weather' holds what looks like a secret now.",
        "The instructions of 'Writer' are “Write with care.” now, before: “Write.”.",
        "The description of the organization is “A desk.” now, before: empty.",
    ]


def test_an_approval_step_that_went_is_an_approval_loosened() -> None:
    before = workflow("a → Ask\nAsk.approved → b", ApprovalStep(name="Ask", question="Go on?"))
    after = connect(delete(before, ["Ask"]), "flow", "a", "b")

    assert said(before, after)[0] == "The approval step 'Ask' was removed: nobody is asked there any more."
    assert "After 'a' comes 'b' now." in said(before, after)
    assert said(after, before)[0] == "The approval step 'Ask' was added: a person decides there now."


def test_an_agent_as_tool_without_approval() -> None:
    org = desk()
    link = AsToolLink(source="Desk", target="Writer", approval=AlwaysApprove())
    strict = replace_link(org, link.key, link)

    assert said(strict, org) == ["'Desk' may now call 'Writer' without approval."]


# -- words ------------------------------------------------------------------------------------------


def change_of(edit: Callable[[Organization], Organization]) -> list[str]:
    return said(refunding(), edit(refunding()))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda org: connect(org, "handoff", "Billing", "Writer"), "'Billing' hands off to 'Writer' now."),
        (lambda org: delete(org, [], ["handoff:Desk→Billing"]), "'Desk' no longer hands off to 'Billing'."),
        (lambda org: delete(org, [], ["guards:No secrets→Desk"]), "'No secrets' no longer watches 'Desk'."),
        (lambda org: delete(org, ["refund"]), "The tool 'refund' was removed; 'Billing' used it."),
        (lambda org: add_node(org, "mcp_http", HERE)[0], "The MCP server 'mcp_server' was added."),
        (lambda org: add_node(org, "loop", HERE)[0], "The loop step 'Loop' was added."),
        (lambda org: rename(org, "Desk", "Front"), "'Desk' is called 'Front' now."),
        (
            lambda org: with_node(org, "Desk", model="openai/gpt-5"),
            "'Desk' asks 'openai/gpt-5' now, not the studio's default model.",
        ),
        (
            lambda org: org.model_copy(update={"run": RunSettings(max_turns=50)}),
            "The limit of turns of a run is 50 now, before: 10.",
        ),
        (
            lambda org: org.model_copy(update={"run": RunSettings(memory=RecentMemory(turns=3))}),
            "Runs remember the newest 3 turns of a conversation now, before: runs remember the whole "
            "conversation.",
        ),
        (
            lambda org: org.model_copy(update={"run": RunSettings(memory=SummaryMemory(keep_turns=1))}),
            "Runs remember a summary of all but the newest turn of a conversation that is longer than 20,000 "
            "tokens now, before: runs remember the whole conversation.",
        ),
        (
            lambda org: org.model_copy(update={"entry": "Writer"}),
            "Runs start with 'Writer' now, not with 'Desk'.",
        ),
        (
            lambda org: with_node(org, "No secrets", keywords=["pin"]),
            "The keywords of guardrail 'No secrets' changed: “pin” was added, “password” was removed.",
        ),
        (
            lambda org: with_node(org, "No secrets", stage="output"),
            "The stage of guardrail 'No secrets' is “output” now, before: “input”.",
        ),
        (
            lambda org: with_node(org, "weather", url="https://other.example/"),
            "The url of 'weather' is “https://other.example/” now, before: “https://example.org/today”.",
        ),
        (
            lambda org: with_node(org, "Desk", output_schema={"type": "object"}),
            "'Desk' answers in JSON by a schema now.",
        ),
        (lambda org: org.model_copy(update={"samples": ["Hi"]}), "The sample inputs changed: “Hi” was added."),
        (
            lambda org: org.model_copy(update={"voice": "alto"}),
            "The voice of the organization is “alto” now.",
        ),
    ],
)
def test_changes_in_words(edit: Callable[[Organization], Organization], words: str) -> None:
    assert words in change_of(edit)


def test_long_texts_are_counted_and_not_shown() -> None:
    long = "Answer the customer in one friendly paragraph. Ask when something is not clear, and never guess."
    before = with_node(desk(), "Writer", instructions=long)
    after = with_node(desk(), "Writer", instructions=long.replace("friendly ", "") + " Sign with your name.")

    assert said(before, after) == ["The instructions of 'Writer' changed (+4 −1 words)."]


def test_what_a_workflow_asks() -> None:
    cases = [BranchCase(name="good", condition=FieldCondition(field="score", operator="ge", value=3))]
    before = workflow("a → B\nB.good → c\nB.default → d", BranchStep(name="B", cases=cases))
    poor = BranchCase(name="poor", condition=CelCondition(expression="output.score < 2"))
    after = with_node(before, "B", cases=[*cases, poor])
    turned = with_node(before, "B", cases=[poor, *cases])

    assert said(before, after) == ["The case 'poor' of 'B' is “output.score < 2” now."]
    assert said(after, turned) == ["The order of cases of 'B' is “poor”, “good” now, before: “good”, “poor”."]
    loops = [LoopStep(name="L", limit=limit) for limit in (5, 9)]
    assert said(*(workflow("a → L\nL.body → b\nb → L\nL.done → c", loop) for loop in loops)) == [
        "The limit of 'L' is 9 now, before: 5."
    ]


def test_the_order_of_branches_counts() -> None:
    before = workflow("P.branch → a\nP.branch → b", ParallelStep(name="P"))
    after = before.model_copy(update={"links": before.links[::-1]})

    assert said(before, after) == ["The order of branches of 'P' is “b”, “a” now, before: “a”, “b”."]


def test_links_of_a_node_that_went_are_not_told_again() -> None:
    gone = difference(desk(), delete(desk(), ["Billing"]))

    assert said(desk(), delete(desk(), ["Billing"])) == ["The agent 'Billing' was removed."]
    removed = {change.link.key for change in gone.changes if isinstance(change, LinkRemoved)}
    assert removed == {"handoff:Desk→Billing", "uses:Billing→look_up"}


def test_a_secret_never_stands_in_a_sentence() -> None:
    key = "sk-proj-4fJq0aaXbZ9T2mW8vR5u"
    before = Organization(
        name="D",
        tools=[
            HttpToolSpec(name="h", url="https://a.example", headers={"Authorization": "x"}),
            McpStdioToolSpec(name="m", command="x", arguments=["--token", "hunter2"]),
        ],
        agents=[AgentSpec(name="A")],
    )
    after = with_node(before, "h", url=f"https://a.example?key={key}", headers={"Authorization": f"Bearer {key}"})
    after = with_node(after, "m", arguments=["--token", "hunter3"], environment={"PASSWORD": "hunter4"})
    after = with_node(after, "A", instructions=key)

    text = "\n".join(said(before, after) + said(after, before))

    assert len(key) > WORTH_HIDING
    assert key not in text
    assert "hunter" not in text


# -- renames ----------------------------------------------------------------------------------------


def test_a_rename_is_found_by_content_although_the_text_changed_a_little() -> None:
    after = with_node(
        rename(desk(), "Desk", "Front"), "Front", instructions="Send each customer to whom they want."
    )

    changes = difference(desk(), after).changes

    assert changes[0] == NodeRenamed("Desk", "Front")
    assert [type(change) for change in changes] == [NodeRenamed, FieldChanged]


def test_another_node_in_the_same_place_is_no_rename() -> None:
    after, name = add_node(delete(desk(), ["Writer"]), "agent", HERE, {"instructions": "Check the facts twice."})

    changes = difference(desk(), after).changes

    assert {type(change) for change in changes} == {NodeRemoved, NodeAdded, LinkRemoved}
    assert name not in difference(desk(), after).renames.values()


def test_what_refers_to_a_renamed_step_is_not_changed_itself() -> None:
    before = workflow("a → L\nL.body → b\nb → L\nL.done → c", LoopStep(name="L"))
    before = with_node(before, "L", until=CelCondition(expression='steps["b"].good'))
    before = with_node(before, "b", instructions="Write a poem about the sea.")

    assert difference(before, rename(before, "b", "Poet")).changes == (NodeRenamed("b", "Poet"),)


def test_doubled_names_are_compared_one_by_one() -> None:
    org = desk()
    doubled = org.model_copy(update={"agents": [*org.agents, AgentSpec(name="Desk", instructions="Again.")]})

    changes = difference(org, doubled).changes

    assert changes == (NodeAdded(doubled.agents[-1]),)


@settings(max_examples=60, deadline=None)
@given(workflows, workflows)
def test_any_two_can_be_compared(one: Organization, other: Organization) -> None:
    found = difference(one, other)

    told = statements(found)

    assert all(statement.words.endswith(".") for statement in told)
    assert [statement.weight for statement in told] == sorted(statement.weight for statement in told)
