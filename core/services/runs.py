"""Runs: start, follow, stop, list."""

import secrets
from collections.abc import AsyncGenerator

from core.engine.host import Engine
from core.engine.live import Frame
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.ids import new_id
from core.organization.check_flow import flow_problems
from core.organization.files import parse
from core.organization.models_used import models_of
from core.organization.spec import ModelSettingsSpec, Organization
from core.organization.variation import varied
from core.records import EventRecord, Page, RevisionRecord, RunFilter, RunRecord, SessionRecord
from core.services.organizations import refuse_errors
from core.services.providers import ProviderService
from core.services.texts import storable
from core.store import approvals as approval_store
from core.store import events as event_store
from core.store import organizations as organization_store
from core.store import run_control
from core.store import runs as store
from core.store import sessions as session_store
from core.store import spans as span_store
from core.store.database import Database, Session
from core.store.runs import NewRun

MAX_INPUT = 1_000_000


class RunService:
    """Start runs of saved revisions and look at them."""

    def __init__(self, database: Database, engine: Engine, providers: ProviderService) -> None:
        self._database = database
        self._engine = engine
        self._providers = providers

    def start(
        self,
        organization_id: str,
        input: str,
        *,
        revision_id: str | None = None,
        session_id: str | None = None,
        model: str | None = None,
        overrides: ModelSettingsSpec | None = None,
    ) -> str:
        """Queue a run of a revision (the newest by default) and return its id. `model` is used by all agents
        instead of their own, and so are the model settings that `overrides` names. Raises NotFoundError,
        InvalidInputError, ProviderError, or ConflictError when the session is busy with another run."""
        new = self.prepare(
            organization_id,
            input,
            revision_id=revision_id,
            session_id=session_id,
            model=model,
            overrides=overrides,
        )
        if session_id is None:
            self._engine.queue(new)
            return new.id
        with self._database.session() as db:
            # First, so that another run that starts at this moment waits, and then finds this one.
            session_store.touch(db, session_id)
            _refuse_foreign_session(session_store.session(db, session_id), session_id, organization_id)
            refuse_busy_session(db, session_id)
            self._engine.enqueue(db, new)
        self._engine.wake(new.id)
        return new.id

    def prepare(
        self,
        organization_id: str,
        input: str,
        *,
        revision_id: str | None = None,
        session_id: str | None = None,
        model: str | None = None,
        overrides: ModelSettingsSpec | None = None,
    ) -> NewRun:
        """Check everything that a run needs, without starting it. A revision may have been saved before something
        was known to be an error."""
        revision, spec = self.revision_to_run(organization_id, revision_id)
        models = {model} if model else models_of(spec)
        for reference in models:
            self._providers.check_reference(reference)
        if spec.run.budget_usd is not None:
            _refuse_unpriced(self._providers.unpriced(models))
        return NewRun(
            id=new_id("run"),
            organization_id=organization_id,
            organization_name=spec.name,
            revision_id=revision.id,
            revision_number=revision.number,
            input=clean_input(input),
            trace_id=new_trace_id(),
            session_id=session_id,
            model=model,
            overrides=overrides.model_dump(mode="json", exclude_none=True) if overrides else {},
        )

    def get(self, run_id: str) -> RunRecord:
        """One run. Raises NotFoundError."""
        with self._database.glance() as db:
            found = store.run(db, run_id)
        if found is None:
            raise NotFoundError("run", run_id)
        return found

    def page(self, wanted: RunFilter | None = None, *, number: int = 1, size: int = 50) -> Page[RunRecord]:
        """Runs that fit, newest first; pages count from 1."""
        with self._database.read() as db:
            return store.run_page(db, wanted or RunFilter(), number=number, size=size)

    def counts(self, *, batches: bool = False) -> dict[str, int]:
        """How many runs have which status; with `batches` also those of batches."""
        with self._database.read() as db:
            return store.count_by_status(db, batches=batches)

    def events(self, run_id: str, *, after: int = 0) -> list[EventRecord]:
        """The stored events with a number above `after`."""
        with self._database.glance() as db:
            return event_store.events(db, run_id, after=after)

    def follow(self, run_id: str, *, after: int = 0) -> AsyncGenerator[Frame, None]:
        """Stored events, then what happens, until the run has ended; live text in between."""
        with self._database.glance() as db:
            if not store.is_there(db, run_id):
                raise NotFoundError("run", run_id)
        return self._engine.follow(run_id, after=after)

    def stop(self, run_id: str, *, by: str = "") -> None:
        """Cancel a run; what had happened until then is kept. Ended runs are left alone. Raises NotFoundError."""
        self.get(run_id)
        with self._database.session() as db:
            store.lock(db, run_id)
            if run_control.cancel_idle(db, run_id):
                approval_store.expire(db, run_id)
                span_store.close_rest(db, run_id)
                event = event_store.append_event(db, run_id, "run_cancelled", {"by": by})
            else:
                run_control.ask_to_cancel(db, run_id)
                event = None
        if event is not None:
            self._engine.announce(event)
        else:
            self._engine.cancel(run_id)

    def spec_of(self, run: RunRecord) -> Organization:
        """The organization as the run has it: its revision, with what a fork changed."""
        with self._database.read() as db:
            revision = organization_store.revision(db, run.revision_id)
        assert revision is not None, "a run's revision is never deleted"
        return varied(parse(revision.spec), run.changes)

    def revision_to_run(
        self, organization_id: str, revision_id: str | None = None
    ) -> tuple[RevisionRecord, Organization]:
        """A revision (the newest by default) that can be run, and what it says. Raises NotFoundError,
        ConflictError when nothing was ever saved, or BrokenOrganizationError."""
        revision = self._revision(organization_id, revision_id)
        spec = parse(revision.spec)
        if spec.has_workflow:
            refuse_errors(list(flow_problems(spec)))
        return revision, spec

    def _revision(self, organization_id: str, revision_id: str | None) -> RevisionRecord:
        if revision_id is not None:
            with self._database.read() as db:
                found = organization_store.revision(db, revision_id)
        else:
            with self._database.glance() as db:
                found = organization_store.latest_revision(db, organization_id)
        if found is not None and found.organization_id == organization_id:
            return found
        if revision_id is not None:
            raise NotFoundError("revision", revision_id)
        raise ConflictError(
            "This organization was never saved.", hint="Mend its problems and save it; then it can run."
        )


