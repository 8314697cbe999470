"""One try of a point: kill, recover, count, compare."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.kill_matrix import parts
from tests.kill_matrix.account import Account, facts_of
from tests.kill_matrix.death import Death, Ledger
from tests.kill_matrix.forks import Child, fork
from tests.kill_matrix.parts import ANY_WRITE, Place
from tests.kill_matrix.points import Point
from tests.kill_matrix.proxy import CUT, serve
from tests.kill_matrix.scenarios import MCP_PORT, SCENARIOS
from tests.support.postgres import PostgresServer, postgres_server

KILLED = 9
LEASE_SECONDS = 2.0


@dataclass(slots=True)
class Result:
    """What came of one try."""

    lost: bool = False
    doubles: int = 0
    """Effects that happened twice without a person's word."""
    asked: bool = False
    """Whether a person was asked about a call in doubt."""
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    """From the start of the recovery to the end of the run."""


class Matrix:
    """Tries, all of which begin with the same database."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        """With `server` the tries work in databases of it."""
        self._folder = folder
        self._server = server
        self._template = folder / "template"
        self._template.mkdir()
        parts.warm_up(Place(folder / "warm"))
        self._organizations = parts.prepare(self._fresh(Place(self._template), of="studio_template"))
        Ledger(self._template / "ledger.db").create()
        self._undisturbed: dict[str, dict[str, Any]] = {}

    def attempt(self, name: str, point: Point, seed: int) -> Result:
        """Kill a run at the point and see what comes of it."""
        if point.trouble:
            return self._troubled(name, point, seed)
        verdict = point.verdict or ("approved" if seed % 2 else "rejected")
        usual = self._usual(point.scenario)
        place = self._place(seed, verdict)
        organization = self._organizations[point.scenario]
        death = _drawn(point, usual["writes"], seed)
        result = Result()
        dying = fork(partial(_victim, place, point.scenario, organization, death, point.stops), log=place.log)
        run_id = dying.receive()
        if run_id is None and dying.wait() == KILLED:
            # Nobody was told of a run yet.
            return result
        watching = fork(partial(parts.reader, place, run_id), log=place.log)
        if point.death is None:
            time.sleep(random.Random(seed).uniform(0, usual["seconds"]))
            os.kill(dying.pid, KILLED)
        if dying.wait() != KILLED:
            result.faults.append(f"it did not die; see {place.log}")
        if point.again is not None:
            second = fork(partial(parts.survivor, place, point.scenario, run_id, point.again), log=place.log)
            if second.wait() != KILLED:
                result.faults.append(f"it did not die twice; see {place.log}")
        found = self._recovered(place, point, run_id, result)
        if found is not None:
            _compare(found, facts_of(usual["account"]), point, place, result)
            _watched(watching, result)
        else:
            os.kill(watching.pid, KILLED)
            watching.wait()
        if result.faults or result.doubles:
            place.folder.rename(self._folder / re.sub(r"\W+", "-", f"{name} {seed}"))
        return result

    def _troubled(self, name: str, point: Point, seed: int) -> Result:
        """Two workers and a reader; one of the workers falls into trouble at the point."""
        assert self._server is not None, "workers share a database server"
        usual = self._usual(point.scenario)
        direct = replace(self._place(seed, "approved" if seed % 2 else "rejected"), lease_seconds=LEASE_SECONDS)
        death = _drawn(point, usual["writes"], seed)
        assert death is not None
        with self._way(direct) as (place, proxy):
            trouble = partial(os.kill, proxy, CUT) if point.trouble == "cut" else _freeze
            organization = self._organizations[point.scenario]
            work = partial(parts.troubled, place, point.scenario, organization, death, trouble)
            in_trouble = fork(work, log=place.log)
            run_id = in_trouble.receive()
            watching = fork(partial(parts.reader, direct, run_id), log=place.log)
            result = Result()
            if in_trouble.receive() != "trouble":
                result.faults.append("it never came to the point")
            found = self._recovered(direct, point, run_id, result, is_crowded=True)
            os.kill(in_trouble.pid, signal.SIGCONT)
            if in_trouble.receive() != "lived":
                result.faults.append(f"it did not live on: {_last_line(place.log)}")
            in_trouble.wait()
        if found is not None:
            found = self._counted_again(direct, run_id, found, result)
            _compare(found, facts_of(usual["account"]), point, direct, result)
            _watched(watching, result)
        else:
            os.kill(watching.pid, KILLED)
            watching.wait()
        if result.faults or result.doubles:
            direct.folder.rename(self._folder / re.sub(r"\W+", "-", f"{name} {seed}"))
        return result

    def _counted_again(self, place: Place, run_id: str, before: Account, result: Result) -> Account:
        """After the process that was in trouble has come back: it must not have told anything more."""
        child = fork(partial(parts.counted, place, run_id), log=place.log)
        after = facts_of(child.receive())
        child.wait()
        result.faults += _differences("late fact", after.facts, before.facts)
        result.faults += _differences("late span", after.tree, before.tree)
        return after

    @contextmanager
    def _way(self, place: Place) -> Iterator[tuple[Place, int]]:
        """The same place by a way to the database that can be cut, and the process to tell so."""
        assert self._server is not None
        with socket.create_server(("127.0.0.1", 0)) as listener:
            proxy = fork(partial(serve, listener, self._server.port), log=place.log)
            assert proxy.receive() == "ready"
            address = self._server.url(place.folder.name, port=listener.getsockname()[1])
        try:
            yield replace(place, server=address), proxy.pid
        finally:
            os.kill(proxy.pid, KILLED)
            proxy.wait()

    def _recovered(
        self, place: Place, point: Point, run_id: str, result: Result, *, is_crowded: bool = False
    ) -> Account | None:
        work = partial(parts.survivor, place, point.scenario, run_id, None, is_crowded=is_crowded)
        living = fork(work, log=place.log)
        told = living.receive()
        living.wait()
        if told is None:
            result.lost = True
            result.faults.append(f"the run came to no end: {_last_line(place.log)}")
            return None
        result.seconds = told["seconds"]
        return facts_of(told["account"])

    def _usual(self, scenario: str) -> dict[str, Any]:
        """What an undisturbed run comes to."""
        if scenario not in self._undisturbed:
            place = self._place(1, "approved")
            work = partial(parts.undisturbed, place, scenario, self._organizations[scenario])
            child = fork(work, log=place.log)
            told = child.receive()
            child.wait()
            assert told is not None, place.log.read_text()
            assert not told["account"]["faults"], told["account"]["faults"]
            assert sorted(told["account"]["effects"]) == sorted(SCENARIOS[scenario].effects)
            self._undisturbed[scenario] = told
        return self._undisturbed[scenario]

    def _place(self, seed: int, verdict: str) -> Place:
        # Always the same name, for it stands in arguments of tools, which are compared.
        folder = self._folder / "now"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._template, folder)
        return self._fresh(Place(folder, seed, verdict), of="template")

    def _fresh(self, place: Place, *, of: str) -> Place:
        """With a database of its own, which is like another one."""
        if self._server is None:
            return place
        self._server.execute(f"DROP DATABASE IF EXISTS {place.folder.name} WITH (FORCE)")
        self._server.execute(f"CREATE DATABASE {place.folder.name} TEMPLATE {of}")
        return replace(place, server=self._server.url(place.folder.name))


@contextmanager
def new_matrix(*, postgres: bool = False) -> Iterator[Matrix]:
    """In a temporary folder, which keeps what was wrong."""
    with (
        postgres_server() if postgres else nullcontext() as server,
        _mcp_server(),
    ):
        yield Matrix(Path(tempfile.mkdtemp(prefix="kill-matrix-")), server)


@contextmanager
def _mcp_server() -> Iterator[None]:
    """A server that outlives the victims; it answers when this begins."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.environ[MCP_PORT] = str(port)
    server = subprocess.Popen([sys.executable, "-m", "tests.kill_matrix.mcp_server", str(port)])
    try:
        while not _answers(port):
            assert server.poll() is None, "the MCP server has ended"
            time.sleep(0.05)
        yield
    finally:
        server.kill()
        server.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _freeze() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    # The signal reaches the process, not at once this very thread.
    time.sleep(0.2)


