"""Workflows from the command line, played by the rehearsal model."""

from pathlib import Path

import pytest

from core.organization.files import to_yaml
from core.organization.steps import (
    ApprovalStep,
    BranchCase,
    BranchStep,
    CelCondition,
    EndStep,
    JoinStep,
    ListJoin,
    LoopStep,
    MapStep,
    ParallelStep,
    TransformStep,
    VoteJoin,
)
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


def test_every_kind_of_step_runs(studio: CommandLine, tmp_path: Path) -> None:
    """A map whose body forks and loops, a transform, a vote and an end: rounds and items are told by number."""
    org = workflow(
        "list → every\nevery.each → fan\nfan.branch → one → vote\nfan.branch → again\nagain.body → two → again\n"
        "again.done → vote\nvote → meet\nmeet → done",
        TransformStep(name="list", expression='["bread", "milk"]', assign={"seen": "size(input)"}),
        MapStep(name="every", limit=1),
        ParallelStep(name="fan", limit=1, on_failure="go_on"),
        LoopStep(name="again", until=CelCondition(expression="count == 2")),
        JoinStep(name="vote", by=VoteJoin(by="size(output) > 0")),
        JoinStep(name="meet", by=ListJoin()),
        EndStep(name="done", output="{{ size(output) }} things, {{ state.seen }} letters."),
    ).model_copy(update={"state": {"seen": 0}})

    ended = studio("run", _file(tmp_path, to_yaml(org)), "--input", "Shopping")

    assert (ended.code, ended.out) == (0, "2 things, 8 letters.\n"), ended.err
    told = [line.strip() for line in ended.err.splitlines()]
    for line in ("▸ every#2", "▸ again#2", "▸ vote", "◂ again: 2 rounds, count = 2"):
        assert line in told
    assert told.count("▸ two") == 4


@pytest.mark.parametrize(
    ("decision", "way"), [(["approve"], "sender"), (["reject", "--reason", "Too short"], "filer")]
)
def test_a_step_that_asks_is_decided(studio: CommandLine, tmp_path: Path, decision: list[str], way: str) -> None:
    """The question is printed with how to answer it; the answer leads to its way."""
    org = workflow(
        "writer → ask\nask.approved → sender\nask.rejected → filer",
        ApprovalStep(name="ask", question="Send “{{ input }}”?"),
    )

    waits = studio("run", _file(tmp_path, to_yaml(org)), "--input", "Hello there")
    assert waits.code == 3
    assert "? ask asks: Send “Hello there”?" in waits.err
    listed = studio("approvals", "list")
    assert "Send “Hello there”?" in listed.out
    (asked,) = studio("approvals", "list", "--json").lines
    verb, *reason = decision
    ended = studio("approvals", verb, asked["id"], *reason)

    assert ended.code == 0, ended.err
    assert f"▸ {way}" in ended.err
    assert ended.out != ""


def _file(folder: Path, text: str) -> Path:
    path = folder / "organization.yaml"
    path.write_text(text, encoding="utf-8")
    return path
