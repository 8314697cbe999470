"""Approvals that wait for a person, and the decisions on them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, update
from sqlalchemy import select as sa_select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.cassettes.cassette import RecordedDecision
from core.errors import ConflictError
from core.ids import utc_now
from core.records import ApprovalRecord, Page
from core.store.tables import ApprovalRow, DecisionRow, RunRow


def add_approvals(db: Session, rows: list[dict[str, Any]]) -> None:
    """Store approvals that were not asked for before; one per run, kind and call."""
    for values in rows:
        db.execute(insert(ApprovalRow), [{"requested_at": utc_now(), "status": "pending", **values}])


def approval(db: Session, approval_id: str) -> ApprovalRecord | None:
    """One approval with its decision."""
    found = db.exec(_joined().where(ApprovalRow.id == approval_id)).first()
    return _record(*found) if found else None


def approvals_of_run(db: Session, run_id: str) -> list[ApprovalRecord]:
    """All approvals of a run, oldest first."""
    rows = db.exec(_joined().where(ApprovalRow.run_id == run_id).order_by(col(ApprovalRow.requested_at)))
    return [_record(*row) for row in rows]


def pending(db: Session, *, limit: int = 200) -> list[ApprovalRecord]:
    """What waits for a person, longest waiting first."""
    query = _joined().where(ApprovalRow.status == "pending").order_by(col(ApprovalRow.requested_at))
    return [_record(*row) for row in db.exec(query.limit(limit))]


def decided_page(db: Session, *, number: int = 1, size: int = 50) -> Page[ApprovalRecord]:
    """What was decided or has expired, last decided first."""
    gone = ApprovalRow.status != "pending"
    total = db.exec(select(func.count()).select_from(ApprovalRow).where(gone)).one()
    query = _joined().where(gone).order_by(func.coalesce(DecisionRow.decided_at, ApprovalRow.requested_at).desc())
    rows = db.exec(query.offset((number - 1) * size).limit(size))
    return Page(rows=[_record(*row) for row in rows], total=total, number=number, size=size)


def pending_count(db: Session) -> int:
    """How many approvals wait."""
    return db.exec(select(func.count()).select_from(ApprovalRow).where(ApprovalRow.status == "pending")).one()


def decide(db: Session, approval_id: str, *, verdict: str, reason: str, by: str) -> None:
    """Store a decision. Raises ConflictError when the approval no longer waits."""
    changed = db.execute(
        update(ApprovalRow)
        .where(col(ApprovalRow.id) == approval_id, col(ApprovalRow.status) == "pending")
        .values(status=verdict)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise ConflictError("This approval was decided already.", hint="Reload to see what was decided.")
    try:
        db.add(
            DecisionRow(
                approval_id=approval_id, verdict=verdict, reason=reason, decided_by=by, decided_at=utc_now()
            )
        )
        db.flush()
    except IntegrityError as error:
        raise ConflictError("This approval was decided already.", hint="Reload to see it.") from error


def decide_as_recorded(db: Connection, run_id: str, recorded: Sequence[RecordedDecision]) -> None:
    """Give what waits in a replay the decisions that were recorded."""
    for each in recorded:
        waiting = (
            col(ApprovalRow.run_id) == run_id,
            col(ApprovalRow.kind) == each.kind,
            col(ApprovalRow.call_id) == each.call_id,
            col(ApprovalRow.status) == "pending",
        )
        found = db.execute(sa_select(ApprovalRow.__table__.c.id).where(*waiting)).scalar()  # type: ignore[attr-defined]
        if found is not None:
            db.execute(update(ApprovalRow).where(col(ApprovalRow.id) == found).values(status=each.verdict))
            decision = {"approval_id": found, "verdict": each.verdict, "reason": each.reason}
            by = f"{each.by} (recorded)".strip()
            db.execute(insert(DecisionRow), [{**decision, "decided_by": by, "decided_at": utc_now()}])


def unapplied(db: Session, run_id: str) -> list[tuple[ApprovalRecord, str]]:
    """Decided approvals of a run that no segment has carried out, with their journal keys."""
    query = _joined().where(
        ApprovalRow.run_id == run_id,
        col(DecisionRow.decided_at).is_not(None),
        col(DecisionRow.applied_segment).is_(None),
    )
    return [(_record(*row), row[0].journal_key) for row in db.exec(query)]


def applied_in(db: Session, run_id: str, segment: int) -> list[ApprovalRecord]:
    """The approvals whose decisions a segment carries out."""
    query = _joined().where(ApprovalRow.run_id == run_id, DecisionRow.applied_segment == segment)
    return [_record(*row) for row in db.exec(query)]


def mark_applied(db: Session, approval_ids: list[str], segment: int) -> None:
    """Note which segment carries the decisions out."""
    db.execute(
        update(DecisionRow).where(col(DecisionRow.approval_id).in_(approval_ids)).values(applied_segment=segment)
    )


def expire(db: Session, run_id: str) -> None:
    """The run ended otherwise: nobody needs to decide any more."""
    db.execute(
        update(ApprovalRow)
        .where(col(ApprovalRow.run_id) == run_id, col(ApprovalRow.status) == "pending")
        .values(status="expired")
    )


def ask_again(db: Session, run_id: str, *, but: list[str]) -> None:
    """The run goes on after all: what nobody had decided when it ended waits again."""
    decided = select(DecisionRow.approval_id)
    db.execute(
        update(ApprovalRow)
        .where(
            col(ApprovalRow.run_id) == run_id,
            col(ApprovalRow.status) == "expired",
            col(ApprovalRow.id).not_in(decided),
            col(ApprovalRow.id).not_in(but),
        )
        .values(status="pending")
    )


def _joined() -> Any:
    return (
        select(ApprovalRow, DecisionRow, RunRow.organization_id, RunRow.organization_name)
        .join(RunRow, col(RunRow.id) == ApprovalRow.run_id)
        .outerjoin(DecisionRow, col(DecisionRow.approval_id) == ApprovalRow.id)
    )


def _record(row: ApprovalRow, decision: DecisionRow | None, org_id: str, org_name: str) -> ApprovalRecord:
    return ApprovalRecord(
        id=row.id,
        run_id=row.run_id,
        organization_id=org_id,
        organization_name=org_name,
        kind=row.kind,  # type: ignore[arg-type]
        call_id=row.call_id,
        agent=row.agent,
        tool=row.tool,
        arguments=row.arguments,
        status=row.status,  # type: ignore[arg-type]
        requested_at=row.requested_at,
        decided_at=decision.decided_at if decision else None,
        decided_by=decision.decided_by if decision else None,
        reason=decision.reason if decision else "",
    )