def _victim(
    place: Place, scenario: str, organization: str, death: Death | None, stops: bool, send: Callable[[Any], None]
) -> None:
    parts.victim(place, scenario, organization, death, send, stops=stops)


def _drawn(point: Point, writes: int, seed: int) -> Death | None:
    if point.death is not None and point.death.moment == ANY_WRITE:
        return replace(point.death, nth=random.Random(seed).randint(1, writes))
    return point.death


def _compare(found: Account, usual: Account, point: Point, place: Place, result: Result) -> None:
    result.asked = bool(found.doubts)
    result.faults += found.faults
    approved = Counter(call for call, verdict in found.doubts if verdict == "approved")
    result.doubles = _doubles(found, len(approved))
    if point.in_doubt is not None and result.asked != point.in_doubt:
        result.faults.append(f"a person was {'' if result.asked else 'not '}asked about a doubt")
    if point.stops:
        if (found.status, found.effects) != ("cancelled", []):
            result.faults.append(f"it was not stopped: {found.status}, {found.effects}")
        return
    rejected = {call for call, verdict in found.doubts if verdict == "rejected"}
    for name in ("status", "output", "usage"):
        if getattr(found, name) != getattr(usual, name):
            result.faults.append(f"{name} is {getattr(found, name)} instead of {getattr(usual, name)}")
    result.lost = found.status != usual.status
    if not rejected and set(found.effects) != set(usual.effects):
        result.faults.append(f"effects are {found.effects}")
    result.faults += _differences("fact", _known(found.facts, rejected), _known(usual.facts, rejected))
    result.faults += _differences("span", _shape(found.tree, rejected), _shape(usual.tree, rejected))
    if not rejected:
        result.faults += _differences("history", found.history, usual.history)


