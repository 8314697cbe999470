"""Organizations as Mermaid flowcharts."""

from core.organization.mermaid import to_mermaid
from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    FlowLink,
    FunctionToolSpec,
    GuardsLink,
    HandoffLink,
    KeywordGuardrailSpec,
    Organization,
    UsesLink,
)
from core.organization.steps import AgentJoin, BranchStep, EndStep, JoinStep


def test_nodes_have_the_shape_of_their_kind_and_links_theirs() -> None:
    org = Organization(
        name="Shop",
        entry="Triage",
        agents=[AgentSpec(name=name) for name in ("Triage", "Billing")],
        tools=[FunctionToolSpec(name="refund", function="shop:refund")],
        guardrails=[KeywordGuardrailSpec(name="Words", keywords=["x"])],
        steps=[BranchStep(name="Good?"), EndStep(name="End"), JoinStep(name="All", by=AgentJoin(agent="Billing"))],
        links=[
            HandoffLink(source="Triage", target="Billing", description="money"),
            AsToolLink(source="Billing", target="Triage"),
            UsesLink(source="Billing", target="refund"),
            GuardsLink(source="Words", target="Triage"),
            FlowLink(source="Good?", port="yes", target="End"),
            UsesLink(source="Billing", target="gone"),
        ],
    )

    assert to_mermaid(org).splitlines() == [
        "flowchart LR",
        '    n0("#9654; Triage")',
        '    n1("Billing")',
        '    n2[["refund"]]',
        '    n3{{"Words"}}',
        '    n4{"Good?"}',
        '    n5((("End")))',
        '    n6[/"All"/]',
        '    n0 ==>|"money"| n1',
        '    n1 -.->|"as tool"| n0',
        "    n1 --- n2",
        "    n3 -.-o n0",
        '    n4 -->|"yes"| n5',
        "    n6 -.- n1",
    ]


def test_names_cannot_break_out_of_their_quotes() -> None:
    org = Organization(name="X", agents=[AgentSpec(name='a"]; click n0 "evil" #é\n😀')])

    (line,) = to_mermaid(org).splitlines()[1:]

    assert line.strip() == 'n0("a#34;#93;; click n0 #34;evil#34; #35;#233; #128512;")'
