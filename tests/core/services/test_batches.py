"""Batches: every row once, so many at a time, whatever becomes of the others."""

import asyncio
import csv
import io
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from core.bootstrap import Core
from core.errors import ConflictError, InvalidInputError, NotFoundError, ProviderError
from core.organization.spec import AgentSpec, AlwaysApprove, FunctionToolSpec, Organization, UsesLink
from core.records import RunFilter
from core.sdk.circuit_breaker import CircuitOpenError
from core.store.batches import NewBatch, add_batch
from tests.support.batches import CLERK, PAID, dataset_of, lines_of, numbered, wait_for_batch
from tests.support.cast import Call, Cast
from tests.support.studio import function_call, open_studio, until

ASKING = Organization(
    name="Till",
    entry="clerk",
    agents=[AgentSpec(name="clerk", instructions="You are clerk.")],
    tools=[FunctionToolSpec(name="pay", function="tests.support.batches:pay", approval=AlwaysApprove())],
    links=[UsesLink(source="clerk", target="pay")],
)


PAYING = ASKING.model_copy(
    update={"tools": [FunctionToolSpec(name="pay", function="tests.support.batches:pay", effect="writes")]}
)


class Clerk:
    """Answers `done: …`; fails, waits for a signal, or asks to pay when the row says so."""

    def __init__(self) -> None:
        self.mended = False
        self.go_on = threading.Event()
        self.at_work = 0
        self.most = 0
        self.told: Counter[str] = Counter()

    async def __call__(self, call: Call) -> Any:
        text = call.input if isinstance(call.input, str) else str(call.input[0]["content"])
        if not isinstance(call.input, str) and call.input[-1].get("type") == "function_call_output":
            return RuntimeError("The till is stuck.") if "stuck" in text and not self.mended else f"paid: {text}"
        self.told[text] += 1
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        try:
            return await self._answer(text)
        finally:
            self.at_work -= 1

    async def _answer(self, text: str) -> Any:
        if "slow" in text:
            await asyncio.to_thread(self.go_on.wait, 20)
        else:
            await asyncio.sleep(0.005)
        if "down" in text and not self.mended:
            return CircuitOpenError("Provider 'x' is left alone.")
        if "bad" in text and not self.mended:
            return RuntimeError("The shelf fell over.")
        return function_call("pay", {"amount": 1}, call_id="c1") if "pay" in text else f"done: {text}"


@pytest.fixture
def clerk() -> Iterator[Clerk]:
    clerk = Clerk()
    yield clerk
    clerk.go_on.set()


@pytest.fixture
def studio(tmp_path: Path, clerk: Clerk, each_database: str) -> Iterator[Core]:
    with open_studio(tmp_path, Cast(clerk=clerk)) as core:
        yield core
        clerk.go_on.set()


def test_every_row_runs_once_and_so_many_at_a_time(studio: Core, clerk: Clerk) -> None:
    batch_id = studio.batches.start(studio.organizations.create(CLERK), numbered(studio, 40), concurrency=4)

    batch = wait_for_batch(studio, batch_id, "completed")

    assert clerk.told == Counter(f"row {number}" for number in range(1, 41))
    assert clerk.most == 4
    assert (batch.counts.completed, batch.counts.total, batch.rows) == (40, 40, 40)
    assert (batch.counts.input_tokens, batch.counts.output_tokens) == (400, 200)
    lines = lines_of(studio, batch_id)
    assert [(line.position, line.input, line.output) for line in lines] == [
        (number, f"row {number}", f"done: row {number}") for number in range(1, 41)
    ]
    assert [line.position for line in studio.batches.lines(batch, number=3, size=15).rows] == list(range(31, 41))
    pace = studio.batches.pace(batch)
    assert pace.rows == 40
    assert pace.per_minute is not None


def test_a_row_that_fails_stops_no_other_and_is_tried_again(studio: Core, clerk: Clerk) -> None:
    rows = dataset_of(studio, "input\ngood 1\nbad 2\ngood 3\nbad 4\n")
    batch_id = studio.batches.start(studio.organizations.create(CLERK), rows)
    batch = wait_for_batch(studio, batch_id, "completed")
    assert (batch.counts.completed, batch.counts.failed) == (2, 2)
    failed = lines_of(studio, batch_id, "failed")
    assert [(line.position, line.attempts) for line in failed] == [(2, 1), (4, 1)]
    assert "The shelf fell over." in str(failed[0].error)

    clerk.mended = True
    assert studio.batches.retry(batch_id) == 2

    batch = wait_for_batch(studio, batch_id, "completed")
    assert (batch.counts.completed, batch.counts.failed, batch.counts.total) == (4, 0, 4)
    assert [(line.output, line.attempts) for line in lines_of(studio, batch_id)] == [
        ("done: good 1", 1),
        ("done: bad 2", 2),
        ("done: good 3", 1),
        ("done: bad 4", 2),
    ]
    assert studio.runs.page(RunFilter(batches=True)).total == 4, "a row goes on in the same run"


