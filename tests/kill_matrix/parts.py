"""The processes of one try: the victim, and the survivor that recovers."""

import gc
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from core.bootstrap import Core
from core.settings import Role, ServerAddress, Settings
from core.store import run_control
from tests.kill_matrix.account import account, doubtful_calls, recorded_calls
from tests.kill_matrix.death import LEDGER, Death, Ledger, die_at, times_seen
from tests.kill_matrix.forks import Send
from tests.kill_matrix.people import drive
from tests.kill_matrix.player import Player
from tests.kill_matrix.scenarios import SCENARIOS
from tests.kill_matrix.seams import watch_the_engine
from tests.kill_matrix.work import begin

ANY_WRITE = "writ"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one try happens."""

    folder: Path
    seed: int | None = None
    """Of how long models think; None for no time at all."""
    verdict: str = "approved"
    """What people say about calls in doubt."""
    server: str = ""
    """Address of the database; empty for a file in the folder."""
    lease_seconds: float = 15.0
    role: Role = "all"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"


def prepare(place: Place) -> dict[str, str]:
    """Make the database that every try begins with, and the ids of its organizations by scenario."""
    with open_core(place) as core:
        return {name: core.organizations.create(each.organization()) for name, each in SCENARIOS.items()}


def warm_up(place: Place) -> None:
    """Do once in this process what takes long the first time; no thread is left of it."""
    organizations = prepare(place)
    os.environ[LEDGER] = str(place.ledger)
    Ledger(place.ledger).create()
    with open_core(place) as core:
        for name in ("line", "parallel"):
            drive(core, begin(core, SCENARIOS[name], organizations[name]), SCENARIOS[name], "approved")
    gc.collect()
    gc.freeze()


def undisturbed(place: Place, name: str, organization: str, send: Send) -> None:
    """Work to the end, and count; at last how many moments of writing there were."""
    begin_anew(place, Death(ANY_WRITE, nth=1_000_000))
    with open_core(place) as core:
        work = begin(core, SCENARIOS[name], organization)
        began = time.monotonic()
        drive(core, work, SCENARIOS[name], place.verdict)
        seconds, writes = time.monotonic() - began, times_seen()
        found = account(core, work, Ledger(place.ledger))
    send({"account": asdict(found), "writes": writes, "seconds": seconds})


def victim(
    place: Place, name: str, organization: str, death: Death | None, send: Send, *, stops: bool = False
) -> None:
    """Work until killed; tells the id of the run first."""
    begin_anew(place, None)
    with open_core(place) as core:
        work = begin(core, SCENARIOS[name], organization, before=lambda: _arm(core, death, stops=stops))
        send(work)
        drive(core, work, SCENARIOS[name], place.verdict)
        if death is None or death.moment == ANY_WRITE:
            # It was too late to die of this; what is written while nothing works counts as well.
            os.kill(os.getpid(), 9)
    send("lived")


def counted(place: Place, work: str, send: Send) -> None:
    """Count once more."""
    begin_anew(place, None)
    with open_core(place) as core:
        send(asdict(account(core, work, Ledger(place.ledger))))


def survivor(place: Place, name: str, work: str, death: Death | None, send: Send) -> None:
    """Take over what the dead left, to the end or to its own death; then count."""
    begin_anew(place, death)
    ledger = Ledger(place.ledger)
    with open_core(place) as core:
        recorded, begun = recorded_calls(core, work), doubtful_calls(core, work)
        core.engine.start(recover=True)
        began = time.monotonic()
        drive(core, work, SCENARIOS[name], place.verdict)
        seconds = time.monotonic() - began
        asked = len([each for each in ledger.questions(pid=os.getpid()) if not each.startswith("expert")])
        found = account(core, work, ledger)
        more = recorded_calls(core, work) - recorded
        if wrongly := {call.partition(" · ")[0] for call, _ in found.doubts} - begun:
            found.faults.append(f"a person was asked about {wrongly}, which nobody had begun")
        if asked != more and found.status == "completed":
            found.faults.append(f"models were asked {asked} times for {more} answers")
    send({"account": asdict(found), "seconds": seconds})


def begin_anew(place: Place, death: Death | None) -> None:
    """What a forked process does first; it is to die of that."""
    os.environ[LEDGER] = str(place.ledger)
    watch_the_engine()
    die_at(death)


@contextmanager
def open_core(place: Place) -> Iterator[Core]:
    """The core of this process, whose models are played."""
    jitter = None if place.seed is None else random.Random(place.seed)
    server = ServerAddress(place.server) if place.server else None
    settings = Settings(
        data_dir=place.folder,
        rehearsal_pace="instant",
        server=server,
        lease_seconds=place.lease_seconds,
        role=place.role,
    )
    core = Core(settings, build_model=lambda _resolved: Player(jitter=jitter))
    yield core
    core.close()


def _arm(core: Core, death: Death | None, *, stops: bool) -> None:
    die_at(death, last_act=(lambda: _ask_to_stop(core)) if stops else None)


def _ask_to_stop(core: Core) -> None:
    """As another process would: the word is left in the database."""
    with core.database.session() as db:
        (run,) = [each for each in core.runs.page().rows if not each.ended]
        run_control.ask_to_cancel(db, run.id)
