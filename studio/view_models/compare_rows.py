"""Comparisons as they are listed."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from core.records import ComparisonRecord, RunRecord
from studio.view_models.compare_table import variant_labels
from studio.view_models.relative_time import exact, relative
from studio.view_models.run_rows import cell, one_line
from studio.view_models.status import status_look

COLUMNS = {"input": "Input", "variants": "Variants", "outcome": "Outcome", "started": "Started"}


def comparison_rows(
    comparisons: Iterable[ComparisonRecord], *, now: datetime, zone: tzinfo | None = None
) -> list[dict[str, Any]]:
    """One mapping of texts for each comparison."""
    return [_row(comparison, now, zone) for comparison in comparisons]


def outcome(runs: Iterable[RunRecord]) -> str:
    """`3 completed`, `2 completed, 1 failed`."""
    counts = Counter(run.status for run in runs)
    return ", ".join(f"{times} {status_look(status).word.lower()}" for status, times in counts.most_common())


def _row(comparison: ComparisonRecord, now: datetime, zone: tzinfo | None) -> dict[str, Any]:
    labels = "  ·  ".join(label.replace(" · ", " ", 1) for label in variant_labels(comparison.runs))
    return {
        "id": comparison.id,
        "href": f"compare?comparison={comparison.id}",
        "cells": {
            "input": cell(one_line(comparison.title), title=one_line(comparison.input, 600)),
            "variants": cell(labels, title=labels),
            "outcome": cell(outcome(comparison.runs)),
            "started": cell(relative(comparison.created_at, now), title=exact(comparison.created_at, zone)),
        },
    }
