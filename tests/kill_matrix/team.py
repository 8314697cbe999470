"""The processes of a try with two workers and a page on one database server."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from core.bootstrap import Core
from tests.kill_matrix.account import account
from tests.kill_matrix.death import Death, Ledger, die_at, ledger_is_free
from tests.kill_matrix.forks import Send
from tests.kill_matrix.parts import Place, begin_anew, open_core
from tests.kill_matrix.people import SECONDS, drive, reached
from tests.kill_matrix.points import Order
from tests.kill_matrix.scenarios import SCENARIOS
from tests.kill_matrix.work import begin


def page(place: Place, name: str, organization: str, order: Order, send: Send) -> None:
    """Starts the work, decides what is asked, gives an order while a worker is in trouble; counts at last."""
    begin_anew(place, None)
    with open_core(replace(place, role="web")) as core:
        work = begin(core, SCENARIOS[name], organization)
        send(work)
        faults = []
        if order:
            _wait_for(_trouble(place))
        began = time.monotonic()
        match order:
            case "stop":
                core.runs.stop(work, by="ada")
            case "pause":
                faults = _paused_and_resumed(core, work)
            case "decide" | "":
                pass
        drive(core, work, SCENARIOS[name], place.verdict, pause=0.03)
        seconds = time.monotonic() - began
        found = account(core, work, Ledger(place.ledger))
    found.faults += faults
    send({"account": asdict(found), "seconds": seconds})


def _paused_and_resumed(core: Core, work: str) -> list[str]:
    """Pause it while nobody can hear that, and let it go on when it rests."""
    core.control.pause(work, by="ada")
    end = time.monotonic() + SECONDS
    while (run := core.runs.get(work)).status != "paused":
        if run.ended or time.monotonic() > end:
            return [f"it was to pause, and is {run.status}"]
        time.sleep(0.01)
    core.control.resume(work, by="ada")
    return []


def worker(place: Place, death: Death, trouble: Callable[[], None], send: Send) -> None:
    """Works until all is over. Of those that come to the moment only the first falls into trouble."""
    begin_anew(place, None)
    with open_core(replace(place, role="worker")) as core:

        def fall() -> None:
            with suppress(FileExistsError), _trouble(place).open("x") as file:
                file.write(str(os.getpid()))
                file.flush()
                trouble()

        die_at(death, last_act=fall, survives=True)
        reached(lambda: core.engine.start(recover=True))
        send("ready")
        _wait_for(_over(place), seconds=2 * SECONDS)
        # Beats, for whatever may still be written by what was at work.
        time.sleep(place.lease_seconds / 3)
    send("lived")


def counted(place: Place, work: str, send: Send) -> None:
    """Count once more."""
    begin_anew(place, None)
    with open_core(replace(place, role="web")) as core:
        send(asdict(account(core, work, Ledger(place.ledger))))


def freeze() -> None:
    """Stop this process until somebody lets it go on."""
    with ledger_is_free:
        os.kill(os.getpid(), signal.SIGSTOP)
        # The signal reaches the process, not at once this very thread.
        time.sleep(0.2)


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def pid_in_trouble(place: Place) -> int | None:
    """The worker that has come to the moment; None when none did."""
    return int(_trouble(place).read_text()) if _trouble(place).exists() else None


def tell_over(place: Place) -> None:
    """Let the workers end; the frozen one goes on."""
    _over(place).touch()
    pid = pid_in_trouble(place)
    if pid is not None:
        os.kill(pid, signal.SIGCONT)


def _trouble(place: Place) -> Path:
    """It holds the worker's process id."""
    return place.folder / "trouble"


def _over(place: Place) -> Path:
    return place.folder / "over"


def _wait_for(file: Path, *, seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not file.exists():
        if time.monotonic() > end:
            raise TimeoutError(f"{file.name} is not there after {seconds} seconds")
        time.sleep(0.005)
