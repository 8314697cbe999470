"""One try of a point: kill, recover, count, compare."""

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.kill_matrix import parts, team
from tests.kill_matrix.account import Account, facts_of
from tests.kill_matrix.compare import Result, compare, differences
from tests.kill_matrix.death import Death, Ledger
from tests.kill_matrix.evidence import write_tables
from tests.kill_matrix.forks import Child, Send, fork
from tests.kill_matrix.parts import ANY_WRITE, Place
from tests.kill_matrix.people import SECONDS
from tests.kill_matrix.points import Point
from tests.kill_matrix.proxy import CUT, serve
from tests.kill_matrix.reader import reader
from tests.kill_matrix.scenarios import MCP_PORT, SCENARIOS
from tests.support.postgres import PostgresServer, postgres_server

KILLED = 9
LEASE_SECONDS = 2.0


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
        self._children: list[Child] = []
        """Those of the present try."""

    def attempt(self, name: str, point: Point, seed: int) -> Result:
        """Kill a run at the point, or put it in trouble, and see what comes of it."""
        usual = self._usual(point.scenario)
        place = self._place(seed, point.verdict or ("approved" if seed % 2 else "rejected"))
        result = Result()
        try:
            found = (self._troubled if point.trouble else self._killed)(place, point, usual, result)
            if found is not None:
                compare(found, facts_of(usual["account"]), point, result)
        except TimeoutError as error:
            result.lost = True
            result.faults.append(f"{error} {_last_line(place.log)}")
        finally:
            for child in self._children:
                child.end()
            self._children.clear()
        if result.faults or result.doubles:
            self._keep(place, re.sub(r"\W+", "-", f"{name} {seed}"))
        return result

    def _killed(self, place: Place, point: Point, usual: dict[str, Any], result: Result) -> Account | None:
        assert place.seed is not None
        organization = self._organizations[point.scenario]
        death = _drawn(point, usual["writes"], place.seed)
        dying = self._fork(place, partial(_victim, place, point.scenario, organization, death, point.stops))
        work = dying.receive()
        if work is None and dying.wait() == KILLED:
            # Nobody was told of a run yet.
            return None
        watching = self._fork(place, partial(reader, place, work))
        if point.death is None:
            time.sleep(random.Random(place.seed).uniform(0, usual["seconds"]))
            os.kill(dying.pid, KILLED)
        if dying.wait() != KILLED:
            result.faults.append(f"it did not die; see {place.log}")
        if point.again is not None:
            second = self._fork(place, partial(parts.survivor, place, point.scenario, work, point.again))
            if second.wait() != KILLED:
                result.faults.append(f"it did not die twice; see {place.log}")
        living = self._fork(place, partial(parts.survivor, place, point.scenario, work, None))
        found = _told(living, place, result)
        if found is not None:
            _watched(watching, result)
        return found

    def _troubled(self, place: Place, point: Point, usual: dict[str, Any], result: Result) -> Account | None:
        """Two workers, a page and a reader; one of the workers falls into trouble at the point."""
        assert place.seed is not None
        death = _drawn(point, usual["writes"], place.seed)
        assert death is not None
        place = replace(place, lease_seconds=LEASE_SECONDS)
        workers = [self._worker(place, point, death) for _ in range(2)]
        organization = self._organizations[point.scenario]
        page = self._fork(place, partial(team.page, place, point.scenario, organization, point.order))
        work = page.receive()
        watching = self._fork(place, partial(reader, replace(place, role="web"), work))
        found = _told(page, place, result)
        in_trouble = team.pid_in_trouble(place)
        if in_trouble is None and not point.every_write:
            result.faults.append("no worker came to the point")
        team.tell_over(place)
        for each in workers if point.trouble != "kill" else []:
            if each.receive() != "lived":
                result.faults.append(f"a worker did not live on: {_last_line(place.log)}")
        if found is None:
            return None
        _watched(watching, result)
        return self._counted_again(place, work, found, result)

    def _worker(self, place: Place, point: Point, death: Death) -> Child:
        at = place
        match point.trouble:
            case "freeze":
                act: Callable[[], None] = team.freeze
            case "cut":
                at, act = self._way(place)
            case _:
                act = team.die
        started = self._fork(place, partial(team.worker, at, death, act))
        if started.receive() != "ready":
            raise TimeoutError("A worker did not start.")
        return started

    def _way(self, place: Place) -> tuple[Place, Callable[[], None]]:
        """The same place by a way to the database, and how to cut that."""
        assert self._server is not None, "workers share a database server"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            proxy = self._fork(place, partial(serve, listener, self._server.port))
            assert proxy.receive() == "ready"
            address = self._server.url(place.folder.name, port=listener.getsockname()[1])
        return replace(place, server=address), partial(os.kill, proxy.pid, CUT)

    def _counted_again(self, place: Place, work: str, before: Account, result: Result) -> Account:
        """After the worker that was in trouble has come back: it must not have told anything more."""
        after = facts_of(self._fork(place, partial(team.counted, place, work)).receive())
        result.faults += differences("late fact", after.facts, before.facts)
        result.faults += differences("late span", after.tree, before.tree)
        # What the page saw of its own orders stays.
        after.faults += [fault for fault in before.faults if fault not in after.faults]
        return after

    def _fork(self, place: Place, work: Callable[[Send], None]) -> Child:
        child = fork(work, log=place.log)
        self._children.append(child)
        return child

    def _keep(self, place: Place, name: str) -> None:
        """What is needed to find out what was wrong; the database server is gone soon."""
        kept = self._folder / name
        shutil.rmtree(kept, ignore_errors=True)
        place.folder.rename(kept)
        if place.server:
            write_tables(place.server, kept)

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


def _victim(
    place: Place, scenario: str, organization: str, death: Death | None, stops: bool, send: Callable[[Any], None]
) -> None:
    parts.victim(place, scenario, organization, death, send, stops=stops)


def _drawn(point: Point, writes: int, seed: int) -> Death | None:
    if point.death is not None and point.death.moment == ANY_WRITE:
        return replace(point.death, nth=random.Random(seed).randint(1, writes))
    return point.death


def _told(child: Child, place: Place, result: Result) -> Account | None:
    """What it has counted; None when it did not come to that."""
    told = child.receive(seconds=1.5 * SECONDS)
    if told is None:
        result.lost = True
        result.faults.append(f"the run came to no end: {_last_line(place.log)}")
        return None
    result.seconds = told["seconds"]
    return facts_of(told["account"])


def _watched(watching: Child, result: Result) -> None:
    told = watching.receive()
    watching.wait()
    result.faults += ["the watcher broke off"] if told is None else told


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text().splitlines() if line.strip()]
    return lines[-1] if lines else "no word"
