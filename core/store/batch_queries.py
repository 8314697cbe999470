"""Batches as they are looked at: how far they are, and what came out of their rows."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from core.ids import utc_now
from core.records import BatchCounts, BatchPace, BatchRecord, Page
from core.store.tables import BatchLineRow, BatchRow, DatasetLineRow, RunRow

PACE = timedelta(seconds=60)
"""How far back the pace is measured."""
# A row that is to be started again has the run of its last attempt still.
_STATUS = case(
    (col(BatchLineRow.state) == "started", col(RunRow.status)),
    (col(BatchLineRow.state) == "refused", "failed"),
    else_="pending",
).label("status")
_LINE_COLUMNS = (
    col(BatchLineRow.position),
    _STATUS,
    col(DatasetLineRow.data),
    col(BatchLineRow.state),
    col(BatchLineRow.error),
    col(BatchLineRow.attempts),
    col(BatchLineRow.run_id),
    *(
        getattr(RunRow, name)
        for name in (
            "input",
            "output",
            "error_message",
            "error_hint",
            "input_tokens",
            "output_tokens",
            "simulated",
            "started_at",
            "ended_at",
        )
    ),
)


def batch(db: Session, batch_id: str) -> BatchRecord | None:
    """One batch, as far as it is."""
    row = db.get(BatchRow, batch_id)
    if row is None or row.deleted:
        return None
    return _record(row, _counts(db, [row.id]).get(row.id, BatchCounts()))


def batch_page(db: Session, *, number: int, size: int) -> Page[BatchRecord]:
    """Batches, newest first; pages count from 1."""
    shown = col(BatchRow.deleted).is_(False)
    total = db.exec(select(func.count()).select_from(BatchRow).where(shown)).one()
    query = select(BatchRow).where(shown).order_by(col(BatchRow.created_at).desc(), col(BatchRow.id).desc())
    rows = db.exec(query.offset((number - 1) * size).limit(size)).all()
    counts = _counts(db, [row.id for row in rows])
    records = [_record(row, counts.get(row.id, BatchCounts())) for row in rows]
    return Page(rows=records, total=total, number=number, size=size)


def pace(db: Session, record: BatchRecord) -> BatchPace:
    """How fast rows end: in the last minute while they do, and since it was started or continued when all is
    done."""
    over = (col(RunRow.batch_id) == record.id, col(RunRow.status).in_(("completed", "failed")))
    now = utc_now()
    if record.status in ("running", "stopping"):
        start, end = max(now - PACE, record.resumed_at), now
    else:
        start = record.resumed_at
        end = db.execute(select_columns(func.max(col(RunRow.ended_at))).where(*over)).scalar_one() or now
    lately = select_columns(func.count()).where(*over, col(RunRow.ended_at) >= start)
    return BatchPace(db.execute(lately).scalar_one(), (end - start).total_seconds())


def lines(
    db: Session, batch_id: str, *, status: str | None = None, after: int = 0, skip: int = 0, limit: int
) -> list[Row[Any]]:
    """Rows with what came out of them, in their order, behind position `after`."""
    query = _joined(batch_id, *_LINE_COLUMNS).where(col(BatchLineRow.position) > after)
    if status is not None:
        query = query.where(_STATUS.in_((status,)))
    return list(db.execute(query.order_by(col(BatchLineRow.position)).offset(skip).limit(limit)))


def outputs(db: Session, batch_id: str, *, after: int = 0, limit: int) -> list[tuple[int, str]]:
    """Positions and final outputs of completed rows behind position `after`."""
    query = (
        select_columns(col(BatchLineRow.position), col(RunRow.output))
        .join(RunRow, col(RunRow.id) == col(BatchLineRow.run_id))
        .where(col(BatchLineRow.batch_id) == batch_id, col(BatchLineRow.position) > after)
        .where(col(RunRow.output).is_not(None))
        .order_by(col(BatchLineRow.position))
        .limit(limit)
    )
    return [(position, output) for position, output in db.execute(query)]


def _joined(batch_id: str, *columns: Any) -> Select[Any]:
    return (
        select_columns(*columns)
        .select_from(BatchLineRow)
        .join(BatchRow, col(BatchRow.id) == col(BatchLineRow.batch_id))
        .join(
            DatasetLineRow,
            (col(DatasetLineRow.dataset_id) == col(BatchRow.dataset_id))
            & (col(DatasetLineRow.position) == col(BatchLineRow.position)),
        )
        .outerjoin(RunRow, col(RunRow.id) == col(BatchLineRow.run_id))
        .where(col(BatchLineRow.batch_id) == batch_id)
    )


def _counts(db: Session, batch_ids: list[str]) -> dict[str, BatchCounts]:
    query = (
        select_columns(
            col(BatchLineRow.batch_id),
            _STATUS,
            col(BatchLineRow.state),
            func.count(),
            func.coalesce(func.sum(col(RunRow.input_tokens)), 0),
            func.coalesce(func.sum(col(RunRow.output_tokens)), 0),
            func.coalesce(func.max(case((col(RunRow.simulated), 1), else_=0)), 0),
        )
        .select_from(BatchLineRow)
        .outerjoin(RunRow, col(RunRow.id) == col(BatchLineRow.run_id))
        .where(col(BatchLineRow.batch_id).in_(batch_ids))
        .group_by(col(BatchLineRow.batch_id), _STATUS, col(BatchLineRow.state))
    )
    found: dict[str, dict[str, Any]] = {}
    for batch_id, status, state, count, tokens_in, tokens_out, simulated in db.execute(query):
        values = found.setdefault(batch_id, {"input_tokens": 0, "output_tokens": 0, "simulated": False})
        values[status] = values.get(status, 0) + count
        if state == "refused":
            values[state] = count
        values["input_tokens"] += tokens_in
        values["output_tokens"] += tokens_out
        values["simulated"] = values["simulated"] or bool(simulated)
    return {batch_id: BatchCounts(**values) for batch_id, values in found.items()}


def _record(row: BatchRow, counts: BatchCounts) -> BatchRecord:
    names = [name for name in BatchRecord.__slots__ if name != "counts"]
    return BatchRecord(counts=counts, **{name: getattr(row, name) for name in names})
