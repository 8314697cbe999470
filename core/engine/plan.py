"""What a segment needs to know before it starts: read, and where decisions change it, written, in one place."""

from dataclasses import dataclass, replace

from core.cassettes.cassette import Cassette
from core.engine.journal import Recording, in_doubt
from core.engine.replay import WRITES
from core.errors import ConflictError
from core.organization.files import parse
from core.organization.spec import Organization
from core.organization.variation import varied
from core.records import (
    ApprovalRecord,
    ConversationSummary,
    EventRecord,
    RunRecord,
    SpanRecord,
    Turn,
)
from core.store import approvals, cassettes, events, organizations, run_work, run_writes, runs, sessions, spans
from core.store.database import Database, Session
from core.store.run_work import ClaimedRun

SPECS_KEPT = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """One segment of a run that is about to be worked on."""

    run: RunRecord
    """With the number of this segment."""
    epoch: int
    trace_id: str
    unwanted: bool
    """Somebody has asked to stop the run."""
    spec: Organization
    reason: str
    """start, decision, resume, retry, fork or recovery."""
    state: str | None
    """The SDK's RunState to resume; None for the first segment."""
    decisions: list[ApprovalRecord]
    """What this segment carries out of what people decided."""
    fresh_decisions: list[ApprovalRecord]
    """Decided ones that no event tells of yet."""
    approvals: list[ApprovalRecord]
    """All that were ever asked for in this run."""
    history: list[Turn]
    """The turns of the conversation so far."""
    summary: ConversationSummary | None
    """Stands for its older turns."""
    journal: list[tuple[str, str, Recording | None]]
    doubtful: list[str]
    """Journal keys of calls of which nobody knows whether they ran, and nobody was asked."""
    events: list[EventRecord]
    spans: list[SpanRecord]
    cassette: Cassette | None = None
    """What the run plays, if it is a replay."""

    @property
    def retries(self) -> bool:
        """Whether the run was over once, and is tried again."""
        return any(event.kind in ("run_failed", "run_cancelled") for event in self.events)

    def told_already(self) -> list[EventRecord]:
        """Events that working on this segment will tell again: all of its own so far, and calls of agents like
        tools that were interrupted in an earlier one. A step of a workflow that was cut off may have to wait for a
        person before it is worked on again, so there the segment does not matter."""
        begins = 0 if self.spec.has_workflow else self._segment_begins()
        told = [event for event in self.events[:begins] if event.kind == "tool_called"]
        for event in self.events[begins:]:
            if event.kind == "approval_requested" and event.data["approval_kind"] == "tool":
                # In a workflow a step may go on within the segment; what it did until then is recorded as a whole.
                told = [each for each in told if not _interrupted(each, event.data["step_path"])]
            told.append(event)
        return told

    def _segment_begins(self) -> int:
        """Index of the first event of this segment. Its process may have died before it told any."""
        if self.run.segment == 0:
            return 0
        resumed = (
            index
            for index, event in enumerate(self.events)
            if event.kind == "run_resumed" and event.data["segment"] == self.run.segment
        )
        return next(resumed, len(self.events))


def _interrupted(event: EventRecord, step_path: str) -> bool:
    """Whether this was told by a step up to where it had to wait; calls that are not over are told again."""
    place = f"{event.data.get('path', '')}/"
    return event.kind != "tool_called" and place.startswith(f"{step_path}/")


