"""The database of one process: opening it, and units of work."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import Session, create_engine

from core.store.fast_rows import FastConnection
from core.store.upgrade import bring_up_to_date

__all__ = ["Database", "FastConnection", "Session"]


_BEGIN_WRITING = "BEGIN IMMEDIATE"


class Database:
    """Opens (creating or upgrading) the SQLite file at `path`. Share one per process; it is thread-safe."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 10})
        _configure(self._engine)
        bring_up_to_date(self._engine, path)
        self._own = threading.local()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One unit of work that may write: commits at the end, rolls back on an exception."""
        with self._writing() as connection, Session(connection, expire_on_commit=False) as db:
            yield db
            db.flush()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view of the data, without keeping writers out."""
        with self._engine.connect() as connection, Session(connection) as db:
            yield db

    @contextmanager
    def glance(self) -> Iterator[FastConnection]:
        """For one statement that only reads, and is asked many times a second."""
        with closing(self._engine.raw_connection()) as connection:
            yield FastConnection(connection.cursor(), self._engine.dialect)

    @contextmanager
    def batch(self) -> Iterator[Connection]:
        """A unit of work without the object layer."""
        with self._writing() as connection:
            yield connection

    @contextmanager
    def fast(self) -> Iterator[FastConnection]:
        """A unit of work on the driver itself, for what is written many times a second. Each thread keeps a
        connection for it."""
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._engine.raw_connection()
        cursor = connection.cursor()
        cursor.execute(_BEGIN_WRITING)
        try:
            yield FastConnection(cursor, self._engine.dialect)
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection


def _configure(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: `_on_begin` says which kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails under a concurrent writer: take the lock at once.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql(_BEGIN_WRITING if writes else "BEGIN")
