"""Workflows whose process was killed: the next start goes on from the journal and repeats nothing."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.records import RunRecord
from tests.support import dying_workflow
from tests.support.cast import outline, steps_told
from tests.support.studio import open_studio, story, wait_for_run

PARALLEL = ["a go", "b go"]
ROUNDS = ["a Round 1", "a Round 2", "a Round 3"]
ITEMS = ["a Item x", "a Item y", "a Item w"]


@pytest.mark.parametrize(
    ("workflow", "moment", "effects"),
    [
        ("parallel", "looking at b go", PARALLEL),
        ("parallel", "meeting", PARALLEL),
        ("parallel", "at the end", PARALLEL),
        ("looping", "looking at a Round 2", ROUNDS),
        ("looping", "at the end", ROUNDS),
        ("mapping", "looking at a Item y", ITEMS),
        ("mapping", "at the end", ITEMS),
    ],
)
def test_nothing_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workflow: str, moment: str, effects: list[str]
) -> None:
    """Each effect is in the table once, and no model call whose answer is recorded is made again."""
    run_id, ledger = _die(tmp_path, workflow, moment, monkeypatch)
    asked_before = len(dying_workflow.asked(ledger))

    with open_studio(tmp_path, dying_workflow.cast()) as core:
        answered_before = story(core, run_id).count("model_call_completed")
        run = _recovered(core, run_id)

        assert run.status == "completed", run.error_message
        assert sorted(dying_workflow.effects(ledger)) == sorted(effects)
        asked = dying_workflow.asked(ledger)
        number = len(set(asked))
        assert len(asked) - asked_before == number - answered_before
        assert (run.requests, run.input_tokens) == (number, 10 * number)
        assert sum(span.kind == "model" for span in core.traces.spans(run_id)[0]) == number
        undisturbed = _undisturbed(tmp_path / "undisturbed", workflow, monkeypatch)
        assert sorted(outline(core, run_id)) == sorted(undisturbed)
        _assert_told_once(core, run_id)


@pytest.mark.parametrize(
    ("workflow", "doubtful", "effects"),
    [("parallel", "b go", PARALLEL), ("looping", "a Round 2", ROUNDS), ("mapping", "a Item y", ITEMS)],
)
def test_only_the_step_in_doubt_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workflow: str, doubtful: str, effects: list[str]
) -> None:
    """An effect without a record becomes a question, and the sibling branch comes to its end meanwhile."""
    run_id, ledger = _die(tmp_path, workflow, f"after {doubtful}", monkeypatch)

    with open_studio(tmp_path, dying_workflow.cast()) as core:
        run = _recovered(core, run_id)
        assert run.status == "waiting", run.error_message
        (asked,) = core.approvals.pending()
        assert (asked.kind, asked.tool, asked.arguments) == ("in_doubt", "note", {"what": doubtful})
        if workflow == "parallel":
            assert "- fan/1/a" in steps_told(core, run_id)

        core.approvals.reject(asked.id, reason="I looked: it is there.", by="ada")
        run = wait_for_run(core, run_id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert sorted(dying_workflow.effects(ledger)) == sorted(effects)
        asked_of_models = dying_workflow.asked(ledger)
        assert len(asked_of_models) == len(set(asked_of_models)) == run.requests
        _assert_told_once(core, run_id)


def test_decisions_outlive_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while two branches wait; another process carries both decisions out."""
    run_id, ledger = _die(tmp_path, "asking", "while waiting", monkeypatch)

    with open_studio(tmp_path, dying_workflow.cast()) as core:
        assert core.runs.get(run_id).status == "waiting"
        for asked in core.approvals.pending():
            core.approvals.approve(asked.id, by="ada")
        run = wait_for_run(core, run_id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert sorted(dying_workflow.effects(ledger)) == PARALLEL
        asked_of_models = dying_workflow.asked(ledger)
        assert len(asked_of_models) == len(set(asked_of_models)) == run.requests
        _assert_told_once(core, run_id)


def test_an_approved_call_that_was_cut_off_is_in_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed inside a call that a person had approved: nothing runs twice without asking."""
    run_id, ledger = _die(tmp_path, "asking", "after b go", monkeypatch)

    with open_studio(tmp_path, dying_workflow.cast()) as core:
        run = _recovered(core, run_id)
        assert run.status == "waiting", run.error_message
        for asked in core.approvals.pending():
            assert (asked.kind, asked.tool) == ("in_doubt", "note")
            core.approvals.reject(asked.id, reason="It is there.", by="ada")
        run = wait_for_run(core, run_id, "completed", "failed")

        assert run.status == "completed", run.error_message
        assert dying_workflow.effects(ledger).count("b go") == 1
        _assert_told_once(core, run_id)


def _die(folder: Path, workflow: str, moment: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Path]:
    """Run in a process that is killed at the moment; returns the run's id and the ledger."""
    ledger = folder / "ledger.db"
    monkeypatch.setenv(dying_workflow.LEDGER, str(ledger))
    child = subprocess.run(
        [sys.executable, "-m", "tests.support.dying_workflow", str(folder), workflow],
        env={**os.environ, dying_workflow.DIE: moment},
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
        text=True,
    )
    assert child.returncode == -signal.SIGKILL
    return child.stdout.strip(), ledger


def _recovered(core: Core, run_id: str) -> RunRecord:
    core.engine.start(recover=True)
    return wait_for_run(core, run_id)


def _undisturbed(folder: Path, workflow: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The trace of a run that nobody killed."""
    monkeypatch.setenv(dying_workflow.LEDGER, str(folder.with_suffix(".db")))
    with open_studio(folder, dying_workflow.cast()) as core:
        org = dying_workflow.ORGANIZATIONS[workflow]()
        run = wait_for_run(core, core.runs.start(core.organizations.create(org), "go"))
        return outline(core, run.id)


def _assert_told_once(core: Core, run_id: str) -> None:
    """No gap and no doubling in the events, and no span left open."""
    events = core.runs.events(run_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    lines = Counter(line for line in steps_told(core, run_id) if line.startswith("-"))
    assert set(lines.values()) == {1}
    assert story(core, run_id).count("run_started") == 1
    calls = [event.data["call_id"] for event in events if event.kind == "tool_called"]
    assert len(calls) == len(set(calls))
    assert all(span.status not in ("open", "waiting") for span in core.traces.spans(run_id)[0])
