"""Batches in words and figures."""

from dataclasses import replace

import pytest

from core.ids import utc_now
from core.records import BatchCounts, BatchPace, BatchRecord, BatchStatus
from studio.view_models.batch_progress import batch_progress
from studio.view_models.batch_rows import offered
from studio.view_models.batch_words import outcome_words, progress_words

BATCH = BatchRecord(
    id="bat_1",
    name="Orders",
    organization_id="org_1",
    organization_name="Shop",
    revision_id="rev_1",
    revision_number=1,
    dataset_id="data_1",
    template="{input}",
    model=None,
    overrides={},
    concurrency=5,
    rows=1_000,
    stopped=False,
    stop_reason="",
    created_at=utc_now(),
    resumed_at=utc_now(),
    counts=BatchCounts(pending=870, running=5, waiting=3, completed=120, failed=2),
)


@pytest.mark.parametrize(
    ("stopped", "counts", "status"),
    [
        (False, BatchCounts(pending=1), "running"),
        (False, BatchCounts(running=1), "running"),
        (True, BatchCounts(pending=1, queued=1), "stopping"),
        (True, BatchCounts(pending=1, waiting=1), "stopped"),
        (True, BatchCounts(completed=1), "completed"),
        (False, BatchCounts(waiting=1, failed=1), "waiting"),
        (False, BatchCounts(failed=1), "completed"),
    ],
)
def test_the_status_is_seen_from_the_rows(stopped: bool, counts: BatchCounts, status: BatchStatus) -> None:
    assert replace(BATCH, stopped=stopped, counts=counts).status == status


def test_time_left_follows_from_the_pace() -> None:
    words = progress_words(BATCH, BatchPace(rows=100, seconds=60))

    assert words == "122 of 1,000 rows, 2 failed, 3 waiting, 100 rows a minute, 8 min 45 s left"
    assert progress_words(BATCH, BatchPace(0, 0)) == "122 of 1,000 rows, 2 failed, 3 waiting"
    stopped = replace(BATCH, stopped=True)
    assert "left" not in progress_words(stopped, BatchPace(rows=3, seconds=60))


def test_progress_tells_apart_what_colour_alone_does_not() -> None:
    progress = batch_progress(BATCH, BatchPace(rows=3, seconds=60))

    assert [(part["word"], part["count"]) for part in progress["parts"]] == [
        ("completed", 120),
        ("failed", 2),
        ("waiting", 3),
        ("running", 5),
        ("left", 870),
    ]
    assert (progress["speed"], progress["left"]) == ("3.0 rows a minute", "about 4 h 51 min left")
    moved = replace(BATCH, counts=replace(BATCH.counts, running=6, pending=869))
    assert batch_progress(moved, BatchPace(3, 60))["state"] != progress["state"]


def test_outcomes_and_filters() -> None:
    assert outcome_words(BatchCounts(completed=1_190, failed=8)) == "1,190 completed, 8 failed"
    assert outcome_words(BatchCounts()) == "no rows"
    assert list(offered(BatchCounts(completed=2), "failed")) == ["all", "completed", "failed"]
