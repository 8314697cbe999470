"""Whether the process that works on a run is still alive."""

import os
import subprocess
import sys

import psutil
import pytest

from core.engine.owner import new_owner, surely_dead


def test_a_process_that_lives_is_not_dead_because_the_clock_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = new_owner()
    began = psutil.boot_time()
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: began + 1)

    assert not surely_dead(owner)


def test_a_process_that_has_ended_is_dead() -> None:
    code = "from core.engine.owner import new_owner; print(new_owner())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert surely_dead(done.stdout.strip())


def test_another_process_with_the_same_number_is_another_one() -> None:
    host, pid, started, chance = new_owner().rsplit("/", 3)

    assert pid == str(os.getpid())
    assert surely_dead(f"{host}/{pid}/{int(started) - 1}/{chance}")


def test_of_other_machines_nothing_is_known() -> None:
    assert not surely_dead("elsewhere.example/1/1/00")
