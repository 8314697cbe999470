"""Batches: one organization over all rows of a dataset, a few at a time."""

from collections.abc import Iterator
from typing import Any

from core.engine.host import Engine
from core.errors import ConflictError, InvalidInputError, NotFoundError, TroupeError
from core.ids import new_id
from core.organization.spec import ModelSettingsSpec
from core.records import BatchLine, BatchPace, BatchRecord, Page
from core.services.batch_export import ExportForm, exported
from core.services.batch_template import check_template, default_template, filled
from core.services.control import ControlService
from core.services.datasets import DatasetService, clean_name
from core.services.runs import RunService, clean_input, new_trace_id
from core.store import batch_queries as queries
from core.store import batches as store
from core.store import organizations as organization_store
from core.store import runs as run_store
from core.store.batches import NewBatch, OpenBatch, Outcome, PendingRow
from core.store.database import Database, FastConnection, Session
from core.store.runs import NewRun

USUAL_CONCURRENCY = 5
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


class BatchService:
    """Start batches, look at them, stop and continue them, and start their rows when there is room."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        runs: RunService,
        control: ControlService,
        datasets: DatasetService,
    ) -> None:
        self._database = database
        self._engine = engine
        self._runs = runs
        self._control = control
        self._datasets = datasets
        self._ours: set[str] = set()
        """Batches that were started or continued in this process."""
        engine.chores.add(self.feed)

    @property
    def most_at_once(self) -> int:
        """How many rows of a batch may be at work at the same time."""
        return self._engine.settings.max_concurrent_runs

    @property
    def usual_at_once(self) -> int:
        """How many that are unless somebody says otherwise."""
        return min(USUAL_CONCURRENCY, self.most_at_once)

    def start(
        self,
        organization_id: str,
        dataset_id: str,
        *,
        template: str = "",
        name: str = "",
        revision_id: str | None = None,
        model: str | None = None,
        overrides: ModelSettingsSpec | None = None,
        concurrency: int | None = None,
    ) -> str:
        """Begin to work through a dataset and return the batch's id. Each row's input is the `template` (by
        default: the column that is called like an input) with the row's values. The revision, the newest one by
        default, stays the same to the end. Raises NotFoundError, InvalidInputError, ConflictError,
        ProviderError."""
        dataset = self._datasets.get(dataset_id)
        chosen = template if template.strip() else default_template(dataset.columns)
        check_template(chosen, dataset.columns)
        at_once = self.usual_at_once if concurrency is None else concurrency
        self._check_concurrency(at_once)
        run = self._checked(organization_id, revision_id=revision_id, model=model, overrides=overrides)
        new = NewBatch(
            name=clean_name(name) or dataset.name,
            organization_id=organization_id,
            organization_name=run.organization_name,
            revision_id=run.revision_id,
            revision_number=run.revision_number,
            dataset_id=dataset_id,
            template=chosen,
            model=model,
            overrides=run.overrides,
            concurrency=at_once,
            rows=dataset.rows,
        )
        with self._database.session() as db:
            batch_id = store.add_batch(db, new)
        self._look_after(batch_id)
        return batch_id

    def get(self, batch_id: str) -> BatchRecord:
        """One batch, as far as it is. Raises NotFoundError."""
        with self._database.read() as db:
            found = queries.batch(db, batch_id)
        if found is None:
            raise NotFoundError("batch", batch_id)
        return found

    def page(self, *, number: int = 1, size: int = 20) -> Page[BatchRecord]:
        """Batches, newest first; pages count from 1."""
        with self._database.read() as db:
            return queries.batch_page(db, number=number, size=size)

    def pace(self, batch: BatchRecord) -> BatchPace:
        """How fast its rows end."""
        with self._database.read() as db:
            return queries.pace(db, batch)

    def lines(
        self, batch: BatchRecord, *, status: str | None = None, number: int = 1, size: int = 50
    ) -> Page[BatchLine]:
        """Rows with what came out of them, in their order; pages count from 1."""
        total = batch.rows if status is None else getattr(batch.counts, status)
        with self._database.read() as db:
            if status is None:
                found = queries.lines(db, batch.id, after=(number - 1) * size, limit=size)
            else:
                found = queries.lines(db, batch.id, status=status, skip=(number - 1) * size, limit=size)
        return Page(rows=[_line(batch, row) for row in found], total=total, number=number, size=size)

    def stop(self, batch_id: str) -> None:
        """Start no more rows. Those at work go on to their end, those that wait stay waiting."""
        self.get(batch_id)
        with self._database.session() as db:
            store.stop(db, batch_id)

    def cancel_at_work(self, batch_id: str, *, by: str = "") -> None:
        """Stop, and cancel the rows that are at work. They are started again when it is continued."""
        self.stop(batch_id)
        with self._database.read() as db:
            run_ids = store.at_work(db, batch_id)
        for run_id in run_ids:
            self._runs.stop(run_id, by=by)

    def resume(self, batch_id: str) -> None:
        """Go on with the rows that are left, and those that were cancelled. Raises NotFoundError, ConflictError,
        ProviderError."""
        self._resume(batch_id, again=("cancelled",))

    def retry(self, batch_id: str) -> int:
        """Try all rows again whose run has failed or was cancelled, each from where it stood: what its tools have
        done is not repeated. Returns how many these are. Raises as `resume` does."""
        return self._resume(batch_id, again=("failed", "cancelled"))

    def rename(self, batch_id: str, name: str) -> None:
        """Call it otherwise. Raises NotFoundError and InvalidInputError."""
        self.get(batch_id)
        if not clean_name(name):
            raise InvalidInputError("A batch needs a name.", hint="Type at least one character.")
        with self._database.session() as db:
            store.rename(db, batch_id, clean_name(name))

    def set_concurrency(self, batch_id: str, concurrency: int) -> None:
        """Have more or fewer rows at work from now on. Raises NotFoundError and InvalidInputError."""
        self.get(batch_id)
        self._check_concurrency(concurrency)
        with self._database.session() as db:
            store.set_concurrency(db, batch_id, concurrency)
        self._engine.chores.call()

    def delete(self, batch_id: str) -> None:
        """Delete a batch and all of its runs; its dataset stays. Raises NotFoundError, or ConflictError while
        rows are at work."""
        if self.get(batch_id).counts.at_work:
            raise ConflictError(
                "Rows of this batch are at work.", hint="Stop it, and wait until they have ended or cancel them."
            )
        with self._database.session() as db:
            store.hide(db, batch_id)
        self._look_after(batch_id)

    def export(self, batch_id: str, form: ExportForm) -> Iterator[str]:
        """The results of all rows in pieces of text. Raises NotFoundError."""
        batch = self.get(batch_id)
        return exported(batch, self._datasets.get(batch.dataset_id).columns, form, _Source(self._database, batch))

    # -- what is done again and again ---------------------------------------------------------------

    def feed(self) -> None:
        """Start rows of batches wherever there is room, and go on deleting what is to be deleted. A process whose
        engine does not take up what others left looks after its own batches only."""
        with self._database.glance() as connection:
            batch_ids = store.open_batches(connection)
        with self._database.glance() as connection:
            hidden = store.hidden(connection)
        for batch_id in self._ours_of(batch_ids):
            self._top_up(batch_id)
        for batch_id in self._ours_of(hidden):
            with self._database.session() as db:
                store.remove_some(db, batch_id)
            self._engine.chores.call()

    def _ours_of(self, batch_ids: list[str]) -> list[str]:
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

    # -- checks -------------------------------------------------------------------------------------

    def _resume(self, batch_id: str, *, again: tuple[str, ...]) -> int:
        batch = self.get(batch_id)
        settings = ModelSettingsSpec.model_validate(batch.overrides) if batch.overrides else None
        self._checked(batch.organization_id, revision_id=batch.revision_id, model=batch.model, overrides=settings)
        with self._database.session() as db:
            retried = store.resume(db, batch_id, again=again)
        self._look_after(batch_id)
        return retried

    def _checked(
        self,
        organization_id: str,
        *,
        revision_id: str | None,
        model: str | None,
        overrides: ModelSettingsSpec | None,
    ) -> NewRun:
        """What all rows have in common is checked once; the input of each, when it is its turn."""
        with self._database.read() as db:
            if organization_store.organization(db, organization_id) is None:
                raise NotFoundError("organization", organization_id)
        return self._runs.prepare(
            organization_id, "A row", revision_id=revision_id, model=model, overrides=overrides
        )

    def _check_concurrency(self, concurrency: int) -> None:
        if not 1 <= concurrency <= self.most_at_once:
            raise InvalidInputError(
                f"{concurrency} rows at the same time are not possible.",
                hint=f"Choose 1 to {self.most_at_once} (STUDIO_MAX_CONCURRENT_RUNS).",
            )

    def _look_after(self, batch_id: str) -> None:
        self._ours.add(batch_id)
        self._engine.chores.call(start=True)


class _Source:
    """Where an export takes its rows from."""

    def __init__(self, database: Database, batch: BatchRecord) -> None:
        self._database = database
        self._batch = batch

    def lines(self, after: int, limit: int) -> list[BatchLine]:
        with self._database.read() as db:
            found = queries.lines(db, self._batch.id, after=after, limit=limit)
        return [_line(self._batch, row) for row in found]

    def outputs(self, after: int, limit: int) -> list[tuple[int, str]]:
        with self._database.read() as db:
            return queries.outputs(db, self._batch.id, after=after, limit=limit)


def _line(batch: BatchRecord, row: Any) -> BatchLine:
    ran = row.state == "started"
    return BatchLine(
        position=row.position,
        status=row.status,
        data=row.data,
        input=row.input if ran else filled(batch.template, row.data),
        output=row.output if ran else None,
        error=row.error_message if ran else row.error,
        error_hint=row.error_hint if ran else None,
        attempts=row.attempts,
        run_id=row.run_id,
        input_tokens=row.input_tokens or 0 if ran else 0,
        output_tokens=row.output_tokens or 0 if ran else 0,
        simulated=bool(ran and row.simulated),
        started_at=row.started_at if ran else None,
        ended_at=row.ended_at if ran else None,
    )
