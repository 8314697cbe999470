"""Everything that is stored of a run, read and written as rows: for forks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import Session, SQLModel, col, select

from core.ids import new_id, utc_now
from core.store.sessions import said_before
from core.store.tables import (
    ApprovalRow,
    DecisionRow,
    EventRow,
    JournalRow,
    RunRow,
    RunStateRow,
    SessionItemRow,
    SessionRow,
    SpanPayloadRow,
    SpanRow,
)

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class JournalCopy:
    """One recording."""

    key: str
    position: int
    fingerprint: str
    data: Values | None


@dataclass(frozen=True, slots=True)
class RunRows:
    """All rows of a run: mappings of column names to values, in their order."""

    run: Values
    events: list[Values]
    journal: list[JournalCopy]
    states: list[tuple[int, str]]
    """The SDK's RunStates by segment."""
    approvals: list[Values]
    decisions: list[Values]
    spans: list[Values]
    payloads: list[Values]


def read_run(db: Session, run_id: str) -> RunRows | None:
    """All that is stored of a run, in one view; None without it."""
    row = db.get(RunRow, run_id)
    if row is None:
        return None
    approvals = _rows(db, select(ApprovalRow).where(ApprovalRow.run_id == run_id))
    spans = _rows(db, select(SpanRow).where(SpanRow.run_id == run_id).order_by(col(SpanRow.position)))
    journal = select(JournalRow).where(JournalRow.run_id == run_id).order_by(col(JournalRow.position))
    asked = [approval["id"] for approval in approvals]
    of_run = select(SpanRow.id).where(SpanRow.run_id == run_id)
    return RunRows(
        run=row.model_dump(),
        events=_rows(db, select(EventRow).where(EventRow.run_id == run_id).order_by(col(EventRow.seq))),
        journal=[JournalCopy(each.key, each.position, each.fingerprint, each.data) for each in db.exec(journal)],
        states=[
            (each.segment, each.state) for each in db.exec(select(RunStateRow).where(RunStateRow.run_id == run_id))
        ],
        approvals=approvals,
        decisions=_rows(db, select(DecisionRow).where(col(DecisionRow.approval_id).in_(asked))),
        spans=spans,
        payloads=_rows(db, select(SpanPayloadRow).where(col(SpanPayloadRow.span_id).in_(of_run))),
    )


def add_recordings(db: Session, run_id: str, recordings: Sequence[JournalCopy]) -> None:
    """Store what stands in the journal of a run that is about to begin."""
    _add(db, JournalRow, [{"run_id": run_id, **_journal_values(each)} for each in recordings])


def _journal_values(each: JournalCopy) -> Values:
    return {"key": each.key, "position": each.position, "fingerprint": each.fingerprint, "data": each.data}


def add_copy(db: Session, rows: RunRows) -> None:
    """Store a run that is made of another one's rows."""
    run_id = rows.run["id"]
    _add(db, RunRow, [rows.run])
    _add(db, EventRow, rows.events)
    add_recordings(db, run_id, rows.journal)
    now = utc_now()
    states = [{"run_id": run_id, "segment": number, "state": state} for number, state in rows.states]
    _add(db, RunStateRow, [{**each, "created_at": now} for each in states])
    _add(db, ApprovalRow, rows.approvals)
    _add(db, DecisionRow, rows.decisions)
    _add(db, SpanRow, rows.spans)
    _add(db, SpanPayloadRow, rows.payloads)


def copy_session(db: Session, session_id: str, *, run_id: str, segment: int) -> str:
    """A new conversation with what was said in one before a segment of one of its runs; returns its id."""
    source = db.get(SessionRow, session_id)
    assert source is not None, "a run's conversation is there as long as the run says so"
    now = utc_now()
    values = {**source.model_dump(), "id": new_id("ses"), "name": f"{source.name} (fork)"[:80]}
    # The summary that the run was given is in its journal; this one may tell of what came after it.
    values |= {"parent_id": session_id, "parent_run_id": run_id, "summary": None}
    _add(db, SessionRow, [{**values, "created_at": now, "updated_at": now}])
    items = [{**each, "session_id": values["id"]} for each in _rows(db, said_before(session_id, run_id, segment))]
    _add(db, SessionItemRow, [{name: value for name, value in each.items() if name != "id"} for each in items])
    return str(values["id"])


def _rows(db: Session, query: Any) -> list[Values]:
    return [row.model_dump() for row in db.exec(query)]


def _add(db: Session, table: type[SQLModel], rows: Sequence[Values]) -> None:
    if rows:
        db.flush()
        target = table.__table__  # type: ignore[attr-defined]
        assert isinstance(target, Table)
        db.execute(insert(target), list(rows))
