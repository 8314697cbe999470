"""Stored spans and their payloads."""

from typing import Any

import orjson
from sqlalchemy import Connection, func, update
from sqlmodel import Session, col, select

from core.records import SpanRecord
from core.store.hash_lists import groups_in, unfolded_once
from core.store.tables import BlobRow, SpanPayloadRow, SpanRow


def spans(db: Session, run_id: str, *, limit: int = 20_000) -> list[SpanRecord]:
    """The skeleton of a run's trace, in the order the spans started; without payloads."""
    query = select(SpanRow).where(SpanRow.run_id == run_id).order_by(col(SpanRow.position)).limit(limit)
    return [_record(row) for row in db.exec(query)]


def span_count(db: Session, run_id: str) -> int:
    """How many spans the run has."""
    return db.exec(select(func.count()).select_from(SpanRow).where(SpanRow.run_id == run_id)).one()


def last_position(db: Session, run_id: str) -> int:
    """Place of the newest span, 0 when there is none."""
    return db.exec(select(func.coalesce(func.max(SpanRow.position), 0)).where(SpanRow.run_id == run_id)).one()


def payload(db: Session, span_id: str) -> dict[str, Any]:
    """What a span carried: field name to JSON value."""
    rows = db.exec(select(SpanPayloadRow).where(SpanPayloadRow.span_id == span_id)).all()
    hashes = {row.field: list(row.hashes) for row in rows}
    while wanted := {key for entries in hashes.values() for key in groups_in(entries)}:
        groups = _blobs(db, wanted)
        hashes = {field: unfolded_once(entries, groups) for field, entries in hashes.items()}
    blobs = _blobs(db, {key for entries in hashes.values() for key in entries})
    values = {key: orjson.loads(data) for key, data in blobs.items()}
    return {
        row.field: [values[key] for key in hashes[row.field]] if row.is_list else values[hashes[row.field][0]]
        for row in rows
    }


def close_rest(db: Session | Connection, run_id: str) -> None:
    """At the end of a run: what a dead process left open is lost (nobody knows when it ended), and nobody waits
    any more."""
    for before, after in (("open", "lost"), ("waiting", "cancelled")):
        left = (col(SpanRow.run_id) == run_id, col(SpanRow.status) == before)
        db.execute(update(SpanRow).where(*left).values(status=after))


def mark_bad(db: Session, run_id: str, call: str, *, error: str) -> None:
    """Say of a model's call that its answer was not used."""
    db.execute(
        update(SpanRow)
        .where(col(SpanRow.run_id) == run_id, col(SpanRow.kind) == "model", col(SpanRow.call_id) == call)
        .values(status="error", error=error)
    )


def _blobs(db: Session, wanted: set[str]) -> dict[str, bytes]:
    return dict(db.exec(select(BlobRow.hash, BlobRow.data).where(col(BlobRow.hash).in_(wanted))).all())


def _record(row: SpanRow) -> SpanRecord:
    values = {name: getattr(row, name) for name in SpanRecord.__slots__ if name != "order"}
    return SpanRecord(order=row.position, **values)
