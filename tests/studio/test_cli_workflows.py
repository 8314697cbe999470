"""Workflows from the command line, played by the rehearsal model."""

from pathlib import Path

import pytest

from core.organization.files import to_yaml
from core.organization.steps import BranchCase, BranchStep, CelCondition, EndStep
from tests.core.organization.flows import workflow
from tests.support.command_line import CommandLine


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path / "data", monkeypatch, capsys)


def test_a_branch_tells_its_way_and_the_end_is_printed(studio: CommandLine, tmp_path: Path) -> None:
    """Steps are told beside the answer, which is all that stands on standard output."""
    money = BranchCase(name="money", condition=CelCondition(expression='input.contains("refund")'))
    org = workflow(
        "sort → route\nroute.money → bill → done\nroute.default → chat",
        BranchStep(name="route", cases=[money]),
        EndStep(name="done", output="Sent to billing."),
    )

    ended = studio("run", _file(tmp_path, to_yaml(org)), "--input", "I want a refund.")

    assert (ended.code, ended.out) == (0, "Sent to billing.\n")
    assert "▸ route\n◂ route → money: input = I want a refund.\n▸ bill\n" in ended.err
    assert "▸ chat" not in ended.err


def _file(folder: Path, text: str) -> Path:
    path = folder / "organization.yaml"
    path.write_text(text)
    return path