def test_what_a_failed_row_has_done_is_not_done_again(studio: Core, clerk: Clerk) -> None:
    paid = len(PAID)
    rows = dataset_of(studio, "input\npay stuck 1\npay 2\n")
    batch_id = studio.batches.start(studio.organizations.create(PAYING), rows)
    assert wait_for_batch(studio, batch_id, "completed").counts.failed == 1

    clerk.mended = True
    studio.batches.retry(batch_id)

    wait_for_batch(studio, batch_id, "completed")
    assert [line.output for line in lines_of(studio, batch_id)] == ["paid: pay stuck 1", "paid: pay 2"]
    assert len(PAID) - paid == 2
    assert clerk.told["pay stuck 1"] == 1


def test_rows_that_cannot_be_run_are_failed_rows(studio: Core) -> None:
    rows = dataset_of(studio, "id,input\n" + "".join(f"{number},\n" for number in range(60)) + "60,Hello\n")
    batch_id = studio.batches.start(studio.organizations.create(CLERK), rows, concurrency=2)

    batch = wait_for_batch(studio, batch_id, "completed")

    assert (batch.counts.completed, batch.counts.failed) == (1, 60)
    assert "The input is empty." in str(lines_of(studio, batch_id)[0].error)
    assert studio.batches.retry(batch_id) == 0, "their input will not be another one"


def test_a_row_that_waits_for_a_person_takes_no_place(studio: Core) -> None:
    rows = dataset_of(studio, "input\npay 1\npay 2\nrow 3\nrow 4\n")
    batch_id = studio.batches.start(studio.organizations.create(ASKING), rows, concurrency=1)

    batch = wait_for_batch(studio, batch_id, "waiting")

    assert (batch.counts.waiting, batch.counts.completed) == (2, 2)
    for approval in studio.approvals.pending():
        studio.approvals.approve(approval.id, by="ada")
    wait_for_batch(studio, batch_id, "completed")
    assert [line.output for line in lines_of(studio, batch_id)][:2] == ["paid: pay 1", "paid: pay 2"]


def test_stopping_lets_rows_at_work_end_and_continuing_does_the_rest(studio: Core, clerk: Clerk) -> None:
    rows = dataset_of(studio, "input\nslow 1\nslow 2\nrow 3\nrow 4\n")
    batch_id = studio.batches.start(studio.organizations.create(CLERK), rows, concurrency=2)
    until(lambda: clerk.at_work == 2)

    studio.batches.stop(batch_id)

    assert studio.batches.get(batch_id).status == "stopping"
    clerk.go_on.set()
    batch = wait_for_batch(studio, batch_id, "stopped")
    assert (batch.counts.completed, batch.counts.pending) == (2, 2)

    studio.batches.resume(batch_id)

    wait_for_batch(studio, batch_id, "completed")
    assert set(clerk.told.values()) == {1}


def test_rows_at_work_can_be_cancelled_and_are_done_again(studio: Core, clerk: Clerk) -> None:
    rows = dataset_of(studio, "input\nslow 1\nrow 2\nslow 3\n")
    batch_id = studio.batches.start(studio.organizations.create(CLERK), rows, concurrency=2)
    until(lambda: clerk.at_work == 2 and clerk.told["slow 3"])

    studio.batches.cancel_at_work(batch_id, by="ada")

    until(lambda: studio.batches.get(batch_id).counts.cancelled == 2)
    clerk.go_on.set()
    studio.batches.resume(batch_id)
    batch = wait_for_batch(studio, batch_id, "completed")
    assert (batch.counts.completed, batch.counts.cancelled) == (3, 0)


def test_the_revision_stays_the_same(studio: Core, clerk: Clerk) -> None:
    """The organization is changed while the batch works."""
    shop = studio.organizations.create(CLERK)
    batch_id = studio.batches.start(shop, dataset_of(studio, "input\nslow 1\nrow 2\n"), concurrency=1)
    until(lambda: clerk.at_work == 1)
    studio.organizations.save_draft(shop, CLERK.model_copy(update={"description": "Other"}), based_on=0)
    studio.organizations.save(shop)

    clerk.go_on.set()
    wait_for_batch(studio, batch_id, "completed")

    runs = studio.runs.page(RunFilter(batches=True)).rows
    assert [(run.revision_number, run.batch_id, run.position) for run in runs] == [
        (1, batch_id, 2),
        (1, batch_id, 1),
    ]


