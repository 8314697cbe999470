"""Batches: one organization over all rows of a dataset, a few at a time."""

from collections.abc import Iterator
from typing import Any

from core.engine.host import Engine
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.organization.spec import ModelSettingsSpec
from core.records import BatchLine, BatchPace, BatchRecord, Page
from core.services.batch_export import ExportForm, exported
from core.services.batch_feeding import BatchFeeder
from core.services.batch_template import check_template, default_template, filled
from core.services.control import ControlService
from core.services.datasets import DatasetService, clean_name
from core.services.runs import RunService
from core.store import batch_queries as queries
from core.store import batches as store
from core.store import organizations as organization_store
from core.store.batches import NewBatch
from core.store.database import Database
from core.store.runs import NewRun

USUAL_CONCURRENCY = 5


class BatchService:
    """Start batches, look at them, stop and continue them."""

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
        self._datasets = datasets
        self._feeder = BatchFeeder(database, engine, control)
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
        self._feeder.look_after(batch_id)
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
        self._feeder.look_after(batch_id)

    def export(self, batch_id: str, form: ExportForm) -> Iterator[str]:
        """The results of all rows in pieces of text. Raises NotFoundError."""
        batch = self.get(batch_id)
        return exported(batch, self._datasets.get(batch.dataset_id).columns, form, _Source(self._database, batch))

    def feed(self) -> None:
        """Start rows wherever there is room; the engine does so again and again."""
        self._feeder.feed()

    # -- checks -------------------------------------------------------------------------------------

    def _resume(self, batch_id: str, *, again: tuple[str, ...]) -> int:
        batch = self.get(batch_id)
        settings = ModelSettingsSpec.model_validate(batch.overrides) if batch.overrides else None
        self._checked(batch.organization_id, revision_id=batch.revision_id, model=batch.model, overrides=settings)
        with self._database.session() as db:
            retried = store.resume(db, batch_id, again=again)
        self._feeder.look_after(batch_id)
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
