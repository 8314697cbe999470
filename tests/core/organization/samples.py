"""A small sound organization that tests bend."""

from core.organization.spec import (
    AgentSpec,
    AsToolLink,
    FunctionToolSpec,
    GuardsLink,
    HandoffLink,
    HttpToolSpec,
    KeywordGuardrailSpec,
    Organization,
    Position,
    UsesLink,
)


def desk() -> Organization:
    """Desk hands off to Billing (which uses `look_up`), calls Writer as a tool, and is guarded."""
    return Organization(
        name="Help desk",
        entry="Desk",
        agents=[
            AgentSpec(name="Desk", instructions="Send each customer to whom they need."),
            AgentSpec(name="Billing", instructions="Answer.", handoff_description="Invoices and payments."),
            AgentSpec(name="Writer", instructions="Write.", handoff_description="Writes friendly letters."),
        ],
        tools=[
            FunctionToolSpec(name="look_up", function="core.toolbox.billing:look_up_invoice", effect="reads"),
            HttpToolSpec(name="weather", url="https://example.org/today", effect="reads"),
        ],
        guardrails=[KeywordGuardrailSpec(name="No secrets", keywords=["password"])],
        links=[
            HandoffLink(source="Desk", target="Billing"),
            AsToolLink(source="Desk", target="Writer"),
            UsesLink(source="Billing", target="look_up"),
            UsesLink(source="Desk", target="weather"),
            GuardsLink(source="No secrets", target="Desk"),
        ],
        layout={"Desk": Position(x=0, y=0), "Billing": Position(x=320, y=0), "look_up": Position(x=640, y=0)},
    )
