"""A selection of the kill matrix; all of it is run by hand (see `__main__`)."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(["--points", *"any"], id="SQLite"),
    ],
)
def test_nothing_is_lost_and_nothing_happens_twice(chosen: list[str]) -> None:
    """Whenever the process is killed: no run is lost, no effect happens twice unasked, each fact is told once."""
    matrix = subprocess.run(
        [sys.executable, "-m", "tests.kill_matrix", "--times", "1", "--only-print", *chosen],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )

    assert matrix.returncode == 0, matrix.stdout
