"""Starts the rows of batches wherever there is room, again and again."""

from core.engine.host import Engine
from core.errors import TroupeError
from core.ids import new_id
from core.services.batch_template import filled
from core.services.control import ControlService
from core.services.runs import clean_input, new_trace_id
from core.store import batches as store
from core.store import runs as run_store
from core.store.batches import OpenBatch, Outcome, PendingRow
from core.store.database import Database, FastConnection, Session
from core.store.runs import NewRun

OUTAGE_ROWS = 10
"""So many rows in a row that fail because of their provider stop a batch: the rest would fail as well."""
OUTAGE_CODES = frozenset(
    {
        "provider_down",
        "endpoint_unreachable",
        "endpoint_timeout",
        "endpoint_not_found",
        "tls",
        "no_key",
        "wrong_key",
        "no_permission",
        "model_not_found",
        "quota_exceeded",
        "rate_limited",
        "server_error",
    }
)
ROUNDS = 20
"""How often at most rows are looked for in one unit of work, when none of them can be run."""


class BatchFeeder:
    """A chore of the engine. Between two feedings it remembers nothing but what this process looks after."""

    def __init__(self, database: Database, engine: Engine, control: ControlService) -> None:
        self._database = database
        self._engine = engine
        self._control = control
        self._ours: set[str] = set()

    def look_after(self, batch_id: str) -> None:
        """This process has started, continued or deleted the batch, and sees to it."""
        self._ours.add(batch_id)
        self._engine.chores.call(start=True)

    def feed(self) -> None:
        """Start rows of batches wherever there is room, and go on deleting what is to be deleted. A process whose
        engine does not take up what others left looks after its own batches only."""
        with self._database.glance() as connection:
            batch_ids = store.open_batches(connection)
        with self._database.glance() as connection:
            hidden = store.hidden(connection)
        for batch_id in self._looked_after(batch_ids):
            self._top_up(batch_id)
        for batch_id in self._looked_after(hidden):
            with self._database.session() as db:
                store.remove_some(db, batch_id)
            self._engine.chores.call()

    def _looked_after(self, batch_ids: list[str]) -> list[str]:
        return [each for each in batch_ids if self._engine.recovers or each in self._ours]

    def _top_up(self, batch_id: str) -> None:
        # A look before the lock: most of the time there is no room.
        with self._database.glance() as connection:
            if store.room(connection, batch_id) <= 0:
                return
        with self._database.session() as db:
            started = self._start_rows(db, batch_id)
        if started:
            self._engine.wake(*started)

    def _start_rows(self, db: Session, batch_id: str) -> list[str]:
        """Queue runs of the next rows; no other process does so for this batch at the same time."""
        connection = FastConnection.within(db)
        batch = store.lock(connection, batch_id)
        if batch is None or batch.stopped:
            return []
        if reason := self._reason_to_stop(db, batch_id, batch):
            store.stop(db, batch_id, reason=reason)
            return []
        started: list[str] = []
        room = store.room(connection, batch_id)
        for _ in range(ROUNDS):
            rows = store.next_rows(connection, batch_id, batch.dataset_id, room - len(started))
            outcomes = [self._start_row(db, batch_id, batch, row) for row in rows]
            store.settle_rows(connection, batch_id, outcomes)
            started += [each.run_id for each in outcomes if each.run_id is not None]
            if not rows or len(started) >= room:
                return started
        self._engine.chores.call()
        return started

    def _reason_to_stop(self, db: Session, batch_id: str, batch: OpenBatch) -> str:
        if batch.organization_deleted:
            return f"'{batch.organization_name}' was deleted."
        failed, last = store.failed_since_success(db, batch_id, OUTAGE_CODES, after=batch.resumed_at)
        return f"{failed} rows in a row failed because of their provider. {last}" if failed >= OUTAGE_ROWS else ""

    def _start_row(self, db: Session, batch_id: str, batch: OpenBatch, row: PendingRow) -> Outcome:
        before = run_store.run(db, row.run_id) if row.run_id is not None else None
        if before is not None:
            # It goes on where it stood: what its tools have done is not done again.
            self._control.retry_within(db, before)
            return Outcome(row.position, run_id=before.id)
        try:
            text = clean_input(filled(batch.template, row.data))
        except TroupeError as error:
            return Outcome(row.position, error=f"{error.message} {error.hint}".strip())
        run = NewRun(
            id=new_id("run"),
            organization_id=batch.organization_id,
            organization_name=batch.organization_name,
            revision_id=batch.revision_id,
            revision_number=batch.revision_number,
            input=text,
            trace_id=new_trace_id(),
            batch_id=batch_id,
            position=row.position,
            model=batch.model,
            overrides=batch.overrides,
        )
        self._engine.enqueue(db, run)
        return Outcome(row.position, run_id=run.id)
