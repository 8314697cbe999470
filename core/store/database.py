"""The database of one process: opening it, and units of work."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from core.settings import ServerAddress
from core.store.fast_rows import FastConnection
from core.store.news import FileNews, Hear, LookAll, News, ServerNews
from core.store.postgres import PostgresServer
from core.store.sqlite import SqliteFile
from core.store.upgrade import bring_up_to_date

__all__ = ["Database", "FastConnection", "Session"]

KEPT_CONNECTIONS = 4
"""Of one process; so many write at the same time without opening one."""
_SQLALCHEMY = DBAPIError, PoolTimeout


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
        except _SQLALCHEMY as error:
            self._raise(error)
        self._kept: deque[Any] = deque()
        """Connections of `fast` and `glance` that are not used at the moment."""

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
        except _SQLALCHEMY as error:
            self._raise(error)

    @contextmanager
    def glance(self) -> Iterator[FastConnection]:
        """For one statement that only reads, and is asked many times a second."""
        try:
            # The pool looks whether a connection was lost; where none can be, a kept one does.
            connection = None if self.place.may_be_lost else self._kept_one()
            connection = connection or self._engine.raw_connection()
            try:
                yield FastConnection(connection.cursor(), self._engine.dialect)
            finally:
                self._keep(connection)
        except (self.place.driver_error, *_SQLALCHEMY) as error:
            self._raise(error)

    @contextmanager
    def batch(self) -> Iterator[Connection]:
        """A unit of work without the object layer."""
        with self._writing() as connection:
            yield connection

    @contextmanager
    def fast(self) -> Iterator[FastConnection]:
        """A unit of work on the driver itself, for what is written many times a second. A few connections are kept
        for it."""
        connection, cursor = self._begun()
        try:
            yield FastConnection(cursor, self._engine.dialect)
            cursor.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001
            # Raised again, in words where the server is gone.
            self._undo(connection, cursor)
            self._raise(error)
        self._keep(connection)

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
        while (connection := self._kept_one()) is not None:
            connection.close()
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                yield connection
        except _SQLALCHEMY as error:
            self._raise(error)

    def _begun(self) -> tuple[Any, Any]:
        """A connection that nobody else uses, and its cursor inside a transaction."""
        while (connection := self._kept_one()) is not None:
            try:
                return connection, self._begin_on(connection)
            except self.place.driver_error as error:
                # It may have been lost while nobody used it. Nothing was said on it, so another one does as well.
                self._give_up(connection)
                if not self.place.may_be_lost:
                    self._raise(error)
        try:
            connection = self._engine.raw_connection()
        except (self.place.driver_error, *_SQLALCHEMY) as error:
            self._raise(error)
        try:
            return connection, self._begin_on(connection)
        except self.place.driver_error as error:
            self._give_up(connection)
            self._raise(error)

    def _kept_one(self) -> Any | None:
        try:
            return self._kept.pop()
        except IndexError:
            return None

    def _begin_on(self, connection: Any) -> Any:
        cursor = connection.cursor()
        cursor.execute(self.place.begin_writing)
        return cursor

    def _undo(self, connection: Any, cursor: Any) -> None:
        try:
            cursor.execute("ROLLBACK")
        except self.place.driver_error:
            # There is nothing to roll back on it any more.
            self._give_up(connection)
        else:
            self._keep(connection)

    def _keep(self, connection: Any) -> None:
        if len(self._kept) < KEPT_CONNECTIONS:
            self._kept.append(connection)
        else:
            connection.close()

    def _give_up(self, connection: Any) -> None:
        """Let go of a connection that is of no use at the moment."""
        if self.place.may_be_lost:
            connection.invalidate()
        else:
            connection.close()

    def _on_begin(self, connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql(self.place.begin_writing if writes else self.place.begin_reading)

    def _raise(self, error: BaseException) -> NoReturn:
        told = self.place.unavailable(error)
        if told is None:
            raise error
        raise told from error
