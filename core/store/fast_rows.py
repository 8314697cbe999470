"""Statements that run many times a second, compiled once: SQLAlchemy's execution costs more than the write."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Float
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import CompilerElement
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FastConnection:
    """The driver's own cursor, inside a transaction."""

    cursor: Any
    dialect: Dialect

    @classmethod
    def of(cls, connection: Connection) -> "FastConnection":
        """On the transaction of a connection."""
        return cls(connection.connection.cursor(), connection.dialect)

    @classmethod
    def within(cls, db: "Session | FastConnection") -> "FastConnection":
        """On the transaction of a session; what the session has not written yet is written first."""
        if isinstance(db, FastConnection):
            return db
        db.flush()
        return cls.of(db.connection())


def write_rows(target: "FastConnection", statement: Executable, rows: Collection[Row]) -> None:
    """Run an insert or update for each row: a value for each of the statement's parameters (columns, of a plain
    insert), by name."""
    if rows:
        # All rows of one statement name the same columns.
        names = tuple(next(iter(rows)))
        compiled = _compiled(statement, target.dialect, names)
        target.cursor.executemany(compiled.sql, [_values(compiled, row) for row in rows])


def fetch_rows(target: "FastConnection", statement: Executable, row: Row) -> list[tuple[Any, ...]]:
    """What a statement finds or returns, as tuples; `row` has a value for each named parameter."""
    compiled = _compiled(statement, target.dialect, ())
    target.cursor.execute(compiled.sql, _values(compiled, {**compiled.constants, **row}))
    return [
        tuple(
            read(value) if read is not None else value for read, value in zip(compiled.readers, found, strict=True)
        )
        for found in target.cursor.fetchall()
    ]


def fetch_value(target: "FastConnection", statement: Executable, row: Row) -> Any:
    """The first column of the first row that a select finds; None without one."""
    found = fetch_rows(target, statement, row)
    return found[0][0] if found else None


_Process = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    names: tuple[str, ...]
    """Of the parameters; in their order, where they have places."""
    processed: tuple[tuple[int, Callable[[Any], Any]], ...]
    """The parameters, by number, of which something makes a value of the driver's, and what that is."""
    by_name: bool
    """Whether the driver takes parameters by name and not by place."""
    constants: Row
    """Values that stand in the statement itself."""
    readers: tuple[_Process, ...]
    """By place of the result's columns."""


@lru_cache(maxsize=64)
def _compiled(statement: CompilerElement, dialect: Dialect, columns: tuple[str, ...]) -> _Statement:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    assert isinstance(compiled, SQLCompiler)
    names = tuple(compiled.binds if compiled.positiontup is None else compiled.positiontup)
    processors: Mapping[str, Any] = compiled._bind_processors
    return _Statement(
        sql=str(compiled),
        names=names,
        processed=tuple((place, processors[name]) for place, name in enumerate(names) if name in processors),
        by_name=compiled.positiontup is None,
        constants={name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required},
        readers=tuple(_reader(column.type, dialect) for column in compiled._result_columns),
    )


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> _Process:
    # Both drivers give floats as they are; SQLAlchemy would want to know the server's number of the type.
    return None if isinstance(kind, Float) else kind._cached_result_processor(dialect, None)


def _values(statement: _Statement, row: Row) -> Any:
    values = [row[name] for name in statement.names]
    for place, process in statement.processed:
        values[place] = process(values[place])
    return dict(zip(statement.names, values, strict=True)) if statement.by_name else values
