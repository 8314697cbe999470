"""`studio worker`."""

import logging
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import FrameType

from core.bootstrap import Core
from core.settings import load_settings
from studio.commands.opened import opened_with
from studio.commands.output import tell

GRACE_SECONDS = 10.0
"""How long calls that change something may go on after the process was asked to end."""


def worker(*, concurrency: int | None, data_dir: Path | None) -> None:
    """Work on runs until the process is told to stop; then its runs go on in other workers."""
    settings = replace(load_settings(data_dir=data_dir), role="worker")
    if concurrency is not None:
        settings = replace(settings, max_concurrent_runs=concurrency)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("core.engine").setLevel(logging.INFO)
    with opened_with(settings) as core:
        work_until_told(core)


def work_until_told(core: Core) -> None:
    """Until the process gets a signal to end."""
    ending = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    tell(f"Works on up to {core.settings.max_concurrent_runs} runs of {core.database.shown} (Ctrl-C ends it)")
    core.engine.start(recover=True)
    ending.wait()
    tell("Ends: takes no more runs, and gives its own back")
    core.engine.stop(grace=GRACE_SECONDS)
    tell("Ended")
