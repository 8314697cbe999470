"""The processes of one try: the victim, the survivor that recovers, and a reader that watches all the time."""

import asyncio
import gc
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.bootstrap import Core
from core.engine.live import Bus
from core.engine.watch import follow
from core.settings import ServerAddress, Settings
from core.store import runs
from tests.kill_matrix.account import account, recorded_calls
from tests.kill_matrix.death import LEDGER, Death, Ledger, die_at, times_seen
from tests.kill_matrix.forks import Send
from tests.kill_matrix.player import Player
from tests.kill_matrix.scenarios import SCENARIOS, Scenario
from tests.kill_matrix.seams import watch_the_engine
from tests.support.watching import events_of, joined_text

SECONDS = 30.0
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

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"


def prepare(place: Place) -> dict[str, str]:
    """Make the database that every try begins with, and the ids of its organizations by scenario."""
    with _open(place) as core:
        return {name: core.organizations.create(each.organization()) for name, each in SCENARIOS.items()}


def warm_up(place: Place) -> None:
    """Do once in this process what takes long the first time; no thread is left of it."""
    organizations = prepare(place)
    os.environ[LEDGER] = str(place.ledger)
    Ledger(place.ledger).create()
    with _open(place) as core:
        for name in ("line", "parallel"):
            _drive(core, _start(core, SCENARIOS[name], organizations[name]), SCENARIOS[name], "approved")
    gc.collect()
    gc.freeze()


def undisturbed(place: Place, name: str, organization: str, send: Send) -> None:
    """Work to the end, and count; at last how many moments of writing there were."""
    _begin(place, Death(ANY_WRITE, nth=1_000_000))
    with _open(place) as core:
        run_id = _start(core, SCENARIOS[name], organization)
        began = time.monotonic()
        _drive(core, run_id, SCENARIOS[name], place.verdict)
        seconds, writes = time.monotonic() - began, times_seen()
        found = account(core, run_id, Ledger(place.ledger))
    send({"account": asdict(found), "writes": writes, "seconds": seconds})


def victim(
    place: Place, name: str, organization: str, death: Death | None, send: Send, *, stops: bool = False
) -> None:
    """Work until killed; tells the id of the run first."""
    _begin(place, None)
    with _open(place) as core:
        run_id = _start(core, SCENARIOS[name], organization, before=lambda: _arm(core, death, stops=stops))
        send(run_id)
        _drive(core, run_id, SCENARIOS[name], place.verdict)
        if death is None or death.moment == ANY_WRITE:
            # It was too late to die of this; what is written while nothing works counts as well.
            os.kill(os.getpid(), 9)
    send("lived")


def survivor(place: Place, name: str, run_id: str, death: Death | None, send: Send) -> None:
    """Take over what the dead left, to the end or to its own death; then count."""
    _begin(place, death)
    ledger = Ledger(place.ledger)
    with _open(place) as core:
        recorded = recorded_calls(core, run_id)
        core.engine.start(recover=True)
        began = time.monotonic()
        _drive(core, run_id, SCENARIOS[name], place.verdict)
        seconds = time.monotonic() - began
        asked = len([each for each in ledger.questions(pid=os.getpid()) if not each.startswith("expert")])
        found = account(core, run_id, ledger)
        if asked != (more := recorded_calls(core, run_id) - recorded) and found.status == "completed":
            found.faults.append(f"models were asked {asked} times for {more} answers")
    send({"account": asdict(found), "seconds": seconds})


def reader(place: Place, run_id: str, send: Send) -> None:
    """Watch the run from another process, across the deaths; tells what was wrong with what it saw."""
    _begin(place, None)
    with _open(place) as core:
        frames = asyncio.run(_watched(core, run_id))
        stored = [event.flat() for event in core.runs.events(run_id)]
        told = events_of(frames)
        faults = [] if told == stored else [f"a watcher saw {[each['seq'] for each in told]} of {len(stored)}"]
        texts, answers = joined_text(frames), {}
        for event in stored:
            if event["kind"] == "model_call_completed" and event["text"]:
                answers[event["call"]] = event["text"]
        faults += [f"a watcher read {texts.get(call)!r}" for call in answers if texts.get(call) != answers[call]]
    send(faults)


async def _watched(core: Core, run_id: str) -> list[Any]:
    frames = []
    async with asyncio.timeout(2 * SECONDS):
        async for frame in follow(core.database, Bus(), run_id, after=0):
            frames.append(frame)
    return frames


def _begin(place: Place, death: Death | None) -> None:
    os.environ[LEDGER] = str(place.ledger)
    watch_the_engine()
    die_at(death)


@contextmanager
def _open(place: Place) -> Iterator[Core]:
    jitter = None if place.seed is None else random.Random(place.seed)
    server = ServerAddress(place.server) if place.server else None
    settings = Settings(data_dir=place.folder, rehearsal_pace="instant", server=server)
    core = Core(settings, build_model=lambda _resolved: Player(jitter=jitter))
    yield core
    core.close()


def _start(core: Core, scenario: Scenario, organization: str, *, before: Any = None) -> str:
    session = core.sessions.open(organization, "talk") if scenario.session else None
    if before is not None:
        before()
    return core.runs.start(organization, "go", session_id=session)


def _arm(core: Core, death: Death | None, *, stops: bool) -> None:
    die_at(death, last_act=(lambda: _ask_to_stop(core)) if stops else None)


def _ask_to_stop(core: Core) -> None:
    """As another process would: the word is left in the database."""
    with core.database.session() as db:
        (run,) = [each for each in core.runs.page().rows if not each.ended]
        runs.ask_to_cancel(db, run.id)


def _drive(core: Core, run_id: str, scenario: Scenario, verdict: str) -> None:
    """Be the people: decide what is asked, until the run has ended."""
    end = time.monotonic() + SECONDS
    while not (run := core.runs.get(run_id)).ended:
        if scenario.decide_early or run.status == "waiting":
            # One at a time: which of them are carried out in one go is then the same in every try.
            pending = [each for each in core.approvals.of_run(run_id) if each.status == "pending"]
            for asked in sorted(pending, key=lambda each: each.call_id)[:1]:
                _decide(core, asked, verdict if asked.kind == "in_doubt" else "approved")
        if time.monotonic() > end:
            waiting = [f"{each.kind} {each.call_id} {each.status}" for each in core.approvals.of_run(run_id)]
            raise TimeoutError(f"The run is {run.status} for ever; approvals: {waiting}")
        time.sleep(0.004)


def _decide(core: Core, asked: Any, verdict: str) -> None:
    if verdict == "approved":
        core.approvals.approve(asked.id, by="ada")
    else:
        core.approvals.reject(asked.id, reason="I have looked.", by="ada")
