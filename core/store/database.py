"""The database of one process: opening it, and units of work."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from core.settings import ServerAddress
from core.store.fast_rows import FastConnection
from core.store.news import FileNews, Hear, LookAll, News, ServerNews
from core.store.postgres import PostgresServer
from core.store.sqlite import SqliteFile
from core.store.upgrade import bring_up_to_date

__all__ = ["Database", "FastConnection", "Session"]


class Database:
    """Opens (creating or upgrading) the SQLite file at a path, or the database of a PostgreSQL server. Share one
    per process; it is thread-safe. Whatever it is asked raises DatabaseUnavailableError when the server cannot be
    reached; nothing of that unit of work is stored then, or all of it when the answer to its end was lost."""

    def __init__(self, where: Path | ServerAddress) -> None:
        self.place = SqliteFile(where) if isinstance(where, Path) else PostgresServer(where)
        self.shown = self.place.shown
        """Where it is, without secrets."""
        self._engine = self.place.open()
        event.listen(self._engine, "begin", self._on_begin)
        try:
            bring_up_to_date(self._engine, self.place)
        except DBAPIError as error:
            self._raise(error)
        self._own = threading.local()

    @property
    def is_shared(self) -> bool:
        """Whether processes on other machines may use it, too."""
        return isinstance(self.place, PostgresServer)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One unit of work that may write: commits at the end, rolls back on an exception."""
        with self._writing() as connection, Session(connection, expire_on_commit=False) as db:
            yield db
            db.flush()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view of the data, without keeping writers out."""
        try:
            with self._engine.connect() as connection, Session(connection) as db:
                yield db
        except DBAPIError as error:
            self._raise(error)

    @contextmanager
    def glance(self) -> Iterator[FastConnection]:
        """For one statement that only reads, and is asked many times a second."""
        try:
            with closing(self._engine.raw_connection()) as connection:
                yield FastConnection(connection.cursor(), self._engine.dialect)
        except (self.place.driver_error, DBAPIError) as error:
            self._raise(error)

    @contextmanager
    def batch(self) -> Iterator[Connection]:
        """A unit of work without the object layer."""
        with self._writing() as connection:
            yield connection

    @contextmanager
    def fast(self) -> Iterator[FastConnection]:
        """A unit of work on the driver itself, for what is written many times a second. Each thread keeps a
        connection for it."""
        cursor = self._begun()
        try:
            yield FastConnection(cursor, self._engine.dialect)
            cursor.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001
            # Raised again, in words where the server is gone.
            self._undo(cursor)
            self._raise(error)

    def news(self, hear: Hear, look_all: LookAll) -> News:
        """What other processes do from now on, once it is started; told on a thread of its own."""
        if isinstance(self.place, SqliteFile):
            return FileNews(self.place.path, look_all)
        return ServerNews(self.place.address, hear, look_all)

    def end_frozen(self, *, lease: float) -> int:
        """End the transactions in which a process has written something and stands still for as long as its lease;
        how many these were."""
        if self.place.end_frozen is None:
            return 0
        seconds = min(self.place.frozen_seconds, lease)
        with self.batch() as connection:
            return int(connection.exec_driver_sql(self.place.end_frozen, {"seconds": seconds}).scalar_one())

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            self._raise(error)

    def _begun(self) -> Any:
        """A cursor of this thread's own connection, inside a transaction."""
        try:
            return self._begin_on_own()
        except self.place.driver_error as error:
            if not self._forget_own():
                self._raise(error)
        # The connection was lost while nobody used it. Nothing was said on it, so another one does as well.
        try:
            return self._begin_on_own()
        except self.place.driver_error as error:
            self._forget_own()
            self._raise(error)

    def _begin_on_own(self) -> Any:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._engine.raw_connection()
        cursor = connection.cursor()
        cursor.execute(self.place.begin_writing)
        return cursor

    def _undo(self, cursor: Any) -> None:
        try:
            cursor.execute("ROLLBACK")
        except self.place.driver_error:
            # There is nothing to roll back on it any more.
            self._forget_own()

    def _forget_own(self) -> bool:
        """Let go of this thread's own connection; whether there is one, and another may do better."""
        connection = getattr(self._own, "connection", None)
        if connection is None or not self.place.may_be_lost:
            return False
        self._own.connection = None
        connection.invalidate()
        return True

    def _on_begin(self, connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql(self.place.begin_writing if writes else self.place.begin_reading)

    def _raise(self, error: BaseException) -> NoReturn:
        told = self.place.unavailable(error)
        if told is None:
            raise error
        raise told from error