def _doubles(found: Account, repeated: int) -> int:
    """Effects beyond the first of each kind, less those that people have asked for."""
    extra = sum(count - 1 for count in Counter(found.effects).values())
    return max(0, extra - repeated)


def _known(facts: list[str], rejected: set[str]) -> list[str]:
    """Without what a person's answer in the place of a tool's changes."""
    if not rejected:
        return facts
    return [fact for fact in facts if not fact.startswith(("tool_completed", "tool_failed"))]


def _shape(tree: list[str], rejected: set[str]) -> list[str]:
    """Without payloads, and without the ends and the insides of tools, where a person's answer stands in the place
    of a tool's."""
    if not rejected:
        return tree
    kept, inside = [], None
    for line in tree:
        indent = len(line) - len(line.lstrip())
        if inside is None or indent <= inside:
            kept.append(line)
            inside = indent if any(f"[{call}]" in line for call in rejected) else None
    tree = kept
    return [re.sub(r"^(\s*)(tool|model) (.*?) (ok|error).*$", r"\1\2 \3", line) for line in tree]


def _differences(what: str, found: list[str], usual: list[str]) -> list[str]:
    more, less = Counter(found) - Counter(usual), Counter(usual) - Counter(found)
    faults = [f"{what} too often ({count}x): {line.strip()}" for line, count in more.items()]
    return [*faults, *(f"{what} missing ({count}x): {line.strip()}" for line, count in less.items())]


def _watched(watching: Child, result: Result) -> None:
    told = watching.receive()
    watching.wait()
    result.faults += ["the watcher broke off"] if told is None else told


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text().splitlines() if line.strip()]
    return lines[-1] if lines else "no word"
