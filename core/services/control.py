"""Changing the course of runs: pause, resume, steer, try again, fork."""

from collections.abc import Sequence
from dataclasses import replace

from core.engine.forking import answered_before, fork_rows
from core.engine.host import Engine
from core.engine.standing import answer_to_ask_again, calls_to_come, message, withdrawn
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.ids import new_id, utc_now
from core.organization.spec import ModelSettingsSpec
from core.records import EventRecord, ForkChanges, ForkOrigin, ForkPoint, RunRecord
from core.services.providers import ProviderService
from core.services.runs import RunService, clean_input, new_trace_id, refuse_busy_session
from core.services.texts import storable
from core.store import approvals as approval_store
from core.store import events as event_store
from core.store import forks as fork_store
from core.store import run_control, run_writes
from core.store import runs as run_store
from core.store import sessions as session_store
from core.store import spans as span_store
from core.store.database import Database, Session
from core.store.run_copies import RunRows, Values, add_copy, copy_session, read_run
from core.store.runs import NEW_RUN

_BAD_ANSWER = "This answer ended the run; it was asked for again."


class ControlService:
    """What a person can do with a run besides starting and stopping it."""

    def __init__(self, database: Database, engine: Engine, runs: RunService, providers: ProviderService) -> None:
        self._database = database
        self._providers = providers
        self._engine = engine
        self._runs = runs

    def pause(self, run_id: str, *, by: str = "") -> None:
        """Let a run come to rest after its present turn; one that has not begun rests at once. Raises
        NotFoundError, and ConflictError for one that nobody works on."""
        run = self._runs.get(run_id)
        event = None
        with self._database.session() as db:
            if run_control.pause_idle(db, run_id):
                event = event_store.append_event(db, run_id, "run_paused", {"calls": [], "by": by})
            elif not run_control.ask_to_pause(db, run_id):
                raise ConflictError(f"This run is {run.status}, so there is nothing to pause.")
        if event is not None:
            self._engine.announce(event)
        else:
            self._engine.pause(run_id)

    def resume(self, run_id: str, *, said: str = "", by: str = "") -> None:
        """Go on with a paused run; what is `said` the agents hear with their next model call. Raises
        NotFoundError, InvalidInputError, and ConflictError when it is not paused."""
        run = self._runs.get(run_id)
        with self._database.session() as db:
            event = self._steer(db, run_id, said, by) if said.strip() else None
            if not run_control.go_on(db, run_id, owner=self._engine.owner, after=("paused",)):
                raise ConflictError(f"This run is {run.status}, not paused.", hint="Reload to see how it stands.")
            self._engine.queued(db, run_id)
        if event is not None:
            self._engine.announce(event)
        self._engine.wake(run_id)

    def retry(self, run_id: str) -> None:
        """Go on with a run that failed or was stopped, from where it stood: what models answered and tools did is
        not repeated, but for an answer that ended the run. Its time begins anew. Raises NotFoundError, and
        ConflictError when it is not over, has completed, or its conversation has gone on."""
        run = self._runs.get(run_id)
        with self._database.session() as db:
            if run.session_id is not None:
                # First, so that another run that starts at this moment waits, and then finds this one.
                session_store.touch(db, run.session_id)
                _refuse_gone_on(session_store.has_gone_on(db, run.session_id, run_id))
                refuse_busy_session(db, run.session_id)
            if not self.retry_within(db, run):
                raise ConflictError(
                    f"This run is {run.status}; only one that failed or was stopped can be tried again."
                )
        self._engine.wake(run_id)

    def retry_within(self, db: Session, run: RunRecord) -> bool:
        """The same within the caller's unit of work, for a run without a conversation; call the engine's `wake`
        after it. False when the run is not over or has completed."""
        if not run_control.go_on(db, run.id, owner=self._engine.owner, after=("failed", "cancelled")):
            return False
        self._clear_the_way(db, run)
        self._engine.queued(db, run.id)
        return True

    def again(self, run_id: str, *, input: str | None = None) -> str:
        """Start another run of the same revision, with another input if one is given; returns its id. It knows the
        run that it comes from, and belongs to no conversation. Raises NotFoundError, InvalidInputError or
        ProviderError."""
        run = self._runs.get(run_id)
        new = self._runs.prepare(
            run.organization_id,
            run.input if input is None else input,
            revision_id=run.revision_id,
            model=run.model,
            overrides=ModelSettingsSpec.model_validate(run.overrides),
        )
        with self._database.session() as db:
            self._engine.enqueue(db, replace(new, parent_id=run_id, changes=run.changes))
        self._engine.wake(new.id)
        return new.id

    def fork_point(self, run_id: str, *, at: str) -> ForkPoint:
        """What can be changed before the model call with the journal key `at`. Raises NotFoundError."""
        rows = self._rows(run_id)
        outputs = answered_before(rows, at)
        asked = next(event["data"] for event in rows.events if event["data"].get("call") == at)
        run = self._runs.get(run_id)
        agent = self._runs.spec_of(run).agent(asked["agent"]) if asked.get("purpose", "agent") == "agent" else None
        calls = [span["call_id"] for span in rows.spans if span["kind"] == "model"]
        return ForkPoint(
            number=calls.index(at) + 1 if at in calls else 0,
            agent=asked["agent"],
            instructions=agent.instructions if agent is not None else None,
            model=asked["model"],
            input=run.input,
            outputs=outputs,
        )

    def fork(self, run_id: str, *, at: str, changes: ForkChanges) -> str:
        """Start another run that begins as this one stood before the model call with the journal key `at`, and
        goes on with the changes; returns its id. Tools that were called before are not called again; those that it
        calls from there on take effect. Of a run in a conversation, it goes on in a copy of that. Raises
        NotFoundError, InvalidInputError or ProviderError."""
        run, rows = self._runs.get(run_id), self._rows(run_id)
        changes = self._checked(run, changes)
        with self._database.session() as db:
            columns: Values = {
                **NEW_RUN,
                "status": "queued",
                # Nobody has worked on it, and yet there is something to be found.
                "epoch": 1,
                "id": new_id("run"),
                "trace_id": new_trace_id(),
                "parent_id": run_id,
                "input": run.input if changes.input is None else changes.input,
                "model": changes.model or run.model,
                "overrides": run.overrides,
                "changes": _all_changes(run, changes),
                "lease_owner": self._engine.owner,
                "created_at": utc_now(),
            }
            forked = fork_rows(rows, at, changes, run=columns)
            if run.session_id is not None:
                segment = forked.run["segment"]
                forked.run["session_id"] = copy_session(db, run.session_id, run_id=run_id, segment=segment)
            add_copy(db, forked)
            self._engine.queued(db, columns["id"])
        self._engine.wake(columns["id"])
        return str(columns["id"])

    def came_from(self, run_id: str) -> list[RunRecord]:
        """The runs that were forked from this one or are other tries of it, oldest first."""
        with self._database.read() as db:
            return run_store.children(db, run_id)

    def origins(self, run_ids: Sequence[str]) -> dict[str, ForkOrigin]:
        """Where those of these runs come from that are forks."""
        with self._database.read() as db:
            return {run_id: _origin(db, data) for run_id, data in fork_store.told(db, run_ids).items()}

    def _rows(self, run_id: str) -> RunRows:
        with self._database.read() as db:
            found = read_run(db, run_id)
        if found is None:
            raise NotFoundError("run", run_id)
        return found

    def _checked(self, run: RunRecord, changes: ForkChanges) -> ForkChanges:
        known = {agent.name for agent in self._runs.spec_of(run).agents}
        for name in (*changes.instructions, *changes.models):
            if name not in known:
                raise NotFoundError("agent", name, known=sorted(known))
        if changes.models and (forced := changes.model or run.model):
            raise InvalidInputError(
                f"All agents of this run use '{forced}', so that of a single agent would not be asked.",
                hint="Choose another model for all agents.",
            )
        for reference in (*changes.models.values(), *([changes.model] if changes.model else [])):
            self._providers.check_reference(reference)
        return replace(
            changes,
            input=None if changes.input is None else clean_input(changes.input),
            message=storable(changes.message.strip()),
            instructions={name: storable(text) for name, text in changes.instructions.items()},
            tool_outputs={call: storable(text) for call, text in changes.tool_outputs.items()},
        )

    def _steer(self, db: Session, run_id: str, said: str, by: str) -> EventRecord:
        text = clean_input(said)
        calls = calls_to_come(event_store.events(db, run_id))
        run_writes.add_message(db, run_id, message(text, calls))
        return event_store.append_event(db, run_id, "run_steered", {"text": text, "calls": calls, "by": by})

    def _clear_the_way(self, db: Session, run: RunRecord) -> None:
        run_control.start_time_anew(db, run.id)
        session_store.take_back(db, run.id, run.segment)
        told = event_store.events(db, run.id)
        approval_store.ask_again(db, run.id, but=withdrawn(told))
        bad = answer_to_ask_again(told)
        if bad is not None:
            run_writes.set_aside(db, run.id, bad)
            span_store.mark_bad(db, run.id, bad, error=_BAD_ANSWER)


def _origin(db: Session, told: Values) -> ForkOrigin:
    found = fork_store.model_call(db, told["parent"], told["call"])
    span_id, agent, number = found or (None, "", 0)
    return ForkOrigin(told["parent"], agent, number, span_id, told["changed"])


def _all_changes(run: RunRecord, changes: ForkChanges) -> Values:
    """Those of the run that is forked hold as well."""
    return {
        "instructions": {**run.changes.get("instructions", {}), **changes.instructions},
        "models": {**run.changes.get("models", {}), **changes.models},
    }


def _refuse_gone_on(gone_on: bool) -> None:
    if gone_on:
        raise ConflictError(
            "The conversation has gone on since, so this run cannot be brought to its end in it.",
            hint="Run it again with the same input.",
        )
