"""Decisions: one by one, meanwhile, twice, and on two threads at once; each is carried out once."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.organization.spec import (
    AgentSpec,
    ApproveWhen,
    AsToolLink,
    Organization,
    UsesLink,
)
from core.records import ApprovalRecord
from tests.support.slow_till import call, gate, paid, till
from tests.support.stalling import script
from tests.support.studio import (
    assistant_message,
    function_call,
    open_studio,
    scripted,
    start,
    story,
    until,
    wait_for_run,
)

pytestmark = pytest.mark.usefixtures("each_database")

DONE = assistant_message("Done.")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    paid.clear()
    gate.clear()
    yield
    gate.set()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Core, str, dict[str, ApprovalRecord]]]:
    """A run with two calls that wait, by whom they pay."""
    with ExitStack() as stack:
        core = stack.enter_context(open_studio(tmp_path, script([call("slow"), call("ben")], DONE)))
        run = wait_for_run(core, start(core, till(), "Pay both"))
        assert run.status == "waiting", run.error_message
        yield core, run.id, {each.arguments["to"]: each for each in core.approvals.pending()}


Two = tuple[Core, str, dict[str, ApprovalRecord]]


def test_two_calls_of_one_turn_are_decided_one_by_one(two: Two) -> None:
    core, run_id, waiting = two
    gate.set()

    core.approvals.approve(waiting["ben"].id, by="ada")
    until(lambda: story(core, run_id).count("run_waiting") == 2)

    assert paid == ["ben"]
    assert [each.arguments["to"] for each in core.approvals.pending()] == ["slow"]

    core.approvals.reject(waiting["slow"].id, reason="Too slow.", by="ada")
    run = wait_for_run(core, run_id, "completed", "failed")

    assert run.status == "completed", run.error_message
    assert paid == ["ben"]
    assert story(core, run_id).count("approval_requested") == 2
    assert story(core, run_id).count("approval_decided") == 2


def test_a_decision_that_comes_while_another_is_carried_out(two: Two) -> None:
    core, run_id, waiting = two

    core.approvals.approve(waiting["slow"].id, by="ada")
    until(lambda: "tool_called" in story(core, run_id))
    core.approvals.approve(waiting["ben"].id, by="ben")
    assert core.runs.get(run_id).status == "running"
    gate.set()
    run = wait_for_run(core, run_id, "completed", "failed")

    assert run.status == "completed", run.error_message
    assert paid == ["slow", "ben"]
    assert story(core, run_id).count("approval_decided") == 2


def test_only_one_of_many_decisions_at_once_counts(two: Two) -> None:
    core, run_id, waiting = two
    gate.set()
    start_line = threading.Barrier(6)
    outcomes: list[str] = []

    def decide(number: int) -> None:
        start_line.wait()
        try:
            if number % 2:
                core.approvals.approve(waiting["ben"].id, by=f"p{number}")
            else:
                core.approvals.reject(waiting["ben"].id, reason="No.", by=f"p{number}")
            outcomes.append(f"p{number}")
        except ConflictError:
            outcomes.append("too late")

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("too late") == 5
    (winner,) = set(outcomes) - {"too late"}
    decided = core.approvals.get(waiting["ben"].id)
    assert decided.decided_by == winner
    core.approvals.approve(waiting["slow"].id)
    assert wait_for_run(core, run_id, "completed", "failed").status == "completed"
    assert paid.count("ben") == (1 if decided.status == "approved" else 0)


def test_decisions_that_cannot_be_taken(two: Two) -> None:
    core, run_id, waiting = two

    with pytest.raises(InvalidInputError, match="needs a reason"):
        core.approvals.reject(waiting["ben"].id, reason="  ")
    with pytest.raises(InvalidInputError, match="valid Unicode"):
        core.approvals.reject(waiting["ben"].id, reason="\ud83d")
    with pytest.raises(NotFoundError):
        core.approvals.approve("apr_none")
    core.runs.stop(run_id)
    with pytest.raises(ConflictError):
        core.approvals.approve(waiting["ben"].id)

    assert paid == []
    assert core.approvals.pending_count() == 0
    assert [each.status for each in core.approvals.decided().rows] == ["expired", "expired"]


def test_a_rule_on_an_argument(tmp_path: Path) -> None:
    """Small amounts are paid at once; a large one, and one that is not said, waits."""
    rule = ApproveWhen(argument="amount", operator="gt", value=50)
    model = script([call("ann", amount=50), call("ben", amount=50.01), call("cem")], DONE)
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, till(rule=rule), "Pay"))

        assert run.status == "waiting", run.error_message
        assert paid == ["ann"]
        assert {each.arguments["to"] for each in core.approvals.of_run(run.id)} == {"ben", "cem"}


def test_names_with_emoji(tmp_path: Path) -> None:
    with open_studio(tmp_path, scripted(call("ann"), DONE)) as core:
        run = wait_for_run(core, start(core, till(name="Kasse 💶 №1"), "Pay 🎉"))
        approval = core.approvals.pending()[0]
        assert approval.agent == "Kasse 💶 №1"

        core.approvals.approve(approval.id, reason="👍", by="ada")
        run = wait_for_run(core, run.id, "completed", "failed")

        assert (run.status, run.last_agent) == ("completed", "Kasse 💶 №1"), run.error_message
        assert paid == ["ann"]


def test_calls_of_nested_agents_wait_too(tmp_path: Path) -> None:
    """Two agents are asked at once and each wants to pay; the calls are decided one by one."""
    helpers = ["north", "south"]
    spec = Organization(
        name="Two tills",
        entry="chief",
        agents=[AgentSpec(name="chief"), *(AgentSpec(name=name, handoff_description="Pays") for name in helpers)],
        tools=till().tools,
        links=[
            *(AsToolLink(source="chief", target=name) for name in helpers),
            *(UsesLink(source=name, target="pay") for name in helpers),
        ],
    )
    asked = [function_call(name, {"input": "Pay"}, call_id=f"n_{name}") for name in helpers]
    model = script(asked, call("ann"), call("ben"), DONE, DONE, assistant_message("All done."))
    with open_studio(tmp_path, model) as core:
        run = wait_for_run(core, start(core, spec, "Pay both"))
        assert run.status == "waiting", run.error_message
        waiting = {each.arguments["to"]: each.id for each in core.approvals.pending()}
        assert set(waiting) == {"ann", "ben"}

        core.approvals.approve(waiting["ben"])
        until(lambda: paid == ["ben"])
        wait_for_run(core, run.id, "waiting")
        core.approvals.approve(waiting["ann"])
        run = wait_for_run(core, run.id, "completed", "failed")

        assert (run.status, run.output) == ("completed", "All done."), run.error_message
        assert paid == ["ben", "ann"]
        assert story(core, run.id).count("tool_called") == 4
