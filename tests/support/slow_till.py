"""An organization that pays when a person agrees; payments to "slow" wait until a test opens the gate."""

import threading
from typing import Any

from agents.testing import function_call

from core.organization.spec import (
    AgentSpec,
    AlwaysApprove,
    ApprovalRule,
    FunctionToolSpec,
    Organization,
    UsesLink,
)

gate = threading.Event()
paid: list[str] = []


def pay(to: str, amount: float = 1) -> str:
    """Pay somebody."""
    if to == "slow":
        gate.wait(20)
    paid.append(to)
    return f"Paid {to}."


def till(name: str = "cashier", *, rule: ApprovalRule | None = None) -> Organization:
    """One agent who pays when a person agrees."""
    tool = FunctionToolSpec(name="pay", function="tests.support.slow_till:pay", approval=rule or AlwaysApprove())
    return Organization(
        name="Till",
        entry=name,
        agents=[AgentSpec(name=name)],
        tools=[tool],
        links=[UsesLink(source=name, target="pay")],
    )


def call(to: str, **arguments: Any) -> Any:
    """A model's call to pay somebody."""
    return function_call("pay", {"to": to, **arguments}, call_id=f"c_{to}")
