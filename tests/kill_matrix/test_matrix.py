"""A selection of the kill matrix; all of it is run by hand (see `__main__`)."""

import subprocess
import sys

import pytest

from tests.support.postgres import programs

ON_SQLITE = [
    *("while streaming", "model answered", "tool's effect done", "history written", "end committed"),
    *("approval decided", "nested: approved inside", "MCP: effect", "parallel: effect", "loop: second"),
    *("recovery: planned", "stop asked", "any write: waiting"),
]
ON_POSTGRESQL = ["tool's effect", "approval decided", "parallel: effect"]


def test_nothing_is_lost_and_nothing_happens_twice() -> None:
    """Whenever the process is killed: no run is lost, no effect happens twice unasked, each fact is told once."""
    _try_each("--points", *ON_SQLITE)


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
def test_nor_on_a_database_server() -> None:
    """The same in PostgreSQL."""
    _try_each("--postgres", "--points", *ON_POSTGRESQL)


def _try_each(*options: str) -> None:
    """In a process that may fork: that of the tests has threads."""
    matrix = subprocess.run(
        [sys.executable, "-m", "tests.kill_matrix", "--times", "1", "--only-print", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )

    assert matrix.returncode == 0, matrix.stdout
