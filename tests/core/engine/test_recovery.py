"""Runs whose process was killed: the next start goes on from the journal and repeats nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.records import RunRecord
from tests.support import dying
from tests.support.studio import open_studio, scripted, story, wait_for_run

pytestmark = pytest.mark.usefixtures("each_database")


def test_a_read_that_was_cut_off_is_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies inside a tool that only reads: it is called again, and no model call is."""
    run_id = _die(tmp_path, "while_reading", monkeypatch)
    model = scripted(*dying.answers()[1:])

    with open_studio(tmp_path, model) as core:
        run = _recovered(core, run_id)

        assert (run.status, run.output, run.requests) == ("completed", "All paid.", 3)
        model.assert_complete()
        assert _paid(tmp_path) == ["7"]
        _assert_told_once(core, run_id)


def test_an_effect_without_a_record_becomes_a_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies between the effect and its record: a person is asked, and the call is not repeated."""
    run_id = _die(tmp_path, "after_effect", monkeypatch)
    model = scripted(dying.answers()[2])

    with open_studio(tmp_path, model) as core:
        run = _recovered(core, run_id)
        assert run.status == "waiting"
        approval = core.approvals.pending()[0]
        assert (approval.kind, approval.tool, approval.arguments) == ("in_doubt", "pay", {"amount": 7})

        core.approvals.reject(approval.id, reason="It was paid: I looked.", by="ada")
        run = wait_for_run(core, run_id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert _paid(tmp_path) == ["7"]
        assert "It was paid: I looked." in str(model.calls[0].input)
        _assert_told_once(core, run_id)


def test_a_call_in_doubt_runs_again_when_a_person_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the intent and before the effect; a person lets the call run again."""
    run_id = _die(tmp_path, "before_effect", monkeypatch)

    with open_studio(tmp_path, scripted(dying.answers()[2])) as core:
        _recovered(core, run_id)
        assert _paid(tmp_path) == []

        core.approvals.approve(core.approvals.pending()[0].id, by="ada")
        run = wait_for_run(core, run_id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert _paid(tmp_path) == ["7"]


def test_an_approval_outlives_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies while a call waits; another process carries the decision out, once."""
    run_id = _die(tmp_path, "while_waiting", monkeypatch, approval=True)

    with open_studio(tmp_path, scripted(dying.answers()[2])) as core:
        assert core.runs.get(run_id).status == "waiting"

        core.approvals.approve(core.approvals.pending()[0].id, by="ada")
        run = wait_for_run(core, run_id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert _paid(tmp_path) == ["7"]
        _assert_told_once(core, run_id)


def test_an_approved_call_that_was_cut_off_is_in_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies inside a call that a person had approved: nothing runs twice without asking."""
    run_id = _die(tmp_path, "after_effect", monkeypatch, approval=True)

    with open_studio(tmp_path, scripted(dying.answers()[2])) as core:
        run = _recovered(core, run_id)
        assert run.status == "waiting"
        assert [each.kind for each in core.approvals.pending()] == ["in_doubt"]

        core.approvals.reject(core.approvals.pending()[0].id, reason="Paid already.", by="ada")
        run = wait_for_run(core, run_id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert _paid(tmp_path) == ["7"]


def _die(folder: Path, moment: str, monkeypatch: pytest.MonkeyPatch, *, approval: bool = False) -> str:
    """Run in a process that is killed at the moment; returns the run's id."""
    monkeypatch.setenv(dying.LEDGER, str(folder / "ledger.txt"))
    child = subprocess.run(
        [sys.executable, "-m", "tests.support.dying", str(folder), "approval" if approval else "plain"],
        env={**os.environ, dying.DIE: moment},
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
        text=True,
    )
    assert child.returncode == -signal.SIGKILL
    return child.stdout.strip()


def _recovered(core: Core, run_id: str) -> RunRecord:
    core.engine.start(recover=True)
    return wait_for_run(core, run_id)


def _paid(folder: Path) -> list[str]:
    ledger = folder / "ledger.txt"
    return ledger.read_text().split() if ledger.exists() else []


def _assert_told_once(core: Core, run_id: str) -> None:
    """No gap and no doubling in the events, and one span for each thing that happened."""
    events = core.runs.events(run_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert story(core, run_id).count("tool_called") == 2
    assert story(core, run_id).count("run_started") == 1
    spans, _ = core.traces.spans(run_id)
    assert [span.name for span in spans if span.kind == "tool"] == ["look", "pay"]
    assert sum(span.kind == "model" for span in spans) == 3
    assert all(span.status != "open" for span in spans)
