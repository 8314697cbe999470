"""Runs: adding and finding them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, func, insert, or_, union
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.ids import utc_now
from core.records import Page, RunFilter, RunRecord, RunStatus
from core.store.fast_rows import FastConnection, fetch_rows, fetch_value, write_rows
from core.store.tables import RunRow, SessionItemRow

ACTIVE = ("queued", "running", "waiting", "paused")


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run is made of when it is queued."""

    id: str
    organization_id: str
    organization_name: str
    revision_id: str
    revision_number: int
    input: str
    trace_id: str
    session_id: str | None = None
    comparison_id: str | None = None
    trigger_event_id: str | None = None
    parent_id: str | None = None
    variant: str = ""
    batch_id: str | None = None
    position: int = 0
    model: str | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    cassette_id: str | None = None
    epoch: int = 0
    """1 when something is stored of the run before anybody has worked on it."""


FIELDS = [getattr(RunRow, name) for name in RunRecord.__slots__]
_ONE = select(*FIELDS).where(col(RunRow.id) == bindparam("run"))
_THERE = select(RunRow.id).where(col(RunRow.id) == bindparam("run"))
_ADD = insert(RunRow)
NEW_RUN: dict[str, Any] = {
    name: given.get_default(call_default_factory=True)
    for name, given in RunRow.model_fields.items()
    if not given.is_required()
}
"""What the columns of a new run hold, but for those that every run has of its own."""


def add_run(db: Session | FastConnection, new: NewRun, *, owner: str | None) -> None:
    """Queue a run for the process `owner`, or for whoever works (None)."""
    values = {name: getattr(new, name) for name in NewRun.__slots__}
    row = NEW_RUN | values | {"status": "queued", "lease_owner": owner, "created_at": utc_now()}
    write_rows(FastConnection.within(db), _ADD, [row])


def lock(db: Session, run_id: str) -> int | None:
    """Let nobody else change the run, or write for it, until this unit of work is over; returns its epoch."""
    query = select(RunRow.epoch).where(RunRow.id == run_id).with_for_update(key_share=True)
    return db.exec(query).first()


def run(db: Session | FastConnection, run_id: str) -> RunRecord | None:
    """One run."""
    found = fetch_rows(FastConnection.within(db), _ONE, {"run": run_id})
    return RunRecord(*found[0]) if found else None


def is_there(db: FastConnection, run_id: str) -> bool:
    """Whether there is such a run."""
    return fetch_value(db, _THERE, {"run": run_id}) is not None


def run_page(db: Session, wanted: RunFilter, *, number: int = 1, size: int = 50) -> Page[RunRecord]:
    """Runs that fit, newest first; `number` counts pages from 1."""
    total = db.exec(_filtered(select(func.count()).select_from(RunRow), wanted)).one()
    query = _filtered(select(RunRow), wanted).order_by(col(RunRow.created_at).desc(), col(RunRow.id).desc())
    rows = db.exec(query.offset((number - 1) * size).limit(size))
    return Page(rows=[_record(row) for row in rows], total=total, number=number, size=size)


def runs_of_session(db: Session, session_id: str) -> list[RunRecord]:
    """The runs of a conversation in the order they were started, with those of the turns that it took over."""
    query = select(RunRow).where(col(RunRow.id).in_(runs_in(session_id))).order_by(col(RunRow.created_at))
    return [_record(row) for row in db.exec(query)]


def children(db: Session, run_id: str) -> list[RunRecord]:
    """The runs that come from another one, oldest first."""
    query = select(RunRow).where(RunRow.parent_id == run_id).order_by(col(RunRow.created_at))
    return [_record(row) for row in db.exec(query)]


def newest_of_cassettes(db: Session, cassette_ids: Sequence[str]) -> dict[str, RunRecord]:
    """The last run that played each recording."""
    newest_first = (col(RunRow.created_at).desc(), col(RunRow.id).desc())
    place = func.row_number().over(partition_by=col(RunRow.cassette_id), order_by=newest_first).label("place")
    played = select(RunRow.id, place).where(col(RunRow.cassette_id).in_(cassette_ids)).subquery()
    query = select(RunRow).join(played, played.c.id == RunRow.id).where(played.c.place == 1)
    return {str(row.cassette_id): _record(row) for row in db.exec(query)}


def runs_in(session_id: str) -> CompoundSelect[Any]:
    """Ids of the runs that are turns of a conversation, be it that they were taken over from another one."""
    inherited = select(SessionItemRow.run_id).where(SessionItemRow.session_id == session_id)
    return union(inherited, select(RunRow.id).where(RunRow.session_id == session_id))


def active_run_of_session(db: Session, session_id: str) -> str | None:
    """Id of the run that keeps the conversation busy, if any."""
    query = select(RunRow.id).where(RunRow.session_id == session_id, col(RunRow.status).in_(ACTIVE))
    return db.exec(query).first()


def count_by_status(db: Session, *, batches: bool = False) -> dict[str, int]:
    """How many runs have which status; with `batches` also those of batches."""
    query = select(RunRow.status, func.count()).group_by(RunRow.status)
    return dict(db.exec(query if batches else query.where(col(RunRow.batch_id).is_(None))).all())


def _filtered(query: SelectOfScalar[Any], wanted: RunFilter) -> SelectOfScalar[Any]:
    if not wanted.batches:
        query = query.where(col(RunRow.batch_id).is_(None))
    if wanted.status:
        query = query.where(RunRow.status == wanted.status)
    if wanted.organization_id:
        query = query.where(RunRow.organization_id == wanted.organization_id)
    if wanted.text:
        query = query.where(
            or_(
                col(RunRow.input).icontains(wanted.text, autoescape=True),
                col(RunRow.output).icontains(wanted.text, autoescape=True),
                col(RunRow.id) == wanted.text,
            )
        )
    return query


def changed_one(result: Any) -> bool:
    """Whether an update found its row as it expected it."""
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _record(row: RunRow) -> RunRecord:
    values = {name: getattr(row, name) for name in RunRecord.__slots__}
    status: RunStatus = values.pop("status")
    return RunRecord(status=status, **values)
