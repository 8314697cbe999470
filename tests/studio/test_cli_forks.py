"""`studio runs fork`: listing where a run can be forked, and forking it."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

QUESTION = "How long does a refund take, and where does the money go?"


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path / "data", monkeypatch, capsys)


@pytest.fixture
def run_id(studio: CommandLine) -> str:
    """A run with two model calls and a tool call between them."""
    return str(studio("run", "single", "--input", QUESTION, "--json").lines[-1]["run_id"])


def test_without_a_call_those_to_fork_before_are_listed(studio: CommandLine, run_id: str) -> None:
    listed = studio("runs", "fork", run_id)
    as_json = studio("runs", "fork", run_id, "--json")

    assert (listed.code, as_json.code) == (0, 0)
    assert listed.out.splitlines()[0].split() == ["NUMBER", "CALL", "AGENT", "MODEL", "ANSWER"]
    assert "--at" in listed.err
    first, second = as_json.lines
    assert (first["number"], first["agent"], first["model"]) == (1, "Help desk", "rehearsal")
    assert first["call"] in listed.out
    assert first["answer"].startswith("→ search_knowledge_base (")
    assert second["answer"].startswith("From search knowledge base:")
    with closing(studio.core()) as core:
        assert core.runs.page().total == 1


def test_a_fork_is_streamed_from_where_it_leaves_the_other_run(
    studio: CommandLine, run_id: str, tmp_path: Path
) -> None:
    call_id = studio("runs", "fork", run_id, "--json").lines[0]["answer"].rpartition("(")[2].rstrip(")")
    file = tmp_path / "articles.txt"
    file.write_text('[{"title": "Gold", "text": "Refunds are paid in gold."}]', encoding="utf-8")

    forked = studio("runs", "fork", run_id, "--at", "2", "--output", f"{call_id}=@{file}")

    assert forked.code == 0, forked.err
    assert "gold" in forked.out
    assert forked.err.splitlines()[0] == "⑂ forked, changed: output of 1 tool call"
    assert "⚒" not in forked.err, "what was done before is not told again"
    with closing(studio.core()) as core:
        newest = core.runs.page().rows[0]
        assert (newest.parent_id, newest.requests) == (run_id, 1)


def test_instructions_and_models_are_taken_apart(studio: CommandLine, run_id: str) -> None:
    forked = studio(
        "runs",
        "fork",
        run_id,
        *("--at", "1", "--instructions", "Help desk=Say a = b.", "--model", "Help desk=rehearsal"),
        *("--input", "Hello", "--message", "Be kind", "--json"),
    )

    assert forked.code == 0, forked.err
    assert forked.lines[0]["kind"] == "run_forked"
    assert forked.lines[-1]["status"] == "completed"
    with closing(studio.core()) as core:
        newest = core.runs.page().rows[0]
        assert newest.changes == {
            "instructions": {"Help desk": "Say a = b."},
            "models": {"Help desk": "rehearsal"},
        }
        assert newest.input == "Hello"
        said = [event.data["text"] for event in core.runs.events(newest.id) if event.kind == "run_steered"]
        assert said == ["Be kind"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--message", "Hi"], "Add --at"),
        (["--at", "9"], "There is no model call '9'"),
        (["--at", "1", "--instructions", "Be kind"], "names no AGENT"),
        (["--at", "1", "--instructions", "Nobody=Be kind"], "There is no agent 'Nobody'"),
        (["--at", "2", "--output", "call_9=Hi"], "No call 'call_9' was answered before"),
        (["--at", "2", "--output", "call_9=@nowhere.txt"], "There is no file 'nowhere.txt'"),
        (["--at", "1", "--model", "rehearsal", "--model", "other"], "more than one model"),
        (["--at", "1", "--model", "rehearsal", "--model", "Help desk=rehearsal"], "Choose another model for all"),
    ],
)
def test_what_cannot_be_forked_is_told(studio: CommandLine, run_id: str, options: list[str], says: str) -> None:
    refused = studio("runs", "fork", run_id, *options)

    assert (refused.code, refused.out) == (2, "")
    assert says in refused.err
    with closing(studio.core()) as core:
        assert core.runs.page().total == 1


def test_a_run_that_is_not_there_cannot_be_forked(studio: CommandLine) -> None:
    assert studio("runs", "fork", "run_nowhere").code == 2