def plan_segment(database: Database, claimed: ClaimedRun) -> Plan:
    """Decide what to do with a claimed run, and note which segment carries which decisions out."""
    if claimed.epoch == 1:
        return _first_plan(database, claimed)
    run = claimed.run
    with database.session() as db:
        if runs.lock(db, run.id) != claimed.epoch:
            raise ConflictError(f"Run '{run.id}' was taken over by another process.")
        decided = approvals.unapplied(db, run.id)
        _settle_doubts(db, run.id, decided)
        paused = run_writes.state(db, run.id, run.segment)
        segment = run.segment + 1 if paused is not None else run.segment
        approvals.mark_applied(db, [approval.id for approval, _ in decided], segment)
        run_work.set_segment(db, run.id, claimed.epoch, segment)
        told = events.events(db, run.id)
        told_of = {event.data["approval_id"] for event in told if event.kind == "approval_decided"}
        asked = approvals.approvals_of_run(db, run.id)
        journal = run_writes.journal(db, run.id)
        cassette = cassettes.document(db, run.cassette_id) if run.cassette_id else None
        return Plan(
            run=replace(run, segment=segment),
            epoch=claimed.epoch,
            trace_id=claimed.trace_id,
            unwanted=claimed.unwanted,
            spec=varied(_spec(db, run.revision_id), run.changes),
            reason="decision" if paused is not None else _reason(told),
            state=paused if paused is not None else run_writes.state(db, run.id, segment - 1),
            decisions=approvals.applied_in(db, run.id, segment),
            fresh_decisions=[each for each in asked if each.decided_at is not None and each.id not in told_of],
            approvals=asked,
            history=_history(db, run) if cassette is None else _turns(cassette),
            # What stood for the older turns of a recorded conversation is in the journal.
            summary=_summary(db, run) if cassette is None else None,
            journal=journal,
            doubtful=in_doubt(journal),
            events=told,
            spans=spans.spans(db, run.id),
            cassette=cassette,
        )


def _first_plan(database: Database, claimed: ClaimedRun) -> Plan:
    """Nobody has worked on the run before, so there is nothing to look for but what it is given."""
    run, history, summary = claimed.run, list[Turn](), None
    spec = _specs.get(run.revision_id)
    if spec is None or run.session_id:
        with database.read() as db:
            spec, history, summary = _spec(db, run.revision_id), _history(db, run), _summary(db, run)
    return Plan(
        run=run,
        epoch=claimed.epoch,
        trace_id=claimed.trace_id,
        unwanted=claimed.unwanted,
        spec=varied(spec, run.changes),
        reason="start",
        state=None,
        decisions=[],
        fresh_decisions=[],
        approvals=[],
        history=history,
        summary=summary,
        journal=[],
        doubtful=[],
        events=[],
        spans=[],
    )


_REASONS = {
    "run_paused": "resume",
    "run_failed": "retry",
    "run_cancelled": "retry",
    "run_forked": "fork",
}


def _reason(told: list[EventRecord]) -> str:
    """Why a segment is worked on that has not ended with a question."""
    # What a person said before it goes on says nothing of why it stood still.
    last = next((event.kind for event in reversed(told) if event.kind != "run_steered"), None)
    return _REASONS.get(last, "recovery") if last is not None else "start"


_specs: dict[str, Organization] = {}


def _spec(db: Session, revision_id: str) -> Organization:
    # Revisions never change, and reading one costs as much as several model calls' bookkeeping.
    if revision_id not in _specs:
        revision = organizations.revision(db, revision_id)
        assert revision is not None, "a run's revision is never deleted"
        if len(_specs) >= SPECS_KEPT:
            _specs.clear()
        _specs[revision_id] = parse(revision.spec)
    return _specs[revision_id]


def _history(db: Session, run: RunRecord) -> list[Turn]:
    return sessions.turns(db, run.session_id) if run.session_id else []


def _summary(db: Session, run: RunRecord) -> ConversationSummary | None:
    return sessions.summary(db, run.session_id) if run.session_id else None


def _turns(cassette: Cassette) -> list[Turn]:
    return [Turn(turn.run_id, turn.items) for turn in cassette.history]


def _settle_doubts(db: Session, run_id: str, decided: list[tuple[ApprovalRecord, str]]) -> None:
    for approval, key in decided:
        if approval.kind != "in_doubt":
            continue
        if approval.status == "approved":
            answer: Recording = {"again": True}
        else:
            answer = {
                "failed": f"It is not known whether this call took effect, and it was not repeated. "
                f"A person decided so: {approval.reason}",
                WRITES: True,
            }
        run_writes.settle(db, run_id, key, answer)
