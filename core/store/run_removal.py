"""Removes runs with everything that belongs to them."""

from sqlalchemy import Column, ColumnElement, Table, delete, select, update
from sqlmodel import Session, SQLModel

from core.store.cassettes import remove_unused
from core.store.tables import RunRow


def remove_runs(db: Session, run_ids: list[str]) -> None:
    """Delete runs and all rows that belong to them or to what belongs to them; what only mentions them forgets
    them. Payloads stay: others may have the same."""
    table = SQLModel.metadata.tables[str(RunRow.__tablename__)]
    _remove(db, table, table.c.id.in_(run_ids))
    remove_unused(db)


def _remove(db: Session, table: Table, which: ColumnElement[bool]) -> None:
    """Delete rows of a table, after what refers to them."""
    for referring, target in _references(table):
        refers = referring.in_(select(target).where(which))
        if referring.nullable:
            db.execute(update(referring.table).where(refers).values({referring.name: None}))
        else:
            _remove(db, referring.table, refers)
    db.execute(delete(table).where(which))


def _references(table: Table) -> list[tuple["Column[str]", "Column[str]"]]:
    """Columns of all tables that point to this one, and the columns of it that they point to."""
    return [
        (column, key.column)
        for other in SQLModel.metadata.tables.values()
        for column in other.columns
        for key in column.foreign_keys
        if key.column.table is table
    ]
