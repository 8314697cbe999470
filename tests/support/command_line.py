"""The command line, in this process or in one of its own."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.bootstrap import Core
from core.settings import Settings
from studio.cli import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines of standard output."""
        return [orjson.loads(line) for line in self.out.splitlines()]


class CommandLine:
    """`studio` in this process, on a data folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.setenv("STUDIO_DATA_DIR", str(folder))
        monkeypatch.setenv("STUDIO_REHEARSAL_PACE", "instant")

    def __call__(self, *arguments: str | Path) -> Result:
        self._monkeypatch.setattr(sys, "argv", ["studio", *map(str, arguments)])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        printed = self._capsys.readouterr()
        return Result(int(caught.value.code or 0), printed.out, printed.err)

    def core(self) -> Core:
        """What is stored in its folder; close it."""
        return Core(Settings(data_dir=self.folder, rehearsal_pace="instant"))


def studio_process(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """`studio` in a process of its own, with both outputs in pipes."""
    ours = ("STUDIO_", "OPENAI_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.Popen(
        [sys.executable, "-m", "studio.cli", *arguments, "--data-dir", str(folder)],
        cwd=ROOT,
        env=clean | {"STUDIO_REHEARSAL_PACE": "instant"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_hear_ctrl_c,  # noqa: PLW1509
    )


def _hear_ctrl_c() -> None:
    # What a shell starts in the background ignores it, tests included.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
