"""A studio of its own: the real command line in a process of its own, on a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import httpx

from core.bootstrap import Core
from core.records import RunRecord
from core.settings import Settings
from tests.support.studio import until

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds until a start counts as failed: several processes may share two cores."""
_ADDRESS = re.compile(r"Troupe is on (http://\S+)")


class StudioServer:
    """A server that can be killed and started again on the same folder and port."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.data_dir = folder / "data"
        self.log = folder / "server.log"
        self.address = ""
        self.environment = dict(environment or {})
        """Added to the environment of the next start."""
        self._process: subprocess.Popen[bytes] | None = None
        self._logged = 0
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start, and wait until it answers; again on the port that it had before."""
        self._start()
        try:
            self._wait_until_ready()
        except BaseException:
            # Also when a person interrupts the wait: no server may be left behind.
            self.kill()
            raise

    def kill(self) -> None:
        """End it as a power cut would (`kill -9`)."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and wait until it has; let go of the database."""
        self._end(signal.SIGTERM)
        if "core" in self.__dict__:
            self.core.close()

    def wait_until_dead(self) -> int:
        """Wait until it has ended by itself; returns its exit code."""
        assert self._process is not None, "it was started"
        return self._process.wait(timeout=PATIENCE)

    @cached_property
    def core(self) -> Core:
        """What is stored on the server's folder, seen from here. Its engine is never started."""
        return Core(Settings(data_dir=self.data_dir))

    def run(self, run_id: str, *statuses: str) -> RunRecord:
        """A run of this server, once it has one of the statuses (by default: ended or waiting)."""
        wanted = statuses or ("completed", "failed", "cancelled", "waiting")
        until(lambda: self.core.runs.get(run_id).status in wanted, seconds=PATIENCE)
        return self.core.runs.get(run_id)

    def _start(self) -> None:
        port = self.address.rpartition(":")[2] or "0"
        # The installed command, as a person starts it.
        studio = str(Path(sys.executable).with_name("studio"))
        command = [studio, "serve", "--port", port, "--data-dir", str(self.data_dir), "--no-browser"]
        with self.log.open("ab") as log:
            self._logged = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=_clean_environment() | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self._process is not None, "it was started"
            if self._process.poll() is not None:
                break
            said = _ADDRESS.search(self.log.read_text()[self._logged :])
            if said and _is_healthy(said[1]):
                assert self.address in ("", said[1]), "its port was taken"
                self.address = said[1]
                return
            time.sleep(0.05)
        raise AssertionError(f"The studio did not start:\n{self.log.read_text()[-4000:]}")

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _clean_environment() -> dict[str, str]:
    """Without what would make this studio another than a fresh one."""
    ours = ("STUDIO_", "OPENAI_", "STREAMLIT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # Compiled files make each start several seconds faster.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def _is_healthy(address: str) -> bool:
    try:
        return httpx.get(f"{address}/_stcore/health", timeout=5).is_success
    except httpx.TransportError:
        return False
