"""Batches whose process was killed: the next start goes on, loses no row and does none twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.bootstrap import Core
from core.records import RunFilter
from tests.support import dying_batch
from tests.support.batches import lines_of, wait_for_batch
from tests.support.studio import open_studio

EVERY_ROW = sorted(f"row {number}" for number in range(1, dying_batch.ROWS + 1))


@pytest.mark.parametrize("moment", ["asking row 5", "after row 5", "starting"])
def test_a_killed_batch_goes_on_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Rows whose effect is in doubt wait for a person, who looks; all others are done without one."""
    batch_id = _die(tmp_path, moment, monkeypatch)

    with open_studio(tmp_path, dying_batch.cast()) as core:
        assert core.batches.get(batch_id).status == "running"
        core.engine.start(recover=True)

        batch = wait_for_batch(core, batch_id, "completed", "waiting")

        assert batch.counts.completed + batch.counts.waiting == dying_batch.ROWS
        assert batch.counts.waiting <= dying_batch.AT_ONCE
        assert batch.counts.waiting or moment != "after row 5"
        _settle_doubts(core, tmp_path)
        wait_for_batch(core, batch_id, "completed")
        assert sorted(_done(tmp_path)) == EVERY_ROW
        assert core.runs.page(RunFilter(batches=True)).total == dying_batch.ROWS
        assert {line.attempts for line in lines_of(core, batch_id)} == {1}


def _settle_doubts(core: Core, folder: Path) -> None:
    for approval in core.approvals.pending():
        assert approval.kind == "in_doubt"
        if core.runs.get(approval.run_id).input in _done(folder):
            core.approvals.reject(approval.id, reason="It was noted: I looked.", by="ada")
        else:
            core.approvals.approve(approval.id, by="ada")


def _die(folder: Path, moment: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Work in a process that is killed at the moment; returns the batch's id."""
    monkeypatch.setenv(dying_batch.LEDGER, str(folder / "ledger.db"))
    child = subprocess.run(
        [sys.executable, "-m", "tests.support.dying_batch", str(folder)],
        env={**os.environ, dying_batch.DIE: moment},
        stdout=subprocess.PIPE,
        timeout=120,
        check=False,
        text=True,
    )
    assert child.returncode == -signal.SIGKILL
    return child.stdout.strip()


def _done(folder: Path) -> list[str]:
    return dying_batch.effects(folder / "ledger.db")
