"""`studio export --code`."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path / "data", monkeypatch, capsys)


def test_an_organization_is_written_as_code(studio: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "desk"

    ended = studio("export", "human-in-the-loop", "--code", str(folder))

    assert ended.code == 0
    assert "refund_desk/agents.py" in ended.out
    assert (folder / "refund_desk" / "agents.py").exists()


def test_contradictions_end_with_one(studio: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("mine", encoding="utf-8")

    ended = studio("export", "single", "--code", str(folder))

    assert ended.code == 1
    assert "pyproject.toml.exported" in ended.out


def test_yaml_is_still_printed_without_a_folder(studio: CommandLine) -> None:
    assert "name: Refund desk" in studio("export", "human-in-the-loop").out
