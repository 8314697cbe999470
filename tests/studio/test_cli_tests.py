"""`studio runs replay`, `studio test` and `studio tests`."""

from contextlib import closing
from pathlib import Path

import orjson
import pytest

from core.organization.spec import Organization
from tests.support.command_line import CommandLine, studio_process

QUESTION = "How long does a refund take, and where does the money go?"
NAME = "Refund: how long? 💶"
PATIENCE = 120


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path / "data", monkeypatch, capsys)


@pytest.fixture
def run_id(studio: CommandLine) -> str:
    """A run with two model calls and a tool call between them."""
    return str(studio("run", "single", "--input", QUESTION, "--json").lines[-1]["run_id"])


@pytest.fixture
def test_id(studio: CommandLine, run_id: str) -> str:
    """That run, kept as a test."""
    return studio("tests", "save", run_id, "--name", NAME).out.strip()


def change_instructions(folder: CommandLine, text: str) -> None:
    """Save another revision of the only organization."""
    with closing(folder.core()) as core:
        (record,) = core.organizations.all()
        draft = core.organizations.draft(record.id)
        first = draft.spec.agents[0].model_copy(update={"instructions": text})
        spec: Organization = draft.spec.model_copy(update={"agents": [first, *draft.spec.agents[1:]]})
        core.organizations.save_draft(record.id, spec, based_on=draft.version)
        core.organizations.save(record.id)


def test_a_replay_is_streamed_and_says_that_it_is_one(studio: CommandLine, run_id: str) -> None:
    replayed = studio("runs", "replay", run_id)

    assert replayed.code == 0, replayed.err
    assert "From search knowledge base" in replayed.out
    assert "simulated, replayed: nothing was asked, called or paid" in replayed.err
    assert "(0 model calls, 0 + 0 tokens" in replayed.err
    fresh = studio("runs", "list", "--json").lines[0]
    assert (fresh["parent_id"], fresh["cost"]) == (run_id, 0)
    assert "(replayed · simulated)" in studio("runs", "show", fresh["id"]).out


def test_a_test_passes_until_the_organization_differs(studio: CommandLine, test_id: str) -> None:
    passed = studio("test")
    change_instructions(studio, "Answer in Latin.")
    with_the_first = studio("test", "--revision", "1")
    differs, as_json = studio("test", NAME), studio("test", test_id, "--json")

    assert (passed.code, with_the_first.code, differs.code, as_json.code) == (0, 0, 1, 1)
    assert passed.out.startswith(f"passed   {NAME}  (")
    assert passed.err == "1 passed.\n"
    head, what, *lines = differs.out.splitlines()
    assert head.startswith(f"differs  {NAME}")
    assert what == "  Help desk: instructions, in 2 model calls"
    assert "    + Answer in Latin." in lines
    assert differs.err == "1 differs.\n"
    (told,) = as_json.lines
    assert (told["outcome"], told["revision"], told["test_id"]) == ("differs", 2, test_id)
    assert {each["sign"] for each in told["differences"][0]["changes"]} == {"+", "-"}
    assert "differs in 2 places" in studio("tests", "list").out


def test_without_tests_and_with_unknown_names_the_code_is_2(studio: CommandLine, run_id: str) -> None:
    nothing = studio("test")
    studio("tests", "save", run_id, "--name", "Refund")
    unknown, revision = studio("test", "Refunds"), studio("test", "--revision", "7")

    assert (nothing.code, unknown.code, revision.code) == (2, 2, 2)
    assert "There are no tests to run." in nothing.err
    assert "Refund" in unknown.err.splitlines()[-1]
    assert "'7'" in revision.err


def test_a_file_is_played_with_the_organization_that_it_names(
    studio: CommandLine, test_id: str, tmp_path: Path
) -> None:
    file = tmp_path / "refund.json"
    assert studio("tests", "export", NAME, file).code == 0
    assert orjson.loads(file.read_bytes()) == orjson.loads(studio("tests", "export", NAME).out)
    studio("tests", "delete", NAME)
    yaml = tmp_path / "other.yaml"
    other = studio("export", "single").out.replace("Answer", "Reply").replace("name: Help desk", "name: Other", 1)
    yaml.write_text(other, encoding="utf-8")

    by_name, by_file = studio("test", file), studio("test", file, "--organization", yaml)

    assert (by_name.code, by_file.code) == (0, 1), by_file.err
    assert by_name.out.startswith(f"passed   {NAME}")
    assert studio("tests", "list", "--json").lines == []
    imported = studio("tests", "import", file)
    assert imported.code == 0
    assert studio("tests", "import", file).code == 1
    assert studio("tests", "import", file, "--replace").code == 0
    assert len(studio("tests", "list", "--json").lines) == 1


def test_tests_are_saved_renamed_and_deleted(studio: CommandLine, run_id: str, test_id: str) -> None:
    taken = studio("tests", "save", run_id, "--name", NAME)
    replaced = studio("tests", "save", run_id, "--name", NAME, "--replace", "--lenient")
    renamed = studio("tests", "rename", NAME, "Refund")

    assert (taken.code, replaced.code, renamed.code) == (1, 0, 0)
    assert "already" in taken.err
    (kept,) = studio("tests", "list", "--json").lines
    assert (kept["name"], kept["same_questions"], kept["outcome"]) == ("Refund", False, "never")
    change_instructions(studio, "Answer in Latin.")
    assert studio("test").code == 0, "only the course counts"
    assert studio("tests", "delete", "Refund").code == 0
    assert "There are no tests" in studio("tests", "list").out
    assert studio("tests", "delete", "Refund").code == 2


def test_exit_codes_and_words_on_a_terminal_without_unicode(studio: CommandLine, test_id: str) -> None:
    change_instructions(studio, "Schöne Grüße 🎉")

    process = studio_process(studio.folder, "test", PYTHONIOENCODING="ascii")
    out, errors = process.communicate(timeout=PATIENCE)

    assert (process.returncode, errors) == (1, b"1 differs.\n")
    assert b"differs  Refund: how long? ?" in out
    assert b"    + Sch?ne Gr??e ?" in out
