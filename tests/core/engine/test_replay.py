"""Runs that are worked on again from their journal."""

from pathlib import Path
from typing import Any

import pytest

from core.bootstrap import Core
from core.engine.replay import Replay, ReplayError
from core.organization.spec import AgentSpec, FunctionToolSpec, Organization, UsesLink
from tests.support.studio import assistant_message, function_call, open_studio, scripted, start, wait_for_run

effects: list[str] = []
ROWS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("0:/model:0", "first", {"items": []}),
    ("0:c1/model:0", "inner", {"items": []}),
    ("c1/tool:c2", "call", {"output": "ok", "writes": True}),
    ("0:c1/model:1", "second", {"items": []}),
    ("0:/model:1", "third", {"items": []}),
    ("/tool:c3", "call", None),
]


def pay(amount: int) -> str:
    """Pay an amount."""
    effects.append(str(amount))
    return f"Paid {amount}."


@pytest.mark.parametrize(
    ("key", "refused"),
    [("0:/model:0", True), ("0:c1/model:0", True), ("0:c1/model:1", False), ("0:/model:1", False)],
)
def test_another_question_is_refused_before_recorded_effects(key: str, refused: bool) -> None:
    """Only where calls that changed something came after it, at its place or below."""
    replay = Replay(ROWS)
    replay.refuse_other_question(key, {at: asked for at, asked, _ in ROWS}[key], agent="a")

    if refused:
        with pytest.raises(ReplayError):
            replay.refuse_other_question(key, "other", agent="a")
    else:
        replay.refuse_other_question(key, "other", agent="a")


def test_a_replay_asks_nothing_and_does_nothing(tmp_path: Path) -> None:
    """All answers are in the journal: the run comes to the same end."""
    effects.clear()
    with open_studio(tmp_path, _model()) as core:
        run_id = _paid(core)

        _work_again(core, run_id)

        run = wait_for_run(core, run_id, "completed", "failed")
        assert (run.status, run.output) == ("completed", "Paid."), run.error_message
        assert effects == ["7"]


def test_a_replay_that_would_go_another_way_ends_the_run(tmp_path: Path) -> None:
    """The model would be asked something new, and its old answer was followed by a payment: it is not repeated."""
    effects.clear()
    with open_studio(tmp_path, _model()) as core:
        run_id = _paid(core)

        _work_again(core, run_id, "UPDATE journal SET fingerprint = 'other' WHERE key = '0:/model:0'")

        run = wait_for_run(core, run_id, "completed", "failed")
        assert (run.status, run.error_code) == ("failed", "replay_changed")
        assert run.error_hint is not None
        assert "start a new run" in run.error_hint
        assert effects == ["7"]


def _model() -> Any:
    return scripted(function_call("pay", {"amount": 7}, call_id="c1"), assistant_message("Paid."))


def _paid(core: Core) -> str:
    till = Organization(
        name="Till",
        entry="cashier",
        agents=[AgentSpec(name="cashier", instructions="Pay.")],
        tools=[FunctionToolSpec(name="pay", function=f"{__name__}:pay", effect="writes")],
        links=[UsesLink(source="cashier", target="pay")],
    )
    return wait_for_run(core, start(core, till, "Pay 7")).id


def _work_again(core: Core, run_id: str, *statements: str) -> None:
    """As if the process had died before it could store the end."""
    with core.database.batch() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("DELETE FROM event WHERE kind = 'run_completed'")
        connection.exec_driver_sql(f"UPDATE run SET lease_owner = '{core.engine.owner}'")
        connection.exec_driver_sql("UPDATE run SET status = 'queued', ended_at = NULL, output = NULL")
    core.engine.wake()
