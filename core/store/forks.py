"""Where forked runs come from, as their events and the traces of their parents tell."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from core.store.tables import EventRow, SpanRow


def told(db: Session, run_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the events of these runs say of how they were forked; of a fork of a fork, the last time."""
    query = (
        select(EventRow.run_id, EventRow.data)
        .where(col(EventRow.run_id).in_(run_ids), EventRow.kind == "run_forked")
        .order_by(col(EventRow.seq))
    )
    return {run_id: dict(data) for run_id, data in db.exec(query)}


def model_call(db: Session, run_id: str, call: str) -> tuple[str, str, int] | None:
    """The span of the model call with this journal key: its id, its agent, and its number among the model calls of
    the trace, from 1."""
    query = (
        select(SpanRow.id, SpanRow.agent, SpanRow.call_id)
        .where(SpanRow.run_id == run_id, SpanRow.kind == "model")
        .order_by(col(SpanRow.position))
    )
    calls = enumerate(db.exec(query), 1)
    return next(((id, agent or "", number) for number, (id, agent, key) in calls if key == call), None)
