"""The processes of one try: the victim, the survivor that recovers, and a reader that watches all the time."""

import asyncio
import gc
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.bootstrap import Core
from core.errors import ConflictError, DatabaseUnavailableError
from core.records import ApprovalRecord, RunRecord
from core.settings import ServerAddress, Settings
from core.store import runs
from tests.kill_matrix.account import account, recorded_calls
from tests.kill_matrix.death import LEDGER, Death, Ledger, die_at, times_seen
from tests.kill_matrix.forks import Send
from tests.kill_matrix.player import Player
from tests.kill_matrix.scenarios import SCENARIOS, Scenario
from tests.kill_matrix.seams import watch_the_engine
from tests.support.watching import events_of, joined_text

SECONDS = 60.0
Trouble = Callable[[], None]
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


def troubled(place: Place, name: str, organization: str, death: Death, trouble: Trouble, send: Send) -> None:
    """Work; at that moment fall into trouble instead of dying, and go on when it is over."""
    _begin(place, None)
    with _open(place) as core:

        def fall() -> None:
            send("trouble")
            trouble()

        run_id = _start(
            core,
            SCENARIOS[name],
            organization,
            before=lambda: die_at(death, last_act=fall, survives=True),
        )
        send(run_id)
        _drive(core, run_id, SCENARIOS[name], place.verdict)
        # A beat or two, for whatever may still be written by what was at work.
        time.sleep(place.lease_seconds)
    send("lived")


def counted(place: Place, run_id: str, send: Send) -> None:
    """Count once more."""
    _begin(place, None)
    with _open(place) as core:
        send(asdict(account(core, run_id, Ledger(place.ledger))))


def survivor(
    place: Place, name: str, run_id: str, death: Death | None, send: Send, *, is_crowded: bool = False
) -> None:
    """Take over what the dead left, to the end or to its own death; then count. `is_crowded` when others live."""
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
        more = recorded_calls(core, run_id) - recorded
        # A frozen process may wake up and go on for a moment; then the numbers say nothing.
        if asked != more and found.status == "completed" and not is_crowded:
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
        async for frame in core.runs.follow(run_id):
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
    settings = Settings(
        data_dir=place.folder, rehearsal_pace="instant", server=server, lease_seconds=place.lease_seconds
    )
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
    while not (run := _look(core, run_id)).ended:
        if scenario.decide_early or run.status == "waiting":
            # One at a time: which of them are carried out in one go is then the same in every try.
            pending = [each for each in _asked(core, run_id) if each.status == "pending"]
            for asked in sorted(pending, key=lambda each: each.call_id)[:1]:
                # Somebody else may be faster, and the database may be gone.
                with suppress(ConflictError, DatabaseUnavailableError):
                    _decide(core, asked, verdict if asked.kind == "in_doubt" else "approved")
        if time.monotonic() > end:
            waiting = [f"{each.kind} {each.call_id} {each.status}" for each in core.approvals.of_run(run_id)]
            raise TimeoutError(f"The run is {run.status} for ever; approvals: {waiting}")
        time.sleep(0.004)


def _asked(core: Core, run_id: str) -> list[ApprovalRecord]:
    with suppress(DatabaseUnavailableError):
        return core.approvals.of_run(run_id)
    return []


def _look(core: Core, run_id: str) -> RunRecord:
    """The run, as soon as the database can be reached."""
    while True:
        with suppress(DatabaseUnavailableError):
            return core.runs.get(run_id)
        time.sleep(0.05)


def _decide(core: Core, asked: ApprovalRecord, verdict: str) -> None:
    if verdict == "approved":
        core.approvals.approve(asked.id, by="ada")
    else:
        core.approvals.reject(asked.id, reason="I have looked.", by="ada")
