"""A process that works on a run and is killed at a chosen moment. Its tools count their effects in a file."""

import os
import signal
import sys
from pathlib import Path

from core.bootstrap import Core
from core.organization.spec import AgentSpec, AlwaysApprove, FunctionToolSpec, Organization, UsesLink
from tests.support.studio import assistant_message, function_call, open_studio, scripted, until, wait_for_run

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


def till(*, approval: bool = False) -> Organization:
    """A cashier who looks and pays."""
    rule = {"approval": AlwaysApprove()} if approval else {}
    return Organization(
        name="Till",
        entry="cashier",
        agents=[AgentSpec(name="cashier", instructions="Pay.")],
        tools=[
            FunctionToolSpec(name="look", function="tests.support.dying:look", effect="reads"),
            FunctionToolSpec(name="pay", function="tests.support.dying:pay", effect="writes", **rule),
        ],
        links=[UsesLink(source="cashier", target="look"), UsesLink(source="cashier", target="pay")],
    )


def answers() -> list[object]:
    """What the cashier's model says, call by call."""
    return [
        function_call("look", {"thing": "the bill"}, call_id="c1"),
        function_call("pay", {"amount": 7}, call_id="c2"),
        assistant_message("All paid."),
    ]


def work(core: Core, *, approval: bool) -> str:
    """Start the run, and approve when it asks."""
    run_id = core.runs.start(core.organizations.create(till(approval=approval)), "Pay the bill")
    print(run_id, flush=True)
    run = wait_for_run(core, run_id)
    if run.status == "waiting" and os.environ.get(DIE) != "while_waiting":
        core.approvals.approve(core.approvals.pending()[0].id, by="test")
        wait_for_run(core, run_id, "completed", "failed")
    return run_id


def main() -> None:
    """Work until killed."""
    folder, approval = Path(sys.argv[1]), sys.argv[2] == "approval"
    with open_studio(folder, scripted(*answers())) as core:
        run_id = work(core, approval=approval)
        if os.environ.get(DIE) == "while_waiting":
            os.kill(os.getpid(), signal.SIGKILL)
        until(lambda: core.runs.get(run_id).ended)


if __name__ == "__main__":
    main()
