"""Comparisons: one input, two to four variants, in parallel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.engine.host import Engine
from core.errors import InvalidInputError, NotFoundError
from core.organization.spec import ModelSettingsSpec
from core.records import ComparisonRecord
from core.services.runs import RunService
from core.store import comparisons as store
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class Variant:
    """One column of a comparison."""

    organization_id: str
    revision_id: str | None = None
    """None for the newest."""
    model: str | None = None
    settings: ModelSettingsSpec | None = None
    label: str = ""


class ComparisonService:
    """Run variants side by side."""

    def __init__(self, database: Database, engine: Engine, runs: RunService) -> None:
        self._database = database
        self._engine = engine
        self._runs = runs

    def start(self, input: str, variants: Sequence[Variant]) -> str:
        """Queue a run for each of two to four variants, all or none. Returns the comparison's id."""
        if not 2 <= len(variants) <= 4:
            raise InvalidInputError(
                f"A comparison has 2 to 4 variants, not {len(variants)}.", hint="Add or remove variants."
            )
        prepared = [
            self._runs.prepare(
                variant.organization_id,
                input,
                revision_id=variant.revision_id,
                model=variant.model,
                overrides=variant.settings,
            )
            for variant in variants
        ]
        with self._database.session() as db:
            comparison_id = store.add_comparison(db, title=_title(input), input=input)
            for position, (variant, run) in enumerate(zip(variants, prepared, strict=True)):
                label = variant.label or f"{run.organization_name} · r{run.revision_number}"
                self._engine.enqueue(
                    db, replace(run, comparison_id=comparison_id, variant=label, position=position)
                )
        self._engine.wake()
        return comparison_id

    def get(self, comparison_id: str) -> ComparisonRecord:
        """One comparison with its runs. Raises NotFoundError."""
        with self._database.read() as db:
            found = store.comparison(db, comparison_id)
        if found is None:
            raise NotFoundError("comparison", comparison_id)
        return found

    def recent(self) -> list[ComparisonRecord]:
        """The newest 50."""
        with self._database.read() as db:
            return store.comparisons(db)


def _title(input: str) -> str:
    line = " ".join(input.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
