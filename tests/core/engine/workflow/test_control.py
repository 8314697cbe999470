"""Stopping, time limits, restarts without a crash, and what may not start at all."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from core.errors import BrokenOrganizationError, ProviderError
from core.organization.files import spec_hash
from core.organization.spec import Organization, RunSettings
from core.organization.steps import (
    ApprovalStep,
    BranchCase,
    BranchStep,
    JoinStep,
    JudgeCondition,
    ListJoin,
    LoopStep,
    ParallelStep,
)
from core.store import organizations
from tests.support.cast import Call, Cast, outline, play, steps_told
from tests.support.studio import open_studio, start, story, until, wait_for_run

pytestmark = pytest.mark.usefixtures("each_database")


def fan(**more: Any) -> Organization:
    return play(
        "fan.branch → a → meet\nfan.branch → b → meet\nmeet → z",
        ParallelStep(name="fan"),
        JoinStep(name="meet", by=ListJoin()),
        **more,
    )


async def never(_call: Call) -> str:
    await asyncio.Event().wait()
    return ""


def test_a_run_is_stopped_in_the_middle(tmp_path: Path) -> None:
    """What is at work is cancelled; what was done stays."""
    with open_studio(tmp_path, Cast(a=["A"], b=[never])) as core:
        run_id = start(core, fan(), "go")
        until(lambda: "- fan/1/a" in steps_told(core, run_id))

        core.runs.stop(run_id, by="ada")
        run = wait_for_run(core, run_id, "cancelled", "completed", "failed")

        assert run.status == "cancelled"
        assert run.requests == 1
        lines = outline(core, run_id)
        assert lines[0] == "parallel fan (cancelled)"
        assert "  agent a" in lines
        assert "  agent b (cancelled)" in lines


def test_a_waiting_run_is_stopped(tmp_path: Path) -> None:
    org = play("a → ask\nask.approved → b\nask.rejected → b", ApprovalStep(name="ask", question="Well?"))
    with open_studio(tmp_path, Cast(a=["A"], b=[])) as core:
        run = wait_for_run(core, start(core, org, "go"))
        core.runs.stop(run.id)

        assert core.runs.get(run.id).status == "cancelled"
        assert [each.status for each in core.approvals.of_run(run.id)] == ["expired"]


def test_a_run_has_a_time_limit(tmp_path: Path) -> None:
    org = fan(run=RunSettings(timeout_seconds=0.3))
    with open_studio(tmp_path, Cast(a=["A"], b=[never])) as core:
        run = wait_for_run(core, start(core, org, "go"))

        assert (run.status, run.error_code) == ("failed", "run_timeout")


def test_a_process_that_ends_leaves_the_run_to_the_next(tmp_path: Path) -> None:
    """Closed while a branch is at work: the next process goes on, and only that branch is asked again."""
    with open_studio(tmp_path, Cast(a=["A"], b=[never])) as core:
        run_id = start(core, fan(), "go")
        until(lambda: "- fan/1/a" in steps_told(core, run_id))
    with open_studio(tmp_path, Cast(b=["B"], z=lambda call: call.told)) as core:
        core.engine.start(recover=True)
        run = wait_for_run(core, run_id)

        assert (run.status, run.output) == ("completed", '["A", "B"]'), run.error_message
        assert run.requests == 3
        assert outline(core, run_id)[0] == "parallel fan"
        lines = steps_told(core, run_id)
        assert [lines.count(line) for line in ("+ fan", "+ fan/2/b", "- fan/2/b", "- fan")] == [1, 1, 1, 1]
        assert story(core, run_id).count("run_started") == 1


def test_a_pause_lets_all_branches_end_their_turns(tmp_path: Path) -> None:
    """Both branches are at work; what comes after the join is not begun before a person resumes the run."""
    begun: list[str] = []
    gate = threading.Event()

    async def slow(call: Call) -> str:
        begun.append(call.role)
        await asyncio.to_thread(gate.wait, 20)
        return call.role.upper()

    with open_studio(tmp_path, Cast(a=[slow], b=[slow], z=lambda call: call.told)) as core:
        run_id = start(core, fan(), "go")
        until(lambda: len(begun) == 2)
        core.control.pause(run_id)
        gate.set()
        run = wait_for_run(core, run_id, "paused", "completed", "failed")

        assert (run.status, run.requests) == ("paused", 2)
        core.control.resume(run_id, said="Be brief")
        run = wait_for_run(core, run_id, "completed", "failed")

        assert (run.status, run.output, run.requests) == ("completed", "Be brief", 3), run.error_message
        lines = steps_told(core, run_id)
        assert [lines.count(line) for line in ("+ fan", "- fan/1/a", "- fan/2/b", "+ z", "- z")] == [1] * 5
        assert [line for line in outline(core, run_id) if "(" in line] == []


def test_a_failed_step_is_tried_again_and_tells_of_it(tmp_path: Path) -> None:
    with open_studio(tmp_path, Cast(a=["A"], b=[RuntimeError("down")])) as core:
        run = wait_for_run(core, start(core, fan(), "go"))
        assert run.status == "failed"
    with open_studio(tmp_path, Cast(b=["B"], z=lambda call: call.told)) as core:
        core.control.retry(run.id)
        run = wait_for_run(core, run.id)

        assert (run.status, run.output) == ("completed", '["A", "B"]'), run.error_message
        lines = steps_told(core, run.id)
        assert [lines.count(line) for line in ("- fan/1/a", "+ fan/2/b", "- fan/2/b", "- fan")] == [1, 2, 1, 1]
        assert [line for line in outline(core, run.id) if "(" in line] == []


def test_models_of_judges_must_be_known(tmp_path: Path) -> None:
    judge = JudgeCondition(statement="It is fine.", model="nowhere/model")
    org = play("which.fine → a", BranchStep(name="which", cases=[BranchCase(name="fine", condition=judge)]))
    with open_studio(tmp_path, Cast()) as core, pytest.raises(ProviderError):
        start(core, org, "go")


def test_a_revision_that_became_broken_does_not_start(tmp_path: Path) -> None:
    """It was saved before its fault was known to be one."""
    broken = play("again.body → a", LoopStep(name="again", until=JudgeCondition(statement="Fine.")))
    with open_studio(tmp_path, Cast()) as core:
        organization = core.organizations.create(broken)
        assert core.organizations.revisions(organization) == []
        with core.database.session() as db:
            data = broken.model_dump(mode="json")
            organizations.add_revision(db, organization, spec=data, spec_hash=spec_hash(broken), note="")

        with pytest.raises(BrokenOrganizationError, match="again"):
            core.runs.start(organization, "go")