def test_a_deleted_organization_stops_its_batches(studio: Core, clerk: Clerk) -> None:
    shop = studio.organizations.create(CLERK)
    batch_id = studio.batches.start(shop, dataset_of(studio, "input\nslow 1\nrow 2\n"), concurrency=1)
    until(lambda: clerk.at_work == 1)

    studio.organizations.delete(shop)
    clerk.go_on.set()

    batch = wait_for_batch(studio, batch_id, "stopped")
    assert batch.stop_reason == "'Shop' was deleted."
    with pytest.raises(NotFoundError):
        studio.batches.resume(batch_id)
    studio.organizations.restore(shop)
    studio.batches.resume(batch_id)
    assert wait_for_batch(studio, batch_id, "completed").stop_reason == ""


def test_an_outage_of_the_provider_stops_a_batch(studio: Core, clerk: Clerk) -> None:
    """Most rows are left for when it is there again; what failed meanwhile is tried again with them."""
    rows = dataset_of(studio, "input\nrow 1\n" + "".join(f"down {number}\n" for number in range(2, 41)))
    batch_id = studio.batches.start(studio.organizations.create(CLERK), rows, concurrency=2)

    batch = wait_for_batch(studio, batch_id, "stopped")

    assert 10 <= batch.counts.failed <= 12
    assert "rows in a row failed because of their provider. Provider 'x' is left alone." in batch.stop_reason
    clerk.mended = True
    studio.batches.retry(batch_id)
    assert wait_for_batch(studio, batch_id, "completed").counts.completed == 40


def test_rows_that_fail_for_other_reasons_stop_nothing(studio: Core) -> None:
    rows = dataset_of(studio, "input\n" + "".join(f"bad {number}\n" for number in range(25)))
    batch_id = studio.batches.start(studio.organizations.create(CLERK), rows)

    assert wait_for_batch(studio, batch_id, "completed").counts.failed == 25


