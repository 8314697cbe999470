"""Reflective import: `module:object` is imported in a process of its own, which tells what it found. This runs the
module, so it happens only when a person says so."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson

from core.organization.files import parse
from core.organization.secrets import without_secrets
from core.sdk.reflect.report import Entry, Imported, ImportProblemError

SOURCE = "Python objects of the Agents SDK"
SECONDS = 60
MAX_RESULT = 20_000_000
_SHOWN = 600
_REFERENCE = re.compile(r"[A-Za-z_][\w.]*(:[A-Za-z_]\w*)?")


def import_object(reference: str, folder: Path, *, name: str = "", seconds: float = SECONDS) -> Imported:
    """The organization that `module:object` is; `folder` is where the module is looked for first. Raises
    ImportProblemError when it cannot be imported, is no agent, or takes longer than `seconds`."""
    if not _REFERENCE.fullmatch(reference):
        raise ImportProblemError(
            f"'{reference}' does not name an object of a module.",
            hint="Write `module:object`, or only the module.",
        )
    with tempfile.TemporaryDirectory() as place:
        result = Path(place) / "result.json"
        _run(reference, folder, result, seconds)
        if not result.exists() or result.stat().st_size > MAX_RESULT:
            raise ImportProblemError(
                f"'{reference}' told nothing: its process ended early.",
                hint="A module that is imported must not end the program.",
            )
        told = orjson.loads(result.read_bytes())
    if "problem" in told:
        raise ImportProblemError(told["problem"], hint=told["hint"])
    found = parse(told["organization"])
    shareable = without_secrets(found.model_copy(update={"name": name}) if name else found)
    report = [Entry(**entry) for entry in told["report"]]
    report += [Entry("approximated", "secret", "", hidden.words) for hidden in shareable.hidden]
    return Imported(shareable.organization, tuple(report), SOURCE)


def _run(reference: str, folder: Path, result: Path, seconds: float) -> None:
    here = Path(__file__)
    child = here.with_name("live_child.py")
    # -P keeps the folder of the script off the path, so that nothing of ours hides a module of theirs.
    command = [sys.executable, "-P", str(child), reference, str(folder), str(result), str(here.parents[3])]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, stderr = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise ImportProblemError(
            f"'{reference}' was not imported within {seconds:g} seconds.",
            hint="Let the module only make its agents when it is imported; start runs under `if __name__ == ...`.",
        ) from error
    finally:
        _end(process)
    if process.returncode and not result.exists():
        last = stderr.decode(errors="replace").strip()[-_SHOWN:]
        raise ImportProblemError(
            f"'{reference}' cannot be imported: its process ended with {process.returncode}. It wrote: {last}",
            hint="Import the module in a terminal to see more.",
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and whatever it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()
