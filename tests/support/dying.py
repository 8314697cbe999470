"""Tools that kill their process at a chosen moment, and count their effects in a file."""

import os
import signal
from pathlib import Path

from core.organization.spec import AgentSpec, FunctionToolSpec, Organization, UsesLink

LEDGER = "STUDIO_TEST_LEDGER"
DIE = "STUDIO_TEST_DIE"


def pay(amount: int) -> str:
    """Pay an amount."""
    _die_at("before_effect")
    with Path(os.environ[LEDGER]).open("a") as ledger:
        ledger.write(f"{amount}\n")
    _die_at("after_effect")
    return f"Paid {amount}."


def look(thing: str) -> str:
    """Look at a thing."""
    _die_at("while_reading")
    return f"{thing} is fine."


def _die_at(moment: str) -> None:
    if os.environ.get(DIE) == moment:
        os.kill(os.getpid(), signal.SIGKILL)


def till() -> Organization:
    """A cashier who looks and pays."""
    return Organization(
        name="Till",
        entry="cashier",
        agents=[AgentSpec(name="cashier", instructions="Pay.")],
        tools=[
            FunctionToolSpec(name="look", function="tests.support.dying:look", effect="reads"),
            FunctionToolSpec(name="pay", function="tests.support.dying:pay", effect="writes"),
        ],
        links=[UsesLink(source="cashier", target="look"), UsesLink(source="cashier", target="pay")],
    )
