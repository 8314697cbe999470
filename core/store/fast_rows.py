"""Statements that run many times a second, compiled once: SQLAlchemy's execution costs more than the write."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import CompilerElement

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


def write_rows(target: "FastConnection", statement: Executable, rows: Collection[Row]) -> None:
    """Run an insert or update for each row: a value for each of the statement's parameters (columns, of a plain
    insert), by name."""
    if rows:
        # All rows of one statement name the same columns.
        names = tuple(next(iter(rows)))
        sql, parameters = _compiled(statement, target.dialect, names)
        target.cursor.executemany(sql, [_values(parameters, row) for row in rows])


def fetch_value(target: "FastConnection", statement: Executable, row: Row) -> Any:
    """The first column of the first row that a select finds; None without one."""
    sql, parameters = _compiled(statement, target.dialect, ())
    target.cursor.execute(sql, _values(parameters, row))
    found = target.cursor.fetchone()
    return found[0] if found else None


_Parameter = tuple[str, Callable[[Any], Any] | None]


@lru_cache(maxsize=64)
def _compiled(
    statement: CompilerElement, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, tuple[_Parameter, ...]]:
    compiled = statement.compile(dialect=dialect, column_keys=list(names) or None)
    assert isinstance(compiled, SQLCompiler)
    assert compiled.positiontup is not None, "the driver takes parameters by position"
    processors: Mapping[str, Any] = compiled._bind_processors
    return str(compiled), tuple((name, processors.get(name)) for name in compiled.positiontup)


def _values(parameters: tuple[_Parameter, ...], row: Row) -> tuple[Any, ...]:
    return tuple(process(row[name]) if process is not None else row[name] for name, process in parameters)
