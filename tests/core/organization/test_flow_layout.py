"""A workflow is arranged from left to right, and what its agents use stands below them."""

from core.organization.flow_layout import STEP_DROP
from core.organization.layout import auto_layout
from core.organization.spec import FunctionToolSpec, GuardsLink, KeywordGuardrailSpec, Organization, UsesLink
from core.organization.steps import BranchCase, BranchStep, EndStep, LoopStep
from tests.core.organization.flows import workflow


def with_tools(org: Organization, **tools: list[str]) -> Organization:
    """With these tools for each agent, and a guardrail for the first."""
    names = [name for each in tools.values() for name in each]
    function = "core.toolbox.support:search_knowledge_base"
    links = [UsesLink(source=agent, target=name) for agent, each in tools.items() for name in each]
    return org.model_copy(
        update={
            "tools": [FunctionToolSpec(name=name, function=function) for name in names],
            "guardrails": [KeywordGuardrailSpec(name="guard", keywords=["x"])],
            "links": [*links, GuardsLink(source="guard", target=next(iter(tools))), *org.links],
        }
    )


def test_a_line_with_tools_stays_a_line() -> None:
    org = with_tools(workflow("a → b → c"), a=["a1", "a2", "a3"], c=["c1"])

    places = auto_layout(org)

    assert places["a"].y == places["b"].y == places["c"].y
    assert places["a"].x + 212 < places["b"].x
    assert places["b"].x + 212 < places["c"].x
    for agent, hanging in {"a": ["a1", "a2", "a3", "guard"], "c": ["c1"]}.items():
        assert all(places[name].x == places[agent].x + 24 for name in hanging)
        assert all(places[name].y >= places[agent].y + 60 for name in hanging)
    assert len({places[name].y for name in ("a1", "a2", "a3", "guard")}) == 4


def test_ways_of_a_branch_stand_above_each_other_with_room_for_tools() -> None:
    step = BranchStep(name="Kind", cases=[BranchCase(name="yes")])
    org = with_tools(workflow("a → Kind\nKind.yes → b\nKind.default → c", step), b=["b1", "b2"])

    places = auto_layout(org)

    assert places["b"].x == places["c"].x > places["Kind"].x > places["a"].x
    assert places["c"].y > max(places[name].y for name in ("b1", "b2", "guard")) + 46


def test_ways_stand_in_the_order_of_their_ports() -> None:
    step = BranchStep(name="Kind", cases=[BranchCase(name="one"), BranchCase(name="two")])

    places = auto_layout(workflow("a → Kind\nKind.default → d\nKind.two → c\nKind.one → b", step))

    assert places["b"].y < places["c"].y < places["d"].y


def test_lines_from_agents_to_steps_are_straight() -> None:
    places = auto_layout(workflow("a → Over", EndStep(name="Over")))

    assert places["Over"].y == places["a"].y + STEP_DROP


def test_the_way_back_to_a_loop_does_not_turn_it_around() -> None:
    places = auto_layout(workflow("Again.body → a → Again\nAgain.done → b", LoopStep(name="Again")))

    assert places["Again"].x < places["a"].x
    assert places["Again"].x < places["b"].x


def test_what_has_nothing_to_do_with_the_flow_stands_below_it() -> None:
    org = workflow("a → b", agents="lonely other")

    places = auto_layout(org)

    assert min(places["lonely"].y, places["other"].y) > max(places["a"].y, places["b"].y) + 60
