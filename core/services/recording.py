"""Makes a cassette of everything that is stored of a run."""

from collections.abc import Callable, Mapping
from typing import Any

from core.cassettes.cassette import (
    Cassette,
    Ending,
    ModelQuestion,
    Recorded,
    RecordedAnswer,
    RecordedDecision,
    RecordedFact,
    RecordedFailure,
    RecordedResult,
    RecordedTools,
    RecordedTurn,
)
from core.cassettes.story import story_of
from core.engine.journal import MEMORY, MESSAGE, OFFERED, fingerprint
from core.ids import utc_now
from core.records import EventRecord, RunRecord, Turn
from core.store.run_copies import JournalCopy, RunRows, Values


def cassette_of(
    run: RunRecord, rows: RunRows, history: list[Turn], payload: Callable[[str], Mapping[str, Any]]
) -> Cassette:
    """The cassette of a run that is over; `payload` gives what a span carried, by its id."""
    told = [EventRecord(**event) for event in rows.events]
    items: dict[str, Any] = {}
    models = {event.data["call"]: event.data for event in told if event.kind == "model_call_completed"}
    asked = {
        span["call_id"]: span["id"] for span in rows.spans if span["kind"] == "model" and span["status"] == "ok"
    }
    recorded: list[Recorded] = []
    for row in rows.journal:
        about = models.get(row.key, {})
        question = _question(payload(asked[row.key]), items) if row.key in asked else None
        if (found := _recorded(row, about, question)) is not None:
            recorded.append(found)
    return Cassette(
        run_id=run.id,
        organization=run.organization_name,
        revision=run.revision_number,
        recorded_at=run.ended_at or utc_now(),
        simulated=run.simulated,
        input=run.input,
        model=run.model,
        overrides=run.overrides,
        changes=run.changes,
        history=[RecordedTurn(run_id=turn.run_id, items=turn.items) for turn in history],
        items=items,
        recorded=[*recorded, *_failures(rows, told)],
        decisions=_decisions(rows),
        story=story_of(told),
        ending=Ending(status=run.status, output=run.output, error_code=run.error_code),
    )


def _recorded(row: JournalCopy, about: Values, question: ModelQuestion | None) -> Recorded | None:
    """What of a journal row a replay needs; the steps of a workflow come to their results by themselves."""
    data, last = row.data, row.key.rpartition("/")[2]
    if data is None:
        return None
    if row.key.startswith(OFFERED):
        return RecordedTools(key=row.key, tools=data["tools"])
    if row.key.startswith(MESSAGE) or row.key == MEMORY or last == "first":
        return RecordedFact(key=row.key, data=data)
    if last.startswith("tool:") and ("output" in data or "failed" in data):
        return RecordedResult(key=row.key, result=data)
    if last.startswith("model:") and "items" in data:
        return RecordedAnswer(
            key=row.key,
            asked=row.fingerprint,
            model=about.get("model", ""),
            simulated=about.get("simulated", False),
            response=data,
            question=question,
        )
    return None


def _question(payload: Mapping[str, Any], items: dict[str, Any]) -> ModelQuestion | None:
    """What a model was asked; every item of its conversation is added to `items`."""
    if "input" not in payload:
        return None
    keys = []
    for item in payload["input"]:
        key = fingerprint(item)
        items[key] = item
        keys.append(key)
    return ModelQuestion(
        instructions=payload.get("instructions"), tools=payload.get("tools") or [], conversation=keys
    )


def _failures(rows: RunRows, told: list[EventRecord]) -> list[RecordedFailure]:
    """Model calls that were never answered."""
    answered = {row.key for row in rows.journal if row.data is not None}
    bad = [span for span in rows.spans if span["kind"] == "model" and span["status"] == "error"]
    ends = [event.data for event in told if event.kind in ("run_failed", "step_failed")]
    found = {}
    for span in bad:
        if span["call_id"] in answered or span["call_id"] is None:
            continue
        # A step names itself before what happened.
        end = next((data for data in ends if span["error"] and span["error"] in data["message"]), {})
        found[span["call_id"]] = RecordedFailure(
            key=span["call_id"],
            model=span["model"] or "",
            simulated=span["simulated"],
            code=end.get("code", "recorded_failure"),
            message=span["error"] or "The call failed when it was recorded.",
            hint=end.get("hint", ""),
        )
    return list(found.values())


def _decisions(rows: RunRows) -> list[RecordedDecision]:
    asked = {approval["id"]: approval for approval in rows.approvals if approval["kind"] != "in_doubt"}
    return [
        RecordedDecision(
            kind=asked[each["approval_id"]]["kind"],
            call_id=asked[each["approval_id"]]["call_id"],
            verdict=each["verdict"],
            reason=each["reason"],
            by=each["decided_by"],
        )
        for each in rows.decisions
        if each["approval_id"] in asked
    ]
