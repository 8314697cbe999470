"""`studio batch` and `studio batches`."""

import signal
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from core.bootstrap import Core
from core.settings import Settings
from tests.support.batches import wait_for_batch
from tests.support.command_line import CommandLine, studio_process
from tests.support.studio import until

QUESTION = "How long does a refund take?"


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path / "data", monkeypatch, capsys)


def test_all_rows_of_a_file(studio: CommandLine, tmp_path: Path) -> None:
    table, results = tmp_path / "rows.csv", tmp_path / "results.jsonl"
    table.write_text(f"id;question\n1;{QUESTION}\n2;Where is it?\n3;a;b\n", encoding="utf-16")

    result = studio("batch", "single", "--data", table, "--output", results, "--template", "Please: {question}")

    assert result.code == 0, result.err
    assert "2 rows (table, semicolon, UTF-16), columns: id, question" in result.err
    assert "Line 4 has 3 cells, and there are 2 columns (left out)." in result.err
    assert "completed: 2 completed (simulated)" in result.err
    rows = [orjson.loads(line) for line in results.read_text().splitlines()]
    assert [(row["id"], row["status"]) for row in rows] == [("1", "completed"), ("2", "completed")]
    with closing(studio.core()) as core:
        (batch,) = core.batches.page().rows
        line = core.batches.lines(batch).rows[0]
        assert line.input == f"Please: {QUESTION}"
    listed = studio("batches", "list").out
    assert batch.id in listed
    assert "rows.csv" in listed
    assert studio("batches", "export", batch.id).out.startswith("id,question,row,status")


def test_failed_rows_give_exit_code_1_and_results_as_json(studio: CommandLine, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text(f"id,question\n1,{QUESTION}\n2,\n")

    result = studio("batch", "single", "--data", table, "--json")

    assert result.code == 1
    *rows, last = result.lines
    assert [row["status"] for row in rows] == ["completed", "failed"]
    assert (last["status"], last["completed"], last["failed"]) == ("completed", 1, 1)


def test_what_cannot_work_is_said_before_anything_runs(studio: CommandLine, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("id,question\n1,Hello\n")
    wrong = [
        ("batch", "single", "--data", tmp_path / "none.csv"),
        ("batch", "single", "--data", table, "--output", tmp_path / "no" / "out.csv"),
        ("batch", "single", "--data", table, "--template", "{text}"),
        ("batch", "single", "--data", table, "--concurrency", "0"),
        ("batches", "continue", "bat_none"),
        ("batches", "export", "bat_none"),
    ]

    for arguments in wrong:
        result = studio(*arguments)
        assert (result.code, "Hint:" in result.err) == (2, True), arguments

    with closing(studio.core()) as core:
        assert core.batches.page().total == 0


def test_ctrl_c_leaves_it_stopped_and_it_is_continued(studio: CommandLine, tmp_path: Path) -> None:
    table = tmp_path / "rows.txt"
    table.write_text(f"{QUESTION}\n" * 40)
    process = studio_process(
        studio.folder,
        "batch",
        "single",
        "--data",
        str(table),
        "--concurrency",
        "2",
        STUDIO_REHEARSAL_PACE="believable",
    )
    batch_id = _batch_at_work(studio.folder)

    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)

    assert process.returncode == 1
    assert f"studio batches continue {batch_id}" in told.decode()
    with closing(Core(Settings(data_dir=studio.folder))) as core:
        batch = core.batches.get(batch_id)
        assert batch.status == "stopped"
        assert batch.counts.ended + batch.counts.pending == 40
    assert studio("batches", "continue", batch_id).code == 0
    with closing(studio.core()) as core:
        assert wait_for_batch(core, batch_id, "completed").counts.completed == 40


def test_a_killed_batch_is_continued(studio: CommandLine, tmp_path: Path) -> None:
    table = tmp_path / "rows.txt"
    table.write_text(f"{QUESTION}\n" * 12)
    process = studio_process(
        studio.folder, "batch", "single", "--data", str(table), STUDIO_REHEARSAL_PACE="believable"
    )
    batch_id = _batch_at_work(studio.folder)
    process.kill()
    process.communicate(timeout=60)

    result = studio("batches", "continue", batch_id)

    assert result.code == 0, result.err
    with closing(studio.core()) as core:
        batch = core.batches.get(batch_id)
        assert batch.counts.completed == 12
        assert {line.attempts for line in core.batches.lines(batch).rows} == {1}


def _batch_at_work(folder: Path) -> str:
    """Id of the only batch, once rows of it are running."""
    until((folder / "studio.db").exists, seconds=60)
    with closing(Core(Settings(data_dir=folder))) as core:
        until(lambda: [each for each in core.batches.page().rows if each.counts.running], seconds=120)
        return core.batches.page().rows[0].id
