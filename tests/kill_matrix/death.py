"""When a process has to die, and the ledger of what its tools and models did before."""

import contextlib
import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

LEDGER = "STUDIO_TEST_LEDGER"


@dataclass(frozen=True, slots=True)
class Death:
    """At the `nth` time that a moment comes whose name begins so."""

    moment: str
    nth: int = 1


@dataclass(slots=True)
class _Fate:
    death: Death | None = None
    seen: int = 0
    last_act: Callable[[], None] | None = None
    survives: bool = False


_fate = _Fate()
_lock = threading.Lock()
ledger_is_free = threading.Lock()
"""Held by whoever writes into the ledger, and by whoever must not be stopped while somebody does."""


def die_at(death: Death | None, *, last_act: Callable[[], None] | None = None, survives: bool = False) -> None:
    """What this process is to die of, and what it does just before; None to live. If it `survives`, only that."""
    with _lock:
        _fate.death, _fate.seen, _fate.last_act, _fate.survives = death, 0, last_act, survives


def times_seen() -> int:
    """How often the moment has come."""
    return _fate.seen


def moment(name: str) -> None:
    """Die if it is time."""
    with _lock:
        if _fate.death is None or not name.startswith(_fate.death.moment):
            return
        _fate.seen += 1
        if _fate.seen != _fate.death.nth:
            return
    # Without the lock: what is done may wait for a thread that comes to a moment of its own.
    if _fate.last_act is not None:
        _fate.last_act()
    if not _fate.survives:
        os.kill(os.getpid(), signal.SIGKILL)


class Ledger:
    """What was done in all processes, in tables of its own file. Each row stands when the call returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def current(cls) -> "Ledger":
        """The one that the environment names."""
        return cls(Path(os.environ[LEDGER]))

    def create(self) -> None:
        """Make the empty tables."""
        with self._open() as db:
            db.execute("CREATE TABLE effect (call_id TEXT, what TEXT, pid INTEGER)")
            db.execute("CREATE TABLE asked (question TEXT, pid INTEGER)")

    def add_effect(self, call_id: str, what: str) -> None:
        """A tool has changed something."""
        with self._open() as db:
            db.execute("INSERT INTO effect VALUES (?, ?, ?)", [call_id, what, os.getpid()])

    def add_question(self, question: str) -> None:
        """A model was asked."""
        with self._open() as db:
            db.execute("INSERT INTO asked VALUES (?, ?)", [question, os.getpid()])

    def effects(self) -> list[str]:
        """What was changed, in order."""
        with self._open() as db:
            return [what for (what,) in db.execute("SELECT what FROM effect ORDER BY rowid")]

    def questions(self, *, pid: int | None = None) -> list[str]:
        """What models were asked, by one process or by all."""
        with self._open() as db:
            rows = db.execute("SELECT question, pid FROM asked ORDER BY rowid").fetchall()
        return [question for question, asker in rows if pid is None or asker == pid]

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        opened = sqlite3.connect(self._path, isolation_level=None, timeout=30)
        with ledger_is_free, contextlib.closing(opened) as db:
            # The process dies, not the machine.
            db.execute("PRAGMA synchronous=OFF")
            yield db
