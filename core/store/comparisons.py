"""Comparisons: one input, several runs."""

from sqlmodel import Session, col, select

from core.ids import new_id, utc_now
from core.records import ComparisonRecord, RunRecord
from core.store import runs
from core.store.tables import ComparisonRow, RunRow


def add_comparison(db: Session, *, title: str, input: str) -> str:
    """A comparison without runs yet; returns its id."""
    row = ComparisonRow(id=new_id("cmp"), title=title, input=input, created_at=utc_now())
    db.add(row)
    db.flush()
    return row.id


def comparison(db: Session, comparison_id: str) -> ComparisonRecord | None:
    """One comparison with its runs in the order of the variants."""
    row = db.get(ComparisonRow, comparison_id)
    return _record(db, row) if row else None


def comparisons(db: Session, *, limit: int = 50) -> list[ComparisonRecord]:
    """The newest comparisons."""
    rows = db.exec(select(ComparisonRow).order_by(col(ComparisonRow.created_at).desc()).limit(limit)).all()
    return [_record(db, row) for row in rows]


def _record(db: Session, row: ComparisonRow) -> ComparisonRecord:
    query = select(RunRow.id).where(RunRow.comparison_id == row.id).order_by(col(RunRow.position))
    found = [runs.run(db, run_id) for run_id in db.exec(query)]
    members: list[RunRecord] = [run for run in found if run is not None]
    return ComparisonRecord(id=row.id, title=row.title, input=row.input, created_at=row.created_at, runs=members)