def _refuse_unpriced(models: list[str]) -> None:
    if models:
        raise InvalidInputError(
            f"The organization has a budget in money, and nobody entered what '{models[0]}' costs.",
            hint="Enter its price on the Settings page, or remove the budget from the organization's limits.",
        )


def new_trace_id() -> str:
    """In the form that the SDK wants."""
    return f"trace_{secrets.token_hex(16)}"


def clean_input(text: str) -> str:
    """What can be given to a run. Raises InvalidInputError."""
    if not text.strip():
        raise InvalidInputError("The input is empty.", hint="Write what the organization should do.")
    if len(text) > MAX_INPUT:
        raise InvalidInputError(
            f"The input has {len(text):,} characters.", hint=f"Shorten it to {MAX_INPUT:,} at most."
        )
    return storable(text)


def _refuse_foreign_session(session: SessionRecord | None, session_id: str, organization_id: str) -> None:
    if session is None:
        raise NotFoundError("session", session_id)
    if session.organization_id != organization_id:
        raise ConflictError(
            "This conversation belongs to another organization.", hint="Start a new one with this organization."
        )


_FREE_AGAIN = {
    "waiting": "Decide the approvals of run '{}', or stop it",
    "paused": "Resume run '{}' and let it end, or stop it",
}


def refuse_busy_session(db: Session, session_id: str) -> None:
    """Raises ConflictError when a run keeps the conversation busy."""
    busy = store.active_run_of_session(db, session_id)
    run = store.run(db, busy) if busy else None
    if run is not None:
        what = _FREE_AGAIN.get(run.status, "Wait until run '{}' has ended, or stop it").format(run.id)
        raise ConflictError(
            f"This conversation is busy with another run, which is {run.status}.",
            hint=f"{what}; then send the message again. Or fork the conversation and go on beside it.",
        )
