"""The numbers of a comparison: a column for each variant, the best said in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.records import RunRecord
from studio.view_models.numbers import NOTHING, count, duration
from studio.view_models.run_rows import model_words, run_seconds
from studio.view_models.status import status_look

Measure = Callable[[RunRecord], float | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and what is remarkable about it."""

    text: str
    note: str = ""
    best: bool = False


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure over all variants."""

    name: str
    cells: list[Cell]
    numeric: bool = True


def variant_labels(runs: Sequence[RunRecord]) -> list[str]:
    """A letter and the label of each variant: `A · Customer support · r3`."""
    return [f"{letter(number)} · {run.variant or run.organization_name}" for number, run in enumerate(runs)]


def letter(number: int) -> str:
    """The letter of a variant, counted from 0."""
    return "ABCDEFGH"[number]


def measure_rows(runs: Sequence[RunRecord], paths: Sequence[str], *, now: datetime) -> list[MeasureRow]:
    """Status, time, tokens, requests, and the way that each run took."""
    rows = [MeasureRow("Status", [Cell(status_look(run.status).word) for run in runs], numeric=False)]
    rows.append(_measured("Time", runs, lambda run: run_seconds(run, now), duration, "fastest"))
    rows.append(_measured("Tokens in", runs, lambda run: _counted(run, run.input_tokens), _count, "fewest"))
    rows.append(_measured("Tokens out", runs, lambda run: _counted(run, run.output_tokens), _count, "fewest"))
    rows.append(_measured("Model requests", runs, lambda run: _counted(run, run.requests), _count, "fewest"))
    rows.append(MeasureRow("Model", [Cell(model_words(run), _settings(run)) for run in runs], numeric=False))
    rows.append(MeasureRow("Tool path", [Cell(path or NOTHING) for path in paths], numeric=False))
    return rows


def _measured(
    name: str, runs: Sequence[RunRecord], measure: Measure, write: Callable[[float | None], str], word: str
) -> MeasureRow:
    """The lowest value is the best; only completed runs compete, and not when all are equal."""
    values = [measure(run) for run in runs]
    competing = [
        value for run, value in zip(runs, values, strict=True) if run.status == "completed" and value is not None
    ]
    best = min(competing) if len(competing) > 1 and len(set(competing)) > 1 else None
    cells = []
    for run, value in zip(runs, values, strict=True):
        wins = best is not None and value == best and run.status == "completed"
        cells.append(Cell(write(value), word if wins else _more(value, best, run), best=wins))
    return MeasureRow(name, cells)


def _counted(run: RunRecord, value: int) -> int | None:
    """Until a run first stops its counts are not known: 0 would be wrong."""
    return value if value or run.ended else None


def _more(value: float | None, best: float | None, run: RunRecord) -> str:
    if not value or not best or run.status != "completed":
        return "so far" if not run.ended and value is not None else ""
    return f"{value / best:.1f}×" if value / best >= 1.05 else ""


def _settings(run: RunRecord) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in run.overrides.items())


def _count(value: float | None) -> str:
    return count(None if value is None else int(value))
