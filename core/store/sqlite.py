"""The database as a SQLite file: one machine, any number of processes."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from core.errors import DatabaseUnavailableError, TroupeError

_NO_ANSWER = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


class SqliteFile:
    """A database in the file at `path`, which is made when it is not there."""

    begin_reading = "BEGIN"
    begin_writing = "BEGIN IMMEDIATE"
    """A transaction that reads first and writes later fails under a concurrent writer: take the lock at once."""
    driver_error: type[Exception] = sqlite3.Error
    may_be_lost = False
    """Whether connections can be cut."""
    end_frozen: str | None = None
    """Ends transactions in which a process has done nothing for `frozen_seconds`, and tells how many; here nobody
    can do that."""
    frozen_seconds = 0.0
    begin_upgrade: str | None = None
    """What keeps others from upgrading meanwhile; here whoever writes is alone."""
    wait_seconds = 10.0
    """How long a writer waits for another one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shown = str(path)

    def open(self) -> Engine:
        """Connections to it, which open transactions only when they are told to."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # However many threads there are: they wait for the file, not for a connection.
        engine = create_engine(
            f"sqlite:///{self.path}", connect_args={"timeout": self.wait_seconds}, max_overflow=-1
        )
        event.listen(engine, "connect", _configure)
        return engine

    def back_up(self, version: str) -> str:
        """Copy it before it is upgraded; says where the copy is."""
        copy = self.path.with_name(f"{self.path.stem}-{version}-{datetime.now():%Y%m%d-%H%M%S}.backup.db")
        with sqlite3.connect(self.path) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        return f"A copy of it is in {copy}."

    def unavailable(self, error: BaseException) -> TroupeError | None:
        """What to say when the file could not be read or written: it is locked, or the disk is full."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, sqlite3.OperationalError) or cause.sqlite_errorcode & 0xFF not in _NO_ANSWER:
            return None
        return DatabaseUnavailableError(
            f"The database {self.shown} cannot be used: {cause}.",
            hint="Look whether the disk is full, whether the file may be written, and whether another program "
            "keeps it locked.",
        )


def _configure(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: the units of work say which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
