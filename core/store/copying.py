"""Everything of one database, copied into another: from a file to a server, and back."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_rows

from core.errors import ConflictError
from core.store.database import Database
from core.store.tables import RunRow, WorkerRow

BATCH = 500
Tell = Callable[[str, int], None]
"""Is told the name of a table, and how many of its rows were copied."""


def copy_all(source: Database, target: Database, *, replace: bool, tell: Tell) -> int:
    """Copy all rows, in one transaction; returns how many. Raises ConflictError when runs are at work in either
    database, when there is anything in the target (unless it is to be replaced), or when the counts differ."""
    copied = 0
    with source.read() as rows, target.batch() as to:
        _refuse_work(rows, source.shown)
        _make_room(to, target.shown, replace=replace)
        for table in _tables():
            count = _copy(rows, to, table)
            _refuse_difference(to, table, count)
            _go_on_counting(to, table)
            tell(table.name, count)
            copied += count
    return copied


def _tables() -> Iterator[Table]:
    """All that hold data, those that others refer to first."""
    for table in SQLModel.metadata.sorted_tables:
        # Workers speak for themselves.
        if table.name != WorkerRow.__tablename__:
            yield table


def _refuse_work(db: Session, shown: str) -> None:
    at_work = db.exec(
        select_rows(func.count()).select_from(RunRow).where(col(RunRow.status).in_(("queued", "running")))
    ).one()
    if at_work:
        raise ConflictError(
            f"{at_work} runs of {shown} are queued or at work.",
            hint="Wait until they have ended, pause or stop them, and end the studio and its workers.",
        )


def _make_room(to: Connection, shown: str, *, replace: bool) -> None:
    filled = [table for table in _tables() if to.execute(select(func.count()).select_from(table)).scalar_one()]
    if filled and not replace:
        names = ", ".join(table.name for table in filled[:4])
        raise ConflictError(
            f"There is data in {shown} already ({names}).",
            hint="Choose an empty one; or say --replace, and what is in it is lost.",
        )
    if filled:
        with Session(to) as db:
            _refuse_work(db, shown)
        for table in reversed(list(_tables())):
            to.execute(delete(table))


def _copy(rows: Session, to: Connection, table: Table) -> int:
    # Rows that refer to others of the same table are younger than these.
    order = [table.c.created_at] if "created_at" in table.c else []
    found = rows.connection().execute(
        select(table).order_by(*order, *table.primary_key.columns), execution_options={"yield_per": BATCH}
    )
    copied = 0
    for part in found.mappings().partitions(BATCH):
        to.execute(insert(table), [dict(row) for row in part])
        copied += len(part)
    return copied


def _refuse_difference(to: Connection, table: Table, count: int) -> None:
    arrived = to.execute(select(func.count()).select_from(table)).scalar_one()
    if arrived != count:
        raise ConflictError(f"Of {count} rows of '{table.name}' {arrived} arrived, so nothing was copied.")


def _go_on_counting(to: Connection, table: Table) -> None:
    """Numbers that the server gives go on behind those that were copied."""
    counted = table.autoincrement_column
    if to.dialect.name == "postgresql" and counted is not None:
        newest = select(func.coalesce(func.max(counted), 0) + 1).scalar_subquery()
        to.execute(select(func.setval(func.pg_get_serial_sequence(table.name, counted.name), newest, False)))
