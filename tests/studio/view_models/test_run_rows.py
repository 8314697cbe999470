"""Runs as they are listed and headed."""

from dataclasses import replace
from datetime import timedelta

from studio.view_models.run_rows import COLUMNS, offered_statuses, one_line, run_facts, run_rows
from tests.support.sample_spans import run_record
from tests.support.sample_trace import START

NOW = START + timedelta(minutes=5)


def test_a_row_has_a_text_for_every_column() -> None:
    row = run_rows([run_record(simulated=True)], now=NOW)[0]

    assert list(row["cells"]) == list(COLUMNS)
    assert {name: cell["text"] for name, cell in row["cells"].items()} == {
        "status": "Completed",
        "input": "Hi",
        "organization": "Support",
        "model": "as designed",
        "started": "5 min ago",
        "duration": "4.0 s",
        "tokens": "120",
    }
    assert row["cells"]["model"]["tag"] == "simulated"
    assert row["cells"]["started"]["title"] == "2026-11-20 09:00:00 UTC"
    assert row["href"] == "runs?run=run_1"


def test_status_is_an_icon_and_a_word() -> None:
    cell = run_rows([run_record(status="failed")], now=NOW)[0]["cells"]["status"]

    assert cell == {"text": "Failed", "icon": "error", "colour": "red"}


def test_a_run_that_has_not_begun_has_no_duration_and_no_tokens() -> None:
    waiting = run_record(status="queued", started_at=None, ended_at=None, input_tokens=0, output_tokens=0)

    cells = run_rows([waiting], now=NOW)[0]["cells"]

    assert (cells["duration"]["text"], cells["tokens"]["text"]) == ("–", "–")


def test_a_run_at_work_takes_time_so_far() -> None:
    facts = {fact.name: fact for fact in run_facts(run_record(status="running", ended_at=None), now=NOW)}

    assert (facts["Duration"].value, facts["Duration"].more) == ("5 min", "so far")


def test_what_is_not_counted_yet_is_not_called_nothing() -> None:
    begun = run_record(status="running", ended_at=None, requests=0, input_tokens=0, output_tokens=0)
    failed = replace(begun, status="failed")

    facts = [{fact.name: fact.value for fact in run_facts(run, now=NOW)} for run in (begun, failed)]

    assert [each["Model requests"] for each in facts] == ["–", "0"]
    assert [each["Tokens"] for each in facts] == ["–", "0 in · 0 out"]


def test_long_inputs_stand_on_one_line() -> None:
    assert one_line("a\n\n  b") == "a b"
    assert one_line("x" * 300) == "x" * 199 + "…"


def test_only_statuses_that_some_run_has_are_offered() -> None:
    assert offered_statuses({"completed": 3, "failed": 0, "waiting": 1}, None) == ["waiting", "completed"]
    assert offered_statuses({"completed": 3}, "failed") == ["completed", "failed"]
