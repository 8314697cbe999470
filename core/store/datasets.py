"""Datasets: tables of inputs that batches work through."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, insert
from sqlmodel import Session, col, select

from core.ids import new_id, utc_now
from core.records import DatasetRecord
from core.store.fast_rows import FastConnection, write_rows
from core.store.tables import BatchRow, DatasetLineRow, DatasetRow

AT_ONCE = 500
"""Rows on their way to the database."""
_ADD_LINE = insert(DatasetLineRow)


def add_dataset(db: Session, *, name: str, columns: list[str], rows: Iterable[dict[str, Any]]) -> DatasetRecord:
    """Store a dataset; the rows are taken one after the other."""
    row = DatasetRow(id=new_id("data"), name=name, columns=columns, rows=0, created_at=utc_now())
    db.add(row)
    connection = FastConnection.within(db)
    numbered = enumerate(rows, start=1)
    while some := list(islice(numbered, AT_ONCE)):
        write_rows(
            connection, _ADD_LINE, [{"dataset_id": row.id, "position": at, "data": data} for at, data in some]
        )
        row.rows += len(some)
    db.flush()
    return _record(row)


def datasets(db: Session, *, limit: int = 200) -> list[DatasetRecord]:
    """The newest first."""
    rows = db.exec(select(DatasetRow).order_by(col(DatasetRow.created_at).desc()).limit(limit))
    return [_record(row) for row in rows]


def dataset(db: Session, dataset_id: str) -> DatasetRecord | None:
    """One dataset, without its rows."""
    row = db.get(DatasetRow, dataset_id)
    return _record(row) if row else None


def lines(db: Session, dataset_id: str, *, after: int = 0, limit: int) -> list[dict[str, Any]]:
    """Its rows behind position `after`."""
    query = (
        select(DatasetLineRow.data)
        .where(DatasetLineRow.dataset_id == dataset_id, DatasetLineRow.position > after)
        .order_by(col(DatasetLineRow.position))
        .limit(limit)
    )
    return [dict(data) for data in db.exec(query)]


def uses(db: Session, dataset_id: str) -> int:
    """How many batches work on it, or have."""
    query = select(func.count()).select_from(BatchRow).where(BatchRow.dataset_id == dataset_id)
    return db.exec(query).one()


def remove(db: Session, dataset_id: str) -> None:
    """Delete a dataset that no batch uses."""
    db.execute(delete(DatasetLineRow).where(col(DatasetLineRow.dataset_id) == dataset_id))
    db.execute(delete(DatasetRow).where(col(DatasetRow.id) == dataset_id))


def _record(row: DatasetRow) -> DatasetRecord:
    return DatasetRecord(
        id=row.id, name=row.name, columns=list(row.columns), rows=row.rows, created_at=row.created_at
    )
