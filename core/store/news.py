"""What other processes do to the database, told soon after they have done it."""

import logging
import os
import select
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

from core.errors import DatabaseUnavailableError
from core.settings import ServerAddress
from core.store.postgres import connect_to
from core.store.telling import CHANNEL

Hear = Callable[[str, str], None]
"""Is told a kind (`queued`, `order` or `events`) and the id of a run."""
LookAll = Callable[[], None]
"""Is told that anything may have happened."""

CALM_SECONDS = 0.05
HURRY_SECONDS = 0.02
_RETRY_SECONDS = 0.5
_LOOK_AGAIN_SECONDS = 5.0

log = logging.getLogger(__name__)


class News(Protocol):
    """One thread of this process that listens for all of it."""

    def start(self) -> None:
        """Begin to listen, once."""
        ...

    def stop(self) -> None:
        """Listen no more."""
        ...

    def hurry(self, change: int) -> None:
        """So many more, or fewer, want to hear of each change at once."""
        ...


class _Listener:
    """A thread that is started once and stopped once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        with self._lock:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._listen, name="news", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        # With the lock, because another thread may be about to start it.
        with self._lock:
            self._stopping.set()
            thread = self._thread
        self._rouse()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5)

    def _rouse(self) -> None: ...

    def _listen(self) -> None: ...


class FileNews(_Listener):
    """Looks whether a SQLite file has changed; what has, it does not know. Also this process's changes count."""

    def __init__(self, path: Path, look_all: LookAll) -> None:
        super().__init__()
        self._path = path
        self._look_all = look_all
        self._hurrying = 0

    def hurry(self, change: int) -> None:
        with self._lock:
            self._hurrying += change

    def _listen(self) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            before = None
            while not self._stopping.wait(HURRY_SECONDS if self._hurrying else CALM_SECONDS):
                version = connection.execute("PRAGMA data_version").fetchone()
                if version != before:
                    before = version
                    self._look_all()


class ServerNews(_Listener):
    """Listens on a connection of its own. When that is lost it makes another one, and then anything may have
    happened."""

    def __init__(self, address: ServerAddress, hear: Hear, look_all: LookAll) -> None:
        super().__init__()
        self._address = address
        self._hear = hear
        self._look_all = look_all
        self._roused, self._rouser = os.pipe()

    def hurry(self, change: int) -> None:
        """It is told at once in any case."""

    def stop(self) -> None:
        super().stop()
        with self._lock:
            for end in (self._roused, self._rouser):
                with suppress(OSError):
                    os.close(end)

    def _rouse(self) -> None:
        with suppress(OSError):
            os.write(self._rouser, b".")

    def _listen(self) -> None:
        import psycopg

        told = False
        while not self._stopping.is_set():
            try:
                self._listen_once()
                told = False
            except (psycopg.Error, DatabaseUnavailableError, OSError) as error:
                if not told:
                    log.warning("News of other processes are late: %s", self._address.without_secret(str(error)))
                    told = True
                self._stopping.wait(_RETRY_SECONDS)

    def _listen_once(self) -> None:
        with closing(connect_to(self._address)) as connection:
            connection.execute(f"LISTEN {CHANNEL}".encode())
            # Whatever happened while nobody listened.
            self._look_all()
            while not self._stopping.is_set():
                ready, _, _ = select.select([connection.fileno(), self._roused], [], [], _LOOK_AGAIN_SECONDS)
                if not ready:
                    # Says nothing for long: is there still somebody?
                    connection.execute(b"SELECT 1")
                for note in connection.notifies(timeout=0):
                    kind, _, run_id = note.payload.partition(" ")
                    self._hear(kind, run_id)