def test_two_processes_never_start_a_row_twice(studio: Core, clerk: Clerk, tmp_path: Path) -> None:
    """Both look after everything; each runs what it has started."""
    with open_studio(tmp_path, Cast(clerk=clerk)) as other:
        for core in (studio, other):
            core.engine.start(recover=True)
        batch_id = studio.batches.start(studio.organizations.create(CLERK), numbered(studio, 40), concurrency=6)
        threads = [threading.Thread(target=core.batches.feed) for core in (studio, other) * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_for_batch(studio, batch_id, "completed")

    assert clerk.told == Counter(f"row {number}" for number in range(1, 41))
    assert clerk.most <= 6


def test_only_an_engine_that_recovers_looks_after_batches_of_others(studio: Core) -> None:
    """A command line works on what it has started itself."""
    shop, rows = studio.organizations.create(CLERK), numbered(studio, 3)
    revision = studio.organizations.revisions(shop)[0].id
    with studio.database.session() as db:
        batch_id = add_batch(
            db, NewBatch("Left", shop, "Shop", revision, 1, rows, "{input}", None, {}, concurrency=2, rows=3)
        )
    studio.engine.start(recover=False)

    studio.batches.feed()

    assert studio.batches.get(batch_id).counts.pending == 3
    studio.engine.start(recover=True)
    assert wait_for_batch(studio, batch_id).counts.completed == 3


def test_what_all_rows_have_in_common_is_checked_before(studio: Core) -> None:
    shop, rows = studio.organizations.create(CLERK), numbered(studio, 2)
    broken = studio.organizations.create(CLERK.model_copy(update={"entry": "nobody"}))
    bad: list[tuple[dict[str, Any], type[Exception]]] = [
        ({"organization_id": broken}, ConflictError),
        ({"organization_id": "org_none"}, NotFoundError),
        ({"dataset_id": "data_none"}, NotFoundError),
        ({"revision_id": "rev_none"}, NotFoundError),
        ({"model": "nowhere/model"}, ProviderError),
        ({"template": "{nothing}"}, InvalidInputError),
        ({"concurrency": 0}, InvalidInputError),
        ({"concurrency": 51}, InvalidInputError),
    ]

    for changes, error in bad:
        with pytest.raises(error):
            studio.batches.start(**({"organization_id": shop, "dataset_id": rows} | changes))

    assert studio.batches.page().rows == []


def test_lists_of_runs_leave_rows_of_batches_out(studio: Core) -> None:
    shop = studio.organizations.create(CLERK)
    batch_id = studio.batches.start(shop, numbered(studio, 3))
    wait_for_batch(studio, batch_id, "completed")

    assert (studio.runs.page().total, studio.runs.counts()) == (0, {})
    assert studio.runs.page(RunFilter(batches=True)).total == 3
    assert studio.runs.counts(batches=True) == {"completed": 3}


def test_a_batch_is_deleted_with_everything_that_belongs_to_it(studio: Core) -> None:
    rows = dataset_of(studio, "input\npay 1\nrow 2\n")
    till = studio.organizations.create(ASKING)
    batch_id = studio.batches.start(till, rows)
    wait_for_batch(studio, batch_id, "waiting")
    kept = studio.runs.start(till, "row 9")
    until(lambda: studio.runs.get(kept).ended)
    with pytest.raises(ConflictError, match="1 batch"):
        studio.datasets.delete(rows)

    studio.batches.delete(batch_id)

    with pytest.raises(NotFoundError):
        studio.batches.get(batch_id)
    until(lambda: "batch_row" not in _filled_tables(studio))
    assert studio.approvals.pending() == []
    assert [run.id for run in studio.runs.page(RunFilter(batches=True)).rows] == [kept]
    assert studio.runs.events(kept)
    assert "approval" not in _filled_tables(studio)
    studio.datasets.delete(rows)
    assert studio.datasets.all() == []


def test_a_batch_at_work_is_not_deleted(studio: Core, clerk: Clerk) -> None:
    batch_id = studio.batches.start(studio.organizations.create(CLERK), dataset_of(studio, "input\nslow\n"))
    until(lambda: clerk.at_work)

    with pytest.raises(ConflictError, match="at work"):
        studio.batches.delete(batch_id)


def test_names_and_places_can_be_changed(studio: Core, clerk: Clerk) -> None:
    rows = dataset_of(studio, "input\n" + "".join(f"slow {number}\n" for number in range(6)))
    batch_id = studio.batches.start(studio.organizations.create(CLERK), rows, concurrency=1)
    until(lambda: clerk.at_work == 1)

    studio.batches.rename(batch_id, " A  better\nname ")
    studio.batches.set_concurrency(batch_id, 5)

    until(lambda: clerk.at_work == 5)
    assert studio.batches.get(batch_id).name == "A better name"
    with pytest.raises(InvalidInputError):
        studio.batches.rename(batch_id, " ")


def test_results_are_exported(tmp_path: Path) -> None:
    """Fields of structured outputs have columns of their own; names of the dataset's columns are kept."""
    answers = {
        "one": '{"status": "paid", "total": {"amount": 3, "tags": ["a"]}}',
        "two": '{"status": "open", "note": "Ümläut, \\"quoted\\""}',
        "three": RuntimeError("Broken."),
    }
    with open_studio(tmp_path, Cast(clerk=lambda call: answers[call.told])) as core:
        rows = dataset_of(core, 'status;input\n"x\ny";one\n;two\n;three\n;\n')
        batch_id = core.batches.start(core.organizations.create(CLERK), rows, template="{input}")
        wait_for_batch(core, batch_id, "completed")

        table = list(csv.DictReader(io.StringIO("".join(core.batches.export(batch_id, "csv")))))
        objects = [orjson.loads(line) for line in core.batches.export(batch_id, "jsonl")]

    assert list(table[0])[:8] == [
        "status",
        "input",
        "row",
        "run_status",
        "output",
        "output.status",
        "output.total.amount",
        "output.total.tags",
    ]
    assert [(row["status"], row["run_status"], row["output.status"], row["output.note"]) for row in table] == [
        ("x\ny", "completed", "paid", ""),
        ("", "completed", "open", 'Ümläut, "quoted"'),
        ("", "failed", "", ""),
    ]
    assert (table[0]["output.total.tags"], table[0]["input_tokens"], table[0]["attempts"]) == ('["a"]', "10", "1")
    assert "Broken." in table[2]["error"]
    assert objects[0]["output"] == {"status": "paid", "total": {"amount": 3, "tags": ["a"]}}
    assert [each["run_id"] for each in objects] == [row["run_id"] for row in table]


def _filled_tables(core: Core) -> set[str]:
    """Tables with anything in them."""
    with core.database.read() as db:
        tables = SQLModel.metadata.tables.values()
        return {table.name for table in tables if db.execute(select(table).limit(1)).first()}
