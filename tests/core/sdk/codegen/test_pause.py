"""Approvals of exported packages: a real pause, over real processes, and each call runs once."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.organization.memory import RecentMemory
from core.organization.spec import AgentSpec, Organization, RunSettings
from core.organization.steps import ApprovalStep, EndStep
from core.patterns.catalogue import pattern
from core.sdk.codegen import generate_package
from tests.core.organization.flows import workflow
from tests.core.sdk.codegen.checking import write
from tests.support.rehearsal_server import RehearsalServer, rehearsal_server

REFUND = "Please refund 189.00 for order A1010; the filing cabinet never arrived."


@pytest.fixture(scope="module")
def server() -> Iterator[RehearsalServer]:
    with rehearsal_server() as running:
        yield running


@dataclass(frozen=True, slots=True)
class Exported:
    """A package in its folder; each call is a process of its own."""

    folder: Path
    package: str
    server: RehearsalServer

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {
            **os.environ,
            "OPENAI_BASE_URL": self.server.base_url,
            "OPENAI_API_KEY": "any",
            "PYTHONPATH": "",
        }
        return subprocess.run(
            [sys.executable, "-m", f"{self.package}.main", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def waiting(self) -> str:
        """The id of the one thing that waits."""
        (line,) = self("approvals").stdout.splitlines()
        return line.split()[0]

    def record(self) -> dict[str, object]:
        """The one run that there is."""
        (file,) = (self.folder / "runs").glob("*.json")
        kept: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
        return kept

    def refunds(self) -> list[str]:
        with closing(sqlite3.connect(self.folder / "sample_data.sqlite3")) as db:
            return [row[0] for row in db.execute("SELECT order_id FROM refunds")]


def exported(org: Organization, folder: Path, server: RehearsalServer) -> Exported:
    files = generate_package(org)
    package = next(path.partition("/")[0] for path in files if path.endswith("/main.py"))
    return Exported(write(files, folder), package, server)


def test_one_process_pauses_and_another_one_goes_on_once(tmp_path: Path, server: RehearsalServer) -> None:
    desk = exported(pattern("human-in-the-loop").organization, tmp_path, server)

    first = desk("run", REFUND)

    assert first.returncode == 3, first.stderr
    assert "issue_refund" in first.stderr
    assert desk.refunds() == []
    waiting = desk.waiting()

    second = desk("approve", waiting)

    assert second.returncode == 0, second.stderr
    assert desk.refunds() == ["A1010"]
    assert "F-1" in second.stdout
    assert desk("approvals").stdout == ""
    again = desk("approve", waiting)
    assert again.returncode == 2
    assert "waits for a decision" in again.stderr
    assert desk.refunds() == ["A1010"]


def test_two_who_approve_at_once_let_it_run_once(tmp_path: Path, server: RehearsalServer) -> None:
    desk = exported(pattern("human-in-the-loop").organization, tmp_path, server)
    desk("run", REFUND)
    waiting = desk.waiting()
    environment = {**os.environ, "OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "any", "PYTHONPATH": ""}
    command = [sys.executable, "-m", "refund_desk.main", "approve", waiting]

    both = [subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) for _ in range(2)]

    assert sorted(process.wait() for process in both) == [0, 2]
    assert desk.refunds() == ["A1010"]


def test_who_refuses_says_why_and_nothing_is_done(tmp_path: Path, server: RehearsalServer) -> None:
    desk = exported(pattern("human-in-the-loop").organization, tmp_path, server)
    desk("run", REFUND)

    ended = desk("reject", desk.waiting(), "--reason", "The cabinet was delivered.")

    assert ended.returncode == 0, ended.stderr
    assert desk.refunds() == []
    assert "The cabinet was delivered." in json.dumps(desk.record()["results"])


def test_a_step_that_waits_repeats_nothing_before_it(tmp_path: Path, server: RehearsalServer) -> None:
    org = workflow(
        "Writer → Ask\nAsk.approved → Printer\nAsk.rejected → Stop",
        ApprovalStep(name="Ask", question="Print {{ output }}?"),
        EndStep(name="Stop", outcome="failed"),
    )
    desk = exported(org, tmp_path, server)
    server.take()

    assert desk("run", "A poem about trees").returncode == 3
    assert [each["input"][0]["content"] for each in server.take()] == ["A poem about trees"]
    ended = desk("approve", desk.waiting())

    assert ended.returncode == 0, ended.stderr
    assert len(server.take()) == 1
    assert desk.record()["status"] == "completed"


def test_a_run_that_was_cut_off_is_not_approved_twice(tmp_path: Path, server: RehearsalServer) -> None:
    """The process died after the decision: whether the call ran is not known, so a person has to say so."""
    desk = exported(pattern("human-in-the-loop").organization, tmp_path, server)
    desk("run", REFUND)
    run = str(desk.record()["id"])
    kept = desk.record()
    asked = kept["approvals"]
    assert isinstance(asked, list)
    cut_off = {**kept, "approvals": [{**asked[0], "status": "approved"}], "in_doubt": "Refund desk"}
    (tmp_path / "runs" / f"{run}.json").unlink()
    (tmp_path / "runs" / f"{run}.working.json").write_text(json.dumps(cut_off), encoding="utf-8")

    refused = desk("resume", run)

    assert refused.returncode == 2
    assert "may have taken effect" in refused.stderr
    assert desk.refunds() == []
    assert desk("resume", run, "--again").returncode == 0
    assert desk.refunds() == ["A1010"]


def test_a_conversation_goes_on_in_its_file(tmp_path: Path, server: RehearsalServer) -> None:
    org = Organization(name="Chat", entry="Chat", agents=[AgentSpec(name="Chat", instructions="Be kind.")])
    chat = exported(org, tmp_path, server)
    server.take()

    for text in ("I am Zoë.", "Who am I?"):
        assert chat("run", text, "--session", "talk.sqlite3").returncode == 0

    asked = server.take()
    assert [len(each["input"]) for each in asked] == [1, 3]
    assert asked[1]["input"][0]["content"] == "I am Zoë."


def test_only_the_newest_turns_are_remembered(tmp_path: Path, server: RehearsalServer) -> None:
    run = RunSettings(memory=RecentMemory(turns=1))
    agents = [AgentSpec(name="Chat", instructions="Be kind.")]
    chat = exported(Organization(name="Chat", entry="Chat", agents=agents, run=run), tmp_path, server)
    server.take()

    for text in ("One", "Two", "Three"):
        assert chat("run", text, "--session", "talk.sqlite3").returncode == 0

    asked = server.take()
    assert [len(each["input"]) for each in asked] == [1, 3, 3]
    assert asked[2]["input"][0]["content"] == "Two"


def test_a_variable_that_is_missing_is_told_before_anything_runs(tmp_path: Path, server: RehearsalServer) -> None:
    desk = exported(pattern("proxy").organization, tmp_path, server)

    ended = desk("run", "Cancel booking 7")

    assert ended.returncode == 2
    assert "LEGACY_API_URL" in ended.stderr
